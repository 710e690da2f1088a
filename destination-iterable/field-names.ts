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
  "emailListIds",
  "userListIds",
  "subscribedMessageTypeIds",
  "unsubscribedChannelIds",
  "unsubscribedMessageTypeIds",
  "devices",
  "browserTokens",
  "phoneNumberDetails",
  "receivedSMSDisclaimer",
  "shoppingCartItems",
]);

/** Deeper than this, it is not known what a partial object does to its siblings. */
const MAX_LEVELS = 2;

/**
 * Why a field of this name must not be written; undefined where it may. Iterable's user interface has the rules on
 * names, its API does not enforce them, and no name can ever be changed.
 */
export function nameProblem(field: string): string | undefined {
  const parts = field.split(".");
  if (MANAGED.has(parts[0] as string)) return "is managed by Iterable itself";
  if (parts.length > MAX_LEVELS) return `is deeper than ${MAX_LEVELS} levels`;
  if (parts.some((part) => part.trim() === "")) return "has an empty part";
  if (field.startsWith("_")) return "begins with an underscore, which Iterable does not allow";
  if (/[,#]/.test(field)) return "has a comma or a #, which Iterable does not allow";
  if (parts.some((part) => /^\d+$/.test(part))) return "is a number, which Iterable does not allow";
  return undefined;
}
