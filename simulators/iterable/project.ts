import { isObject, type Json } from "../json.js";
import { type FieldType, flatten, incomingTypes, isOfType, typeOfFirst } from "./field-types.js";

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

export interface Mismatch {
  readonly incomingTypes: readonly string[];
  readonly expectedType: FieldType;
  readonly _type: "UnexpectedType";
  readonly offendingValue: unknown;
  readonly category: "user";
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

/** One project: its fields with their types, which never change, and its users. */
export interface Project {
  readonly fields: ReadonlyMap<string, FieldType>;
  /** By key: the email in lower case, or the user id. */
  readonly users: ReadonlyMap<string, User>;
  keyOf(update: Update): string | undefined;
  /**
   * The fields whose values do not have their types, in a request as a whole. With `create`, the first value of a
   * field that the project does not have decides on its type for the rest of the request.
   */
  mismatches(updates: readonly Update[], create: boolean): Record<string, Mismatch>;
  /** Fields in a request that the project does not have. */
  unknownFields(updates: readonly Update[]): string[];
  /** The email of the other profile that stands in the way of an update. */
  conflict(update: Update): string | undefined;
  /** Carries an update out; without `create`, unknown fields are left out. */
  apply(update: Update, create: boolean): void;
  /** A user as it can be read at this time: new values show only after a delay. */
  visible(key: string, at: number): User | undefined;
  /** When a user was last written, as it can be read. */
  updatedAt(key: string): number | undefined;
}

export function createProject(options: {
  readonly identifier: "email" | "user_id" | "hybrid";
  readonly fields: Readonly<Record<string, FieldType>>;
  readonly now: () => number;
  readonly visibilityMs: number;
}): Project {
  const fields = new Map<string, FieldType>(Object.entries({ ...STANDARD_FIELDS, ...options.fields }));
  const users = new Map<string, User>();
  /** The key of the profile that has a user id. */
  const owners = new Map<string, string>();
  const updates = new Map<string, number>();
  const history = new Map<string, { readonly at: number; readonly user: User }[]>();

  const values = (update: Update) => [...flatten(update.dataFields ?? {})];
  const keyOf = ({ email, userId }: Update): string | undefined =>
    options.identifier === "user_id" || typeof email !== "string" ? userId : email.trim().toLowerCase();

  const known = (dataFields: Json, create: boolean, prefix = ""): Json => {
    const kept: Json = Object.create(null);
    for (const [name, value] of Object.entries(dataFields)) {
      const field = `${prefix}${name}`;
      const type = fields.get(field) ?? (create ? typeOfFirst(name, value) : undefined);
      if (!type && value !== null) continue;
      if (type) fields.set(field, type);
      kept[name] = isObject(value) && type === "object" ? known(value, create, `${field}.`) : value;
    }
    return kept;
  };

  return {
    fields,
    users,
    keyOf,
    mismatches(updates, create) {
      const found: Record<string, Mismatch> = {};
      const created = new Map<string, FieldType>();
      for (const update of updates) {
        for (const [name, value] of values(update)) {
          const expectedType = fields.get(name) ?? created.get(name);
          const type = create && !expectedType ? typeOfFirst(name, value) : undefined;
          if (type) created.set(name, type);
          if (!expectedType || isOfType(value, expectedType) || name in found) continue;
          found[name] = {
            incomingTypes: incomingTypes(value),
            expectedType,
            _type: "UnexpectedType",
            offendingValue: value,
            category: "user",
          };
        }
      }
      return found;
    },
    unknownFields(updates) {
      const names = updates.flatMap((update) => values(update).filter(([, value]) => value !== null));
      return [...new Set(names.map(([name]) => name))].filter((name) => !fields.has(name));
    },
    conflict(update) {
      if (options.identifier !== "hybrid" || update.userId === undefined) return undefined;
      const owner = owners.get(update.userId);
      return owner === undefined || owner === keyOf(update) ? undefined : users.get(owner)?.email;
    },
    apply(update, create) {
      const key = keyOf(update);
      if (key === undefined) return;
      const before = users.get(key);
      const dataFields: Json = { ...before?.dataFields };
      for (const [name, value] of Object.entries(known(update.dataFields ?? {}, create))) {
        const old = dataFields[name];
        if (value === null) delete dataFields[name];
        else if (update.mergeNestedObjects && isObject(value) && isObject(old))
          dataFields[name] = merged(old, value);
        else dataFields[name] = isObject(value) ? merged({}, value) : value;
      }
      const email = update.email?.trim().toLowerCase() ?? before?.email;
      const userId = update.userId ?? before?.userId;
      const user: User = {
        ...(email !== undefined && { email }),
        ...(userId !== undefined && { userId }),
        dataFields,
      };
      users.set(key, user);
      updates.set(key, options.now());
      if (userId !== undefined) owners.set(userId, key);
      if (options.visibilityMs > 0) {
        const versions = history.get(key) ?? [];
        versions.push({ at: options.now() + options.visibilityMs, user });
        history.set(key, versions);
      }
    },
    updatedAt: (key) => updates.get(key),
    visible(key, at) {
      if (options.visibilityMs === 0) return users.get(key);
      return history.get(key)?.findLast((version) => version.at <= at)?.user;
    },
  };
}

/** One level of keys: nulls remove theirs. */
function merged(old: Json, value: Json): Json {
  return Object.fromEntries(Object.entries({ ...old, ...value }).filter(([, member]) => member !== null));
}
