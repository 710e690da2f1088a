import type { Context } from "../connector/connector.js";
import type { FlowcodeApi } from "./flowcode/api.js";
import { sampleRows } from "./flowcode/sample.js";
import { CONTACT_FIELDS, toContact } from "./streams/contacts.js";
import { createSchemaSample } from "./streams/schema-sample.js";

/** Clocks that are further apart than this spoil certificates and log-ins sooner or later. */
export const CLOCK_TOLERANCE_MS = 300_000;

/** Proves that contacts can be read. Resolves with what was found, for the user; throws what stands in the way. */
export async function checkAccess(api: FlowcodeApi, { signal, now }: Context): Promise<string> {
  const sample = createSchemaSample(CONTACT_FIELDS);
  const { first, rows } = await sampleRows(
    (after) => api.listContacts({ since: null, after }, signal),
    1,
    (row) => {
      const contact = toContact(row);
      if (contact) sample.add(contact);
    },
  );
  const fields = sample.customFields();
  const custom = fields.length > 0 ? `; fields beside email, name and phone: ${fields.join(", ")}` : "";
  const clock = first.serverTime === undefined ? undefined : clockWarning(now(), first.serverTime);
  return [
    rows === 0
      ? "Flowcode accepts the credentials; the workspace has no contacts yet (if it should have some, check workspace_id)"
      : `Flowcode accepts the credentials; contacts can be read${custom}`,
    ...(clock ? [clock] : []),
  ].join("; ");
}

/** What to say where this machine's clock and Flowcode's are apart; both in ms since 1970. */
export function clockWarning(here: number, there: number): string | undefined {
  const apart = Math.abs(there - here);
  if (apart <= CLOCK_TOLERANCE_MS) return undefined;
  return `the clock of this machine and Flowcode's are ${Math.round(apart / 60_000)} minutes apart; nothing is lost, but set the clock right`;
}
