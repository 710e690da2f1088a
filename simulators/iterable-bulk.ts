import type { Answer } from "./http-server.js";
import type { Project, Update } from "./iterable-project.js";
import { isObject, type Json } from "./json.js";

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
  const malformed = findMalformed(body);
  if (malformed) {
    return refused(400, "BadJsonBody", "[/api/users/bulkUpdate] Invalid JSON body", malformed);
  }
  const { users, createNewFields } = body as { users: Update[]; createNewFields?: boolean };
  const { project } = options;
  const create = createNewFields ?? options.addsUnknownFields;
  if (users.some((user) => options.poisoned.has(project.keyOf(user) ?? ""))) {
    return refused(
      500,
      "GenericError",
      "An error occurred. Please try again later. If problem persists, please contact your CSM",
      null,
    );
  }
  const mismatches = project.mismatches(users);
  for (const [field, { expectedType, incomingTypes }] of Object.entries(mismatches)) {
    const msg = `Project 1: The request does not have the same data types as the data previously submitted. Field '${field}' already exists for type 'user' and has a data type of '${expectedType}' but possible types '${incomingTypes.join(", ")}' in the request.`;
    return refused(400, "RequestFieldsTypesMismatched", msg, { validationErrors: mismatches });
  }
  const unknown = project.unknownFields(users);
  const total = project.fields.size + unknown.length;
  if (create && total > MAX_FIELDS) {
    const params = { limit: MAX_FIELDS, requestedTotal: total, newFields: unknown };
    return refused(
      400,
      "UniqueFieldsLimitExceeded",
      `Project 1: The request would increase the number of fields to ${total}`,
      params,
    );
  }

  const failures = new Map<FailureList, string[]>();
  let failCount = 0;
  for (const user of users) {
    const failure = failureOf(user, options);
    if (!failure) project.apply(user, create);
    else {
      failCount += 1;
      failures.set(failure.list, [...(failures.get(failure.list) ?? []), failure.identifier]);
    }
  }
  const list = (name: FailureList) => failures.get(name) ?? [];
  return {
    status: 200,
    body: {
      successCount: users.length - failCount,
      failCount,
      invalidEmails: list("invalidEmails"),
      invalidUserIds: list("invalidUserIds"),
      filteredOutFields: create ? [] : unknown,
      createdFields: create ? unknown : [],
      noOpEmails: [],
      noOpUserIds: [],
      failedUpdates: Object.fromEntries(FAILURE_LISTS.map((name) => [name, list(name)])),
      ...(options.extraKeys && { aKeyOfTomorrow: { version: 2 } }),
    },
  };
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
function findMalformed(body: unknown): Json | undefined {
  if (!isObject(body)) return { obj: "Object value expected" };
  if (!Array.isArray(body.users)) return { "obj.users": "Array value expected" };
  if (body.createNewFields !== undefined && typeof body.createNewFields !== "boolean") {
    return { "obj.createNewFields": "Boolean value expected" };
  }
  for (const [index, user] of body.users.entries()) {
    const place = `obj.users[${index}]`;
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
