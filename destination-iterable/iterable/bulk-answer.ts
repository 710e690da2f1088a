import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import type { LostReason } from "../accounting/reasons.js";
import { texts } from "./codes.js";
import type { Sent, Verdict } from "./verdict.js";

/** Iterable's lists of failures under `failedUpdates`, by our names for them: whoever is in several is in the first. */
const FAILURE_LISTS: readonly (readonly [list: string, reason: LostReason])[] = [
  ["forgottenEmails", "forgotten"],
  ["forgottenUserIds", "forgotten"],
  ["invalidEmails", "invalid_email"],
  ["invalidUserIds", "invalid_user_id"],
  ["invalidDataEmails", "invalid_data"],
  ["invalidDataUserIds", "invalid_data"],
  ["notFoundEmails", "not_found"],
  ["notFoundUserIds", "not_found"],
];

/** Lists that may name the profile which stood in the way instead of the contact that was sent (API reference). */
const CONFLICT_LISTS = ["conflictEmails", "conflictUserIds"];

/** Users that an update left as they were: seen in answers of the live API, and in no reference. */
const NO_OP_LISTS = ["noOpEmails", "noOpUserIds"];

/**
 * Reads a success by its lists of failures: whoever is in none of them was updated. `failedUpdates` comes first; the
 * deprecated lists beside it hold users that failed for any cause, and count for who is left over. Whether users that
 * an update did not change are counted is not known, so that counts decide nothing but whether somebody failed whom no
 * list names.
 */
export function readBulkAnswer(body: JsonObject | undefined, sent: Sent): Verdict {
  const { successCount, failCount } = body ?? {};
  if (!body || typeof successCount !== "number" || typeof failCount !== "number") {
    return { kind: "unavailable", problem: "200 without the counts of a bulk update" };
  }
  const lists = isJsonObject(body.failedUpdates) ? body.failedUpdates : undefined;
  const conflicts = CONFLICT_LISTS.flatMap((name) => texts(lists?.[name]));
  const find = finder(sent);
  const refused = new Map<number, LostReason>();
  let strangers = 0;
  for (const [name, reason] of FAILURE_LISTS) {
    for (const identifier of texts(lists?.[name])) {
      const index = find(identifier)[0];
      if (index === undefined) strangers += 1;
      else if (!refused.has(index)) refused.set(index, reason);
    }
  }
  const all = sent.keys.length;
  if (conflicts.length > 0) {
    if (all > 1 && failCount < all) {
      const suspects = new Set(conflicts.flatMap((name) => find(name)));
      return { kind: "conflict", count: conflicts.length, suspects };
    }
    for (let index = 0; index < all; index += 1)
      if (!refused.has(index)) refused.set(index, "identity_conflict");
  }
  // Before there were such lists, the old ones held malformed identifiers.
  const others: [string, LostReason][] = [
    ["invalidEmails", lists ? "refused" : "invalid_email"],
    ["invalidUserIds", lists ? "refused" : "invalid_user_id"],
  ];
  for (const [name, reason] of others) {
    for (const identifier of texts(body[name])) {
      const index = find(identifier)[0];
      if (index !== undefined && !refused.has(index)) refused.set(index, reason);
    }
  }
  const noOps = NO_OP_LISTS.reduce((sum, name) => sum + texts(body[name]).length, 0);
  const unnamed = Math.max(strangers, failCount - refused.size - noOps);
  if (unnamed > 0 && all > 1) return { kind: "unattributed", reason: "refused" };
  if (unnamed > 0 && refused.size === 0) refused.set(0, "refused");
  return {
    kind: "settled",
    refused,
    createdFields: texts(body.createdFields),
    filteredOutFields: texts(body.filteredOutFields),
    hasOddCounts: successCount + failCount !== all || failCount !== refused.size,
  };
}

/**
 * Finds whom an identifier may mean: exactly as it was sent, else by its form in lower case, else by the other
 * identifier that contacts carry. A contact that was sent alone is meant by anything.
 */
function finder({ keys, otherKey }: Sent): (identifier: string) => readonly number[] {
  if (keys.length === 1) return () => [0];
  let exact: Map<string, number> | undefined;
  let folded: Map<string, number[]> | undefined;
  let others: Map<string, number[]> | undefined;
  return (identifier) => {
    exact ??= new Map(keys.map((key, index) => [key, index]));
    const index = exact.get(identifier);
    if (index !== undefined) return [index];
    folded ??= positions(keys);
    const found = folded.get(fold(identifier));
    if (found) return found;
    others ??= positions(keys.map((_, position) => otherKey(position)));
    return others.get(fold(identifier)) ?? [];
  };
}

function positions(identifiers: readonly (string | undefined)[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const [index, identifier] of identifiers.entries()) {
    if (identifier === undefined) continue;
    const same = found.get(fold(identifier));
    if (same) same.push(index);
    else found.set(fold(identifier), [index]);
  }
  return found;
}

const fold = (identifier: string) => identifier.trim().toLowerCase();
