import type { Answer, Request } from "../http/exchange.js";
import { isObject, type Json } from "../json.js";
import { genericError, refused } from "./answers.js";
import { foldEmail, isEmail } from "./email.js";
import { isDate, readDate, writeDate } from "./field-types.js";
import type { Project, User } from "./project.js";
import type { IterableSwitches } from "./switches.js";

/** Look-ups of one user, and the list of fields. `listsOf`: the static lists that a user is on. */
export function createProfiles(
  project: Project,
  switches: IterableSwitches,
  now: () => number,
  listsOf: (key: string) => readonly number[],
) {
  const read = (user: User, key: string): Answer => {
    if (switches.unreadable.includes(key)) return genericError();
    const asRead =
      switches.datesRead === "normalised" ? normalised(user.dataFields, "", project) : user.dataFields;
    // A profile shows its lists once it has been on any (recorded); under which name depends on the project (reference).
    const lists = listsOf(key);
    const listField = project.identifier === "email" ? "emailListIds" : "userListIds";
    const dataFields = {
      ...asRead,
      ...(lists.length > 0 && { [listField]: lists }),
      ...(user.email !== undefined && { email: user.email }),
      ...(user.userId !== undefined && { userId: user.userId }),
      profileUpdatedAt: writeDate(project.updatedAt(key) as number),
    };
    return { status: 200, body: { user: { ...user, dataFields } } };
  };

  return {
    byEmail({ query }: Request): Answer {
      const email = query.get("email") ?? "";
      if (!isEmail(email, switches.domains)) {
        return refused(400, "InvalidEmailAddressError", `Invalid email: ${email}`);
      }
      const key = foldEmail(email);
      const user = project.visible(key, now());
      return user ? read(user, key) : { status: 200, body: {} };
    },
    /** In its query form and its path form; in a path, the ids `.` and `..` have vanished before they arrive. */
    byUserId({ query, path }: Request): Answer {
      const id = query.get("userId") ?? decodeURIComponent(path.split("/")[4] ?? "");
      const user = project.visible(id, now());
      if (user) return read(user, id);
      switch (switches.byUserIdMiss) {
        case "500":
          return { status: 500, body: { code: "error.users.noUserWithIdExists", msg: "User not found" } };
        case "400":
          return refused(400, "BadParams", `User does not exist. Email:  UserId: ${id}`);
        case "404":
          return refused(404, "error.users.noUserWithIdExists", "User not found");
        case "200":
          return { status: 200, body: {} };
      }
    },
    fields(): Answer {
      const name = (type: string) =>
        switches.typeNames === "lower" ? type : `${type[0]?.toUpperCase()}${type.slice(1)}`;
      const fields: Json = {};
      for (const [field, type] of project.fields.types) fields[field] = name(type);
      for (let number = 0; number < switches.extraFields; number += 1)
        fields[`extra${number}`] = name("string");
      return { status: 200, body: { fields } };
    },
  };
}

/** Dates in the one form in which Iterable gives them back (recorded). */
export function normalised(values: Json, prefix: string, project: Project): Json {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const type = project.fields.types.get(`${prefix}${name}`);
      if (isObject(value)) return [name, normalised(value, `${prefix}${name}.`, project)];
      return [
        name,
        type === "date" && typeof value === "string" && isDate(value) ? writeDate(readDate(value)) : value,
      ];
    }),
  );
}
