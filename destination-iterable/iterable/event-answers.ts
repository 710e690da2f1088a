import { isJsonObject } from "../../protocol/message.js";
import type { LostReason } from "../accounting/reasons.js";
import { readAnswer } from "./answers.js";
import { parse, texts } from "./codes.js";
import type { Answer, Sent, Verdict } from "./verdict.js";

/** Iterable's lists of failed events, by their users, and our names for the reasons (API reference of events/trackBulk). */
const FAILURE_LISTS: Readonly<Record<string, LostReason>> = {
  forgottenEmails: "forgotten",
  forgottenUserIds: "forgotten",
  notFoundEmails: "not_found",
  notFoundUserIds: "not_found",
  invalidEmails: "invalid_email",
  invalidUserIds: "invalid_user_id",
};

/**
 * Reads the answer to `events/trackBulk` with events of users with these identifiers, in their order. Unlike contacts,
 * users may be there more than once: a failure is told by the user and holds for all of theirs.
 */
export function readTracked(answer: Answer, sent: Sent): Verdict {
  if (answer.kind === "lost" || answer.status !== 200) return readAnswer(answer, sent);
  const { keys } = sent;
  const body = parse(answer.body);
  if (typeof body?.successCount !== "number" || typeof body.failCount !== "number") {
    return { kind: "unavailable", problem: "200 without the counts of tracked events" };
  }
  const [disallowed] = texts(body.disallowedEventNames);
  if (disallowed !== undefined) return { kind: "stop", message: isDisallowed(disallowed) };
  const lists = isJsonObject(body.failedUpdates) ? body.failedUpdates : {};
  const reasons = new Map<string, LostReason>();
  // What is listed for a reason of its own counts before the deprecated lists, which hold failures of any.
  for (const holder of [lists, body]) {
    for (const [name, reason] of Object.entries(FAILURE_LISTS)) {
      for (const identifier of texts(holder[name])) {
        const key = folded(identifier);
        if (!reasons.has(key)) reasons.set(key, reason);
      }
    }
  }
  const refused = new Map<number, LostReason>();
  for (const [index, key] of keys.entries()) {
    const reason = reasons.get(folded(key));
    if (reason !== undefined) refused.set(index, reason);
  }
  const [lone] = reasons.values();
  if (keys.length === 1 && body.failCount > 0 && refused.size === 0) refused.set(0, lone ?? "refused");
  if (body.failCount > refused.size && keys.length > 1) return { kind: "unattributed", reason: "refused" };
  return {
    kind: "settled",
    refused,
    createdFields: texts(body.createdFields),
    filteredOutFields: texts(body.filteredOutFields),
    hasOddCounts: false,
  };
}

const isDisallowed = (name: string) =>
  `the Iterable project does not take the event ${JSON.stringify(name)}: allow it under Settings → Data Schema Management, or take it out of "events"`;

const folded = (identifier: string) => identifier.trim().toLowerCase();
