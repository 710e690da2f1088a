import type { Line } from "../../protocol/lines.js";
import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import type { Admitted, Settlement } from "../accounting/settlement.js";
import type { Contact } from "../delivery/contact.js";
import { readChange, valuesBefore } from "../delivery/restore.js";
import type { Undo } from "../delivery/undo.js";
import { identifyByEmail, identifyByUserId } from "../iterable/identifiers.js";

/**
 * The contact to put back, out of a line of previous values; undefined where the record has ended here: it is no such
 * line, or tells of a profile that the run had created, which stays.
 */
export function takeUndo(
  undo: unknown,
  stream: string,
  line: Line,
  options: { readonly identifier: "email" | "user_id"; readonly settlement: Settlement; readonly undo: Undo },
): Contact<Admitted> | undefined {
  const { settlement } = options;
  const change = isJsonObject(undo) ? readChange(undo) : undefined;
  const identify = options.identifier === "email" ? identifyByEmail : identifyByUserId;
  const identified = identify(change?.identifier);
  const key = identified.ok ? identified.identifier : undefined;
  // What would be kept of a rejected line is a record without data.
  const record = settlement.admit(
    { stream, line: line.number, text: undefined, chars: line.text.length, key },
    false,
  );
  if (!change || key === undefined) {
    settlement.settle(record, { kind: "rejected", stage: "validation", reason: "not_an_undo" });
    return undefined;
  }
  if (change.created) {
    settlement.settle(record, { kind: "kept", reason: "created" });
    return undefined;
  }
  options.undo.add(key, change);
  const fields: JsonObject = valuesBefore(change);
  const layers = [{ cursor: undefined, fields }];
  return { key, identifier: key, mode: "restore", fields, layers, records: [record] };
}
