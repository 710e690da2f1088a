import type { Config } from "../config.js";

/** What tells users apart in a project ("Identifying the user", help center). */
export type ProjectType = "email" | "user_id" | "hybrid";

/** What Iterable's answers say of a project. No answer names its type. */
export interface Evidence {
  readonly fields: { has(name: string): boolean };
  /** See `IterableApi.servesForgotten`. */
  readonly servesForgottenEmails: boolean | undefined;
  readonly servesForgottenUserIds: boolean | undefined;
  /** The European data center has no email-based projects ("Iterable's European data center", help center). */
  readonly isEuropean: boolean;
}

/** Fields that projects with user ids have ("User profile fields used by Iterable", help center). */
const FIELDS_OF_USER_IDS = ["itblUserId", "userListIds"];

/** The types that a project may have; several where the answers do not decide. */
export function possibleTypes(evidence: Evidence): readonly ProjectType[] {
  const { fields, servesForgottenEmails: emails, servesForgottenUserIds: userIds, isEuropean } = evidence;
  const ruledOut = new Set<ProjectType>();
  if (isEuropean || FIELDS_OF_USER_IDS.some((name) => fields.has(name)) || userIds === true) {
    ruledOut.add("email");
  }
  if (emails === true) ruledOut.add("user_id");
  if (emails === false) ruledOut.add("email").add("hybrid");
  if (userIds === false) ruledOut.add("user_id").add("hybrid");
  const possible = (["email", "user_id", "hybrid"] as const).filter((type) => !ruledOut.has(type));
  return possible.length > 0 ? possible : ["email", "user_id", "hybrid"];
}

/** Why contacts cannot be told apart by this identifier in such a project; undefined where they may. */
export function identifierProblem(
  identifier: Config["identifier"],
  possible: readonly ProjectType[],
): string | undefined {
  const [type] = possible;
  if (possible.length !== 1) return undefined;
  if (type === "user_id" && identifier === "email") {
    return 'this Iterable project tells users apart by userId alone: set identifier to "user_id", and map a field to "userId"';
  }
  if (type === "email" && identifier === "user_id") {
    return 'this Iterable project tells users apart by email: for user ids it would create users with placeholder addresses, who never get mail; set identifier to "email"';
  }
  return undefined;
}

const NAMES: Readonly<Record<ProjectType, string>> = {
  email: "email-based",
  user_id: "userID-based",
  hybrid: "hybrid",
};

/** For people: what is known, and what is not. */
export function describeTypes(possible: readonly ProjectType[]): string {
  const names = possible.map((type) => NAMES[type]).join(" or ");
  return possible.length === 1
    ? `It is ${names}.`
    : `Whether it is ${names} cannot be told from here: see Settings → Project settings in Iterable.`;
}
