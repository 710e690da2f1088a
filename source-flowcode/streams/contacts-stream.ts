import { CONTACT_FIELDS, CONTACTS, CURSOR_FIELD, PRIMARY_KEY } from "./contacts.js";
import { sampleContacts } from "./contacts-sample.js";
import { readContacts } from "./read-contacts.js";
import type { SourceStream } from "./stream.js";

/** The people who have converted. */
export const contacts: SourceStream = {
  name: CONTACTS,
  primaryKey: PRIMARY_KEY,
  cursorField: CURSOR_FIELD,
  syncModes: ["full_refresh", "incremental"],
  fields: CONTACT_FIELDS,
  sample: (api, settings, context) => sampleContacts(api, settings.discover_contacts, context),
  read: readContacts,
};
