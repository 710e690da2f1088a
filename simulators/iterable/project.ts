import { isDeepStrictEqual } from "node:util";
import { isObject, type Json } from "../json.js";
import { foldEmail } from "./email.js";
import type { FieldType } from "./field-types.js";
import { createFields, type Fields } from "./fields.js";
import type { IterableSwitches } from "./switches.js";

export type Identifier = "email" | "user_id" | "hybrid";

export interface User {
  readonly email?: string;
  readonly userId?: string;
  readonly dataFields: Json;
}

export interface Update {
  readonly email?: string;
  readonly userId?: string;
  readonly dataFields?: Json;
  readonly mergeNestedObjects?: boolean;
  readonly preferUserId?: boolean;
}

/** Fields that every project has (users/getFields, recorded). */
const STANDARD_FIELDS: Readonly<Record<string, FieldType>> = {
  email: "string",
  userId: "string",
  firstName: "string",
  lastName: "string",
  phoneNumber: "string",
  signupDate: "date",
  signupSource: "string",
  profileUpdatedAt: "date",
  emailListIds: "long",
};
/** What Iterable makes of an address of the internet, where the project has that switched on. */
const PLACE = { city: "Springfield", region: "Somewhere", country: "Nowhere", timeZone: "Etc/GMT" };

/** One project: its fields and its users. */
export interface Project {
  readonly identifier: Identifier;
  readonly fields: Fields;
  /** By key: the email in lower case, or the user id. */
  readonly users: ReadonlyMap<string, User>;
  keyOf(update: Pick<Update, "email" | "userId">): string | undefined;
  /** The other profile that stands in the way of an update. */
  conflict(update: Update): User | undefined;
  /** Carries an update out; without `create`, unknown fields are left out. */
  apply(update: Update, create: boolean): "created" | "changed" | "unchanged";
  /** A user as it can be read at this time: new values show only after a delay. */
  visible(key: string, at: number): User | undefined;
  /** When a user was last changed. */
  updatedAt(key: string): number | undefined;
}

export function createProject(
  identifier: Identifier,
  initial: Readonly<Record<string, FieldType>>,
  switches: IterableSwitches,
  now: () => number,
): Project {
  const fields = createFields("user", { ...STANDARD_FIELDS, ...initial });
  const users = new Map<string, User>();
  /** The key of the profile that has a user id. */
  const owners = new Map<string, string>();
  const updates = new Map<string, number>();
  const history = new Map<string, { readonly at: number; readonly user: User }[]>();

  const keyOf: Project["keyOf"] = ({ email, userId }) =>
    identifier === "user_id" || typeof email !== "string" ? userId : foldEmail(email);

  const write = (key: string, user: User): void => {
    const before = users.get(key);
    users.set(key, user);
    updates.set(key, now());
    if (user.userId !== undefined) owners.set(user.userId, key);
    if (switches.visibilityMs === 0 && !history.has(key)) return;
    const versions = history.get(key) ?? (before ? [{ at: Number.NEGATIVE_INFINITY, user: before }] : []);
    versions.push({ at: now() + switches.visibilityMs, user });
    history.set(key, versions);
  };

  return {
    identifier,
    fields,
    users,
    keyOf,
    conflict(update) {
      if (identifier !== "hybrid" || update.userId === undefined) return undefined;
      const owner = owners.get(update.userId);
      return owner === undefined || owner === keyOf(update) ? undefined : users.get(owner);
    },
    apply(update, create) {
      const key = keyOf(update);
      if (key === undefined) return "unchanged";
      const before = users.get(key);
      const admitted = fields.admit(update.dataFields ?? {}, create);
      if (switches.ipLookup && typeof admitted.ip === "string") Object.assign(admitted, PLACE);
      const dataFields = changed(before?.dataFields, admitted, update.mergeNestedObjects ?? false);
      const email = update.email === undefined ? before?.email : foldEmail(update.email);
      const userId = update.userId ?? before?.userId;
      const user: User = {
        ...(email !== undefined && { email }),
        ...(userId !== undefined && { userId }),
        dataFields,
      };
      if (before && isDeepStrictEqual({ ...before, dataFields: { ...before.dataFields } }, user)) {
        return "unchanged";
      }
      write(key, user);
      return before ? "changed" : "created";
    },
    updatedAt: (key) => updates.get(key),
    visible(key, at) {
      const versions = history.get(key);
      return versions ? versions.findLast((version) => version.at <= at)?.user : users.get(key);
    },
  };
}

/** Fields after an update: a null erases, and objects are merged by one level of their keys, or replaced whole. */
function changed(before: Json | undefined, values: Json, mergeNestedObjects: boolean): Json {
  const dataFields: Json = { ...before };
  for (const [name, value] of Object.entries(values)) {
    const old = dataFields[name];
    if (value === null) delete dataFields[name];
    else if (!isObject(value)) dataFields[name] = value;
    else dataFields[name] = withoutNulls(mergeNestedObjects && isObject(old) ? { ...old, ...value } : value);
  }
  return dataFields;
}

function withoutNulls(value: Json): Json {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}
