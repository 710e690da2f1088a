import type { Answer } from "../http/exchange.js";
import type { Json } from "../json.js";
import { genericError } from "./answers.js";
import { isEmail, isUserId } from "./email.js";
import { limitRefusal, mismatchRefusal } from "./fields.js";
import type { Project, Update } from "./project.js";
import type { IterableSwitches } from "./switches.js";

/** Iterable's limit of characters in one value (help center). */
const MAX_VALUE = 32_000;

const CAUSES = ["invalid", "notFound", "invalidData", "conflict", "forgotten"] as const;
type Cause = (typeof CAUSES)[number];

interface Failure {
  readonly cause: Cause;
  readonly email?: string;
  readonly userId?: string;
}

export interface Upserted {
  readonly answer: Answer;
  readonly written: readonly Update[];
}

/**
 * Writes what can be written of a request, or nothing where the request as a whole is refused.
 * `refuses`: why a caller does not take somebody, beside the reasons that hold everywhere.
 */
export function upsert(
  users: readonly Update[],
  create: boolean,
  project: Project,
  switches: IterableSwitches,
  refuses: (user: Update) => Cause | undefined = () => undefined,
): Upserted {
  const refusal = refusalOf(users, create, project, switches);
  if (refusal) return { answer: refusal, written: [] };
  const unknown = project.fields.unknown(users.map(fieldsOf));
  const failures: Failure[] = [];
  const written: Update[] = [];
  const noOps: Update[] = [];
  for (const user of users) {
    const refused = refuses(user);
    const failure = refused ? named(refused, user) : failureOf(user, create, project, switches);
    if (failure) failures.push(failure);
    else {
      written.push(user);
      if (project.apply(user, create) === "unchanged") noOps.push(user);
    }
  }
  const uncounted = switches.noOps === "uncounted" ? noOps.length : 0;
  const failCount = failures.filter(({ cause }) => cause !== "conflict" || switches.conflictsCounted).length;
  const listed = switches.noOps === "unnoticed" ? [] : noOps;
  const body = {
    successCount: written.length - uncounted,
    failCount,
    ...topLevelLists(failures, switches),
    filteredOutFields: create ? [] : unknown,
    createdFields: create ? unknown : [],
    noOpEmails: listed.flatMap(({ email }) => email ?? []),
    noOpUserIds: listed.flatMap(({ email, userId }) => (email === undefined ? (userId ?? []) : [])),
    failedUpdates: failureLists(failures, CAUSES),
  };
  return { answer: { status: 200, body }, written };
}

const fieldsOf = ({ dataFields }: Update): Json => dataFields ?? {};

/** `failedUpdates`: for each cause, who failed by email and who by user id. */
export function failureLists(failures: readonly Failure[], causes: readonly Cause[]): Json {
  return Object.fromEntries(
    causes.flatMap((cause) => {
      const mine = failures.filter((failure) => failure.cause === cause);
      return [
        [`${cause}Emails`, mine.flatMap(({ email }) => email ?? [])],
        [`${cause}UserIds`, mine.flatMap(({ email, userId }) => (email === undefined ? (userId ?? []) : []))],
      ];
    }),
  );
}

/** The deprecated lists, which stand beside `failedUpdates`. */
export function topLevelLists(failures: readonly Failure[], { topLevelLists: held }: IterableSwitches): Json {
  const mine = failures.filter(
    ({ cause }) => held === "any_cause" || (held === "invalid_only" && cause === "invalid"),
  );
  const { invalidEmails, invalidUserIds } = failureLists(
    mine.map((failure) => ({ ...failure, cause: "invalid" })),
    ["invalid"],
  );
  return { invalidEmails, invalidUserIds };
}

/** A failure by the identifier that was sent. */
export function named(cause: Cause, { email, userId }: Pick<Update, "email" | "userId">): Failure {
  return { cause, ...(email === undefined ? { userId: userId ?? "" } : { email }) };
}

/** Why a request as a whole is refused. */
function refusalOf(
  users: readonly Update[],
  create: boolean,
  { fields, keyOf }: Project,
  { poisoned, refusing, typeMismatches, fieldLimit }: IterableSwitches,
): Answer | undefined {
  const refused = users.map((user) => refusing[keyOf(user) ?? ""]).find((one) => one !== undefined);
  if (refused) {
    const { status, code, params = null } = refused;
    return { status, body: { msg: "The request cannot be taken", code, params } };
  }
  if (poisoned.length > 0 && users.some((user) => poisoned.includes(keyOf(user) ?? "")))
    return genericError();
  const values = users.map(fieldsOf);
  const mismatched =
    typeMismatches === "whole_request" ? mismatchRefusal(fields.mismatches(values, create)) : undefined;
  const body =
    mismatched ?? (create ? limitRefusal(fields.types.size, fields.unknown(values), fieldLimit) : undefined);
  return body && { status: 400, body };
}

/** Why somebody cannot be written or told apart, by reasons that lie in the identifiers. */
export function identityFailure(
  user: Pick<Update, "email" | "userId">,
  { keyOf }: Pick<Project, "keyOf">,
  { domains, forgotten }: IterableSwitches,
): "invalid" | "forgotten" | undefined {
  const { email, userId } = user;
  if (email === undefined ? !isUserId(userId) : !isEmail(email, domains)) return "invalid";
  const key = keyOf(user);
  if (key === undefined) return "invalid";
  return forgotten.includes(key) ? "forgotten" : undefined;
}

function failureOf(
  user: Update,
  create: boolean,
  project: Project,
  switches: IterableSwitches,
): Failure | undefined {
  const cause = identityFailure(user, project, switches);
  if (cause) return named(cause, user);
  const inFields = user.dataFields?.email;
  if (inFields !== undefined && !isEmail(String(inFields), switches.domains)) return named("invalid", user);
  if (switches.longValues === "listed" && hasLongValue(user.dataFields)) return named("invalidData", user);
  if (
    switches.typeMismatches === "per_user" &&
    Object.keys(project.fields.mismatches([fieldsOf(user)], create)).length > 0
  ) {
    return named("invalidData", user);
  }
  if (user.email === undefined && user.preferUserId === false && !project.users.has(user.userId ?? "")) {
    return named("notFound", user);
  }
  const owner = project.conflict(user);
  return owner && named("conflict", switches.conflictNames === "other" ? owner : user);
}

function hasLongValue(value: unknown): boolean {
  if (typeof value === "string") return value.length > MAX_VALUE;
  return typeof value === "object" && value !== null && Object.values(value).some(hasLongValue);
}
