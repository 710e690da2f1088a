import type { Answer } from "../http/server.js";
import { isObject, type Json } from "../json.js";
import type { Project, Update } from "./project.js";

/** Iterable's limit of characters in one value (help center). */
const MAX_VALUE = 32_000;
/** Iterable's limit of fields in a project, which can be raised (API reference of users/update). */
const MAX_FIELDS = 1000;

export interface BulkOptions {
  readonly project: Project;
  /** Whether the project adds fields that it does not have, where a request does not say. */
  readonly addsUnknownFields: boolean;
  /** Keys of users who asked to be forgotten. */
  readonly forgotten: ReadonlySet<string>;
  /** Keys of users whose presence makes the whole request fail with a GenericError. */
  readonly poisoned: ReadonlySet<string>;
  readonly extraKeys: boolean;
}

type FailureList =
  | "invalidEmails"
  | "invalidUserIds"
  | "invalidDataEmails"
  | "invalidDataUserIds"
  | "conflictEmails"
  | "conflictUserIds"
  | "forgottenEmails"
  | "forgottenUserIds"
  | "notFoundEmails"
  | "notFoundUserIds";

/** Answers POST /api/users/bulkUpdate, carrying out what can be carried out. */
export function bulkUpdate(body: unknown, options: BulkOptions): Answer {
  const malformed = findMalformed(body, "users");
  if (malformed) return invalidBody("/api/users/bulkUpdate", malformed);
  const { users, createNewFields } = body as { users: Update[]; createNewFields?: boolean };
  return upsert(users, createNewFields ?? options.addsUnknownFields, options).answer;
}

/** Answers POST /api/lists/subscribe: the profiles are written first, then those that could be are subscribed. */
export function subscribe(
  body: unknown,
  lists: ReadonlyMap<number, Set<string>>,
  options: BulkOptions,
): Answer {
  const malformed = findMalformed(body, "subscribers");
  if (malformed) return invalidBody("/api/lists/subscribe", malformed);
  const { listId, subscribers } = body as { listId: number; subscribers: Update[] };
  const list = lists.get(listId);
  // The code really says Success (recorded).
  if (!list) {
    return refused(400, "Success", `error.lists.invalidListId(${listId})`, { projectId: 1, listId });
  }
  const { answer, written } = upsert(subscribers, options.addsUnknownFields, options);
  for (const user of written) list.add(options.project.keyOf(user) as string);
  return answer;
}

const invalidBody = (path: string, malformed: Json): Answer =>
  refused(400, "BadJsonBody", `[${path}] Invalid JSON body`, malformed);

/** Writes what can be written of a request, or nothing where the request as a whole is refused. */
function upsert(
  users: readonly Update[],
  create: boolean,
  options: BulkOptions,
): { readonly answer: Answer; readonly written: readonly Update[] } {
  const refusal = refusalOf(users, create, options);
  if (refusal) return { answer: refusal, written: [] };
  const { project } = options;
  const unknown = project.unknownFields(users);
  const failures = new Map<FailureList, string[]>();
  const written: Update[] = [];
  for (const user of users) {
    const failure = failureOf(user, options);
    if (!failure) {
      project.apply(user, create);
      written.push(user);
    } else failures.set(failure.list, [...(failures.get(failure.list) ?? []), failure.identifier]);
  }
  const list = (name: FailureList) => failures.get(name) ?? [];
  const body = {
    successCount: written.length,
    failCount: users.length - written.length,
    invalidEmails: list("invalidEmails"),
    invalidUserIds: list("invalidUserIds"),
    filteredOutFields: create ? [] : unknown,
    createdFields: create ? unknown : [],
    noOpEmails: [],
    noOpUserIds: [],
    failedUpdates: Object.fromEntries(FAILURE_LISTS.map((name) => [name, list(name)])),
    ...(options.extraKeys && { aKeyOfTomorrow: { version: 2 } }),
  };
  return { answer: { status: 200, body }, written };
}

/** Why a request as a whole is refused. */
function refusalOf(users: readonly Update[], create: boolean, options: BulkOptions): Answer | undefined {
  const { project } = options;
  if (users.some((user) => options.poisoned.has(project.keyOf(user) ?? ""))) {
    return refused(
      500,
      "GenericError",
      "An error occurred. Please try again later. If problem persists, please contact your CSM",
    );
  }
  const mismatches = project.mismatches(users, create);
  for (const [field, { expectedType, incomingTypes }] of Object.entries(mismatches)) {
    const msg = `Project 1: The request does not have the same data types as the data previously submitted. Field '${field}' already exists for type 'user' and has a data type of '${expectedType}' but possible types '${incomingTypes.join(", ")}' in the request.`;
    return refused(400, "RequestFieldsTypesMismatched", msg, { validationErrors: mismatches });
  }
  const unknown = create ? project.unknownFields(users) : [];
  const total = project.fields.size + unknown.length;
  if (unknown.length > 0 && total > MAX_FIELDS) {
    return refused(
      400,
      "UniqueFieldsLimitExceeded",
      `Project 1: The request would increase the number of fields to ${total}`,
      { limit: MAX_FIELDS, requestedTotal: total, newFields: unknown },
    );
  }
  return undefined;
}

const FAILURE_LISTS: readonly FailureList[] = [
  "invalidEmails",
  "invalidUserIds",
  "notFoundEmails",
  "notFoundUserIds",
  "invalidDataEmails",
  "invalidDataUserIds",
  "conflictEmails",
  "conflictUserIds",
  "forgottenEmails",
  "forgottenUserIds",
];

function failureOf(
  user: Update,
  { project, forgotten }: BulkOptions,
): { list: FailureList; identifier: string } | undefined {
  const { email, userId } = user;
  const byEmail = email !== undefined;
  const identifier = email ?? userId ?? "";
  const failure = (kind: "invalid" | "invalidData" | "forgotten" | "notFound") => ({
    list: `${kind}${byEmail ? "Emails" : "UserIds"}` as FailureList,
    identifier,
  });
  if (byEmail ? !isEmail(email) : !isUserId(userId)) return failure("invalid");
  const key = project.keyOf(user);
  if (key === undefined) return failure("invalid");
  if (forgotten.has(key)) return failure("forgotten");
  const inFields = user.dataFields?.email;
  if (inFields !== undefined && !isEmail(String(inFields))) return failure("invalid");
  if (JSON.stringify(user.dataFields ?? {}).length > MAX_VALUE && hasLongValue(user.dataFields))
    return failure("invalidData");
  if (!byEmail && user.preferUserId === false && !project.users.has(key)) return failure("notFound");
  const owner = project.conflict(user);
  return owner === undefined ? undefined : { list: "conflictEmails", identifier: owner };
}

function hasLongValue(value: unknown): boolean {
  if (typeof value === "string") return value.length > MAX_VALUE;
  return typeof value === "object" && value !== null && Object.values(value).some(hasLongValue);
}

/** Roughly what Apache Commons' EmailValidator takes, which Iterable names (help center). */
export function isEmail(value: string): boolean {
  return /^[^\s@"(),:;<>[\\\]]{1,64}@([\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+(\p{L}{2,24}|xn--[a-z0-9-]+)$/u.test(
    value,
  );
}

function isUserId(value: string | undefined): boolean {
  return value !== undefined && /^[\x20-\x7e]{1,52}$/.test(value) && !value.endsWith(" ");
}

/** The path of the first thing in a body that has the wrong JSON type, with what was expected. */
function findMalformed(body: unknown, entries: "users" | "subscribers"): Json | undefined {
  if (!isObject(body)) return { obj: "Object value expected" };
  const users = body[entries];
  if (!Array.isArray(users)) return { [`obj.${entries}`]: "Array value expected" };
  if (entries === "subscribers" && typeof body.listId !== "number")
    return { "obj.listId": "Number value expected" };
  if (body.createNewFields !== undefined && typeof body.createNewFields !== "boolean") {
    return { "obj.createNewFields": "Boolean value expected" };
  }
  for (const [index, user] of users.entries()) {
    const place = `obj.${entries}[${index}]`;
    if (!isObject(user)) return { [place]: "Object value expected" };
    for (const [name, type] of Object.entries(USER_TYPES)) {
      const value = user[name];
      const isRight = type === "object" ? isObject(value) : typeof value === type;
      if (value !== undefined && !isRight) {
        return { [`${place}.${name}`]: `${type[0]?.toUpperCase()}${type.slice(1)} value expected` };
      }
    }
  }
  return undefined;
}

const USER_TYPES = {
  email: "string",
  userId: "string",
  dataFields: "object",
  preferUserId: "boolean",
  mergeNestedObjects: "boolean",
};

export function refused(status: number, code: string, msg: string, params: unknown = null): Answer {
  return { status, body: { msg, code, params } };
}
