import { splitPath } from "../mapping/paths.js";
import { hasUnseen, isBlank, trimmed } from "../mapping/text.js";

/**
 * Fields that Iterable manages itself ("User profile fields used by Iterable", help center; users/getFields): they can
 * be written through the API, and should not be.
 */
const MANAGED = new Set([
  "itblUserId",
  "itblInternal",
  "itblDS",
  "profileUpdatedAt",
  "signupDate",
  "signupSource",
  "devices",
  "browserTokens",
  "phoneNumberDetails",
  "receivedSMSDisclaimer",
  "shoppingCartItems",
]);

/** Fields that say what a user is subscribed to (the same page): writing them would undo what the user has chosen. */
const SUBSCRIPTIONS = new Set([
  "emailListIds",
  "userListIds",
  "subscribedMessageTypeIds",
  "unsubscribedChannelIds",
  "unsubscribedMessageTypeIds",
]);

/** A name that is longer was meant for something else. */
const MOST_CHARACTERS = 500;
/** Deeper than this, it is not known what a partial object does to its siblings. */
const MAX_LEVELS = 2;

/**
 * Why a target must not be written; undefined where it may. Iterable's user interface has rules on how names are
 * written, its API does not enforce them ("Field names", help center), and no name can ever be changed: they hold for
 * fields that we would create. `exists`: Iterable has the field.
 */
export function nameProblem(target: string, exists = false): string | undefined {
  const parts = splitPath(target);
  const [outer = ""] = parts;
  if (MANAGED.has(outer)) return "is managed by Iterable itself";
  if (SUBSCRIPTIONS.has(outer)) return "holds what a user is subscribed to, which is the user's own choice";
  if (parts.length > MAX_LEVELS) return `is deeper than ${MAX_LEVELS} levels`;
  if (parts.includes("__proto__")) return "is no name of a field";
  return exists ? undefined : spellingProblem(parts);
}

function spellingProblem(parts: readonly string[]): string | undefined {
  if (parts.some(isBlank)) return "has an empty part";
  if (parts.some((part) => part !== trimmed(part)))
    return "begins or ends with white space, which would make it another field than the one without; remove it";
  if (parts.some((part) => part.length > MOST_CHARACTERS))
    return `is longer than ${MOST_CHARACTERS} characters`;
  if (parts.some(hasUnseen))
    return "has an invisible character, which would make it another field than the one without";
  if (parts[0]?.startsWith("_")) return "begins with an underscore, which Iterable does not allow";
  if (parts.some((part) => /[,#]/.test(part))) return "has a comma or a #, which Iterable does not allow";
  if (parts.some((part) => /^\d+$/.test(part))) return "is a number, which Iterable does not allow";
  return undefined;
}
