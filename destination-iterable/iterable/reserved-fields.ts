import { isBlank } from "../mapping/text.js";

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

/** Deeper than this, it is not known what a partial object does to its siblings. */
const MAX_LEVELS = 2;

/**
 * Why a field of this name must not be written; undefined where it may. Iterable's user interface has the rules on
 * names, its API does not enforce them, and no name can ever be changed.
 */
export function nameProblem(field: string): string | undefined {
  const parts = field.split(".");
  const [outer = ""] = parts;
  if (MANAGED.has(outer)) return "is managed by Iterable itself";
  if (SUBSCRIPTIONS.has(outer)) return "holds what a user is subscribed to, which is the user's own choice";
  if (parts.length > MAX_LEVELS) return `is deeper than ${MAX_LEVELS} levels`;
  if (parts.some((part) => isBlank(part))) return "has an empty part";
  if (field.startsWith("_")) return "begins with an underscore, which Iterable does not allow";
  if (/[,#]/.test(field)) return "has a comma or a #, which Iterable does not allow";
  if (parts.some((part) => /^\d+$/.test(part))) return "is a number, which Iterable does not allow";
  return undefined;
}
