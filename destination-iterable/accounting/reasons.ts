/** Whose fault it is that something of a contact does not arrive. */
export type Fault =
  /** The settings: another mapping would have sent it. */
  | "mapping"
  /** A value that does not fit where the mapping puts it: the mapping may be wrong, or the value. */
  | "value"
  /** The contact itself: no mapping would help. */
  | "contact"
  /** Whoever wrote the input. */
  | "source"
  /** Iterable, whatever is sent. */
  | "vendor"
  /** Nobody: it was left as it is on purpose. */
  | "nobody";

/** A reason for which a contact or a value is not sent. */
export interface Reason {
  readonly means: string;
  /** What can be done about it; "" where nothing has to be. */
  readonly remedy: string;
  readonly fault: Fault;
}

const TYPE = "Map it to a field of another type, or change the question in the form.";
const EXPLAIN = "Follow the contact with: flowcode-iterable explain EMAIL";
const LATER = "Retry later. If it stays, ask Iterable's support.";

const row = (fault: Fault, means: string, remedy = ""): Reason => ({ means, remedy, fault });

/** Why a contact is left as it is, on purpose. */
const KEPT = {
  exists: row("nobody", "The contact exists in Iterable, and the overwrite mode leaves it alone."),
  absent: row("nobody", "The contact is not in Iterable, and only existing contacts are updated."),
  condition: row("nobody", "The condition skip_if in the settings leaves it out."),
  no_consent: row("nobody", "The person has not agreed."),
  no_identifier_stream: row(
    "nobody",
    "Its stream has no field that identifies contacts, and is passed over.",
  ),
  trial: row("nobody", "It belongs to a trial of the connection."),
  created: row("nobody", "The run that is undone created the profile. It stays."),
  unchanged: row("nobody", "The profile is as it was before the run that is undone."),
  dry_run: row("nobody", "Nothing is written in a dry run."),
};

/** Why a contact is rejected, or one of its values left out. */
const LOST = {
  not_a_record: row("source", "The record is not an object.", "Look at what the source sends."),
  not_an_undo: row("source", "The line is not one of a run's previous values.", "Undo the run again."),
  changed_since: row("nobody", "Somebody has changed it since the run that is undone. It stays."),
  deleted: row("contact", "The contact was deleted at its source. Nobody is deleted in Iterable."),
  no_identifier: row(
    "contact",
    "The contact has no identifier, such as an email.",
    "Make the email a required question of the form.",
  ),
  invalid_email: row(
    "contact",
    "The email is not a valid address.",
    "Correct it in Flowcode, and let the form check addresses.",
  ),
  invalid_user_id: row(
    "contact",
    "The user ID is longer than 52 characters, or has characters other than printable ASCII.",
    "Map another field to userId.",
  ),
  missing_required: row(
    "mapping",
    "A required field is empty.",
    "Make the question required in the form, or give the mapping entry a default.",
  ),
  beside_whole: row(
    "mapping",
    "Its whole object is sent beside it.",
    "Map either the object or the fields in it.",
  ),
  looks_like: row(
    "mapping",
    "A field differs from it in case, spaces, hyphens, underscores or invisible characters alone.",
    "Map it to that field, or to another name.",
  ),
  unusable_name: row("mapping", "Iterable allows no field of this name.", "Map it to another name."),
  no_such_field: row(
    "mapping",
    "Iterable has no such field.",
    "Create the field in Iterable, or turn on create_new_fields.",
  ),
  type_not_decided: row(
    "mapping",
    "The field is new, and this value would have given it the wrong type for good.",
    "Create the field in Iterable, or wait for a contact whose value decides on the type.",
  ),
  schema: row("value", "It contradicts the catalog's schema.", "Discover the fields again."),
  empty: row("value", "Nothing is left of it."),
  nested_list: row("value", "It is a list in a list, which no field in Iterable can be.", TYPE),
  too_deep: row("value", "It is nested deeper than 32 levels.", TYPE),
  too_long: row("value", "The text is longer than Iterable's 32,000 characters."),
  too_large: row("value", "The number is too large to be kept exactly.", "Map it to a text field."),
  not_an_object: row("value", "It is not an object.", TYPE),
  not_text: row("value", "It is not text.", TYPE),
  not_a_number: row("value", "It is not a number.", TYPE),
  not_an_integer: row("value", "It is not a whole number.", TYPE),
  not_a_boolean: row(
    "value",
    "It is no word for yes or no.",
    "Map it to a text field, or let the form offer yes and no alone.",
  ),
  not_a_date: row(
    "value",
    "It is not a date that can be read without guessing.",
    "Add the transform date with a date_format to the mapping entry.",
  ),
  not_a_location: row("value", "It is not an object with lat and lon.", TYPE),
  not_e164: row(
    "value",
    "The phone number is not in international form, such as +14155550100.",
    "Add the transform phone with a phone_country to the mapping entry.",
  ),
  not_a_phone: row(
    "value",
    "It is not a phone number of the country in phone_country.",
    "Let the form check phone numbers.",
  ),
  type_mismatch: row("value", "Iterable refused the type of a value.", TYPE),
  contact_too_large: row(
    "contact",
    "The contact is larger than Iterable accepts.",
    "Leave long fields out of the mapping.",
  ),
  forgotten: row("contact", "This person asked Iterable to be forgotten (GDPR)."),
  identity_conflict: row(
    "contact",
    "Another profile already has this identifier.",
    "Merge the two profiles in Iterable, then retry.",
  ),
  not_found: row("contact", "Iterable does not know the contact."),
  invalid_data: row("contact", "Iterable refused the contact's data without saying which.", EXPLAIN),
  malformed: row("contact", "Iterable could not read what was sent of the contact.", EXPLAIN),
  bad_params: row("contact", "Iterable refused what was sent of the contact.", EXPLAIN),
  refused: row("contact", "Iterable refused the contact without saying why.", EXPLAIN),
  field_limit: row(
    "vendor",
    "The field would be new, and the Iterable project has reached its limit of fields.",
    "Map to existing fields, or ask Iterable for a higher limit.",
  ),
  unreadable: row("vendor", "Iterable keeps failing to read this profile, and no other.", LATER),
  server_error: row("vendor", "Iterable keeps failing on this contact, and on no other.", LATER),
};

/** A deletion is kept or rejected, as the setting `deletions` says; what has changed since may be a value, or all of a contact. */
export type KeptReason = keyof typeof KEPT | "deleted" | "changed_since";
export type LostReason = keyof typeof LOST;

/**
 * Every reason, by the code that logs, rejects files and reports have. Whoever shows one reads it here; programs that
 * may not import this read schemas/reasons.json, which is made of it.
 */
export const REASONS: Readonly<Record<KeptReason | LostReason, Reason>> = { ...KEPT, ...LOST };

/**
 * Whether another mapping might have sent the contact. Only such rejections may stop a run, or hold a state back:
 * a contact whose fault is its own comes back in every run, and everybody else has to arrive all the same.
 */
export function mayBeTheMapping(reason: LostReason): boolean {
  const { fault } = REASONS[reason];
  return fault === "mapping" || fault === "value";
}
