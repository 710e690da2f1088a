import { firstName, lastName } from "./names.js";
import { isSameName, normalized } from "./paths.js";
import { isE164 } from "./phone.js";
import { trimmed } from "./text.js";

/** An entry of the mapping that holds where none is given. A field of the target's own name wins over what is made. */
export interface DefaultEntry {
  readonly source: string;
  readonly target: string;
  /** What is made of the text, for people. */
  readonly how: string;
  /** The text that is sent, empty where there is none; undefined where the value does not fit. */
  read(text: string): string | undefined;
}

const DEFAULTS: readonly DefaultEntry[] = [
  {
    source: "phone",
    target: "phoneNumber",
    how: "",
    read: (text) => (isE164(trimmed(text)) ? trimmed(text) : undefined),
  },
  { source: "name", target: "firstName", how: "its first word", read: firstName },
  { source: "name", target: "lastName", how: "all words but the first", read: lastName },
];

/** Phone and name have a place of their own in Iterable. `sourceFields`: those that take part; undefined: all. */
export function defaultEntries(sourceFields: readonly string[] | undefined): readonly DefaultEntry[] {
  return DEFAULTS.filter(
    ({ source }) => !sourceFields || sourceFields.some((field) => isSameName(field, source)),
  );
}

/** The contact's own fields of a target's name, which win over what is made. */
export function ownFields(target: string, sourceFields: readonly string[] | undefined): readonly string[] {
  return sourceFields?.filter((field) => isSameName(field, target)) ?? [target, normalized(target)];
}
