import { normalized } from "./paths.js";
import { firstName, lastName } from "./transforms.js";

/** An entry of the mapping that holds where none is given. */
export interface DefaultEntry {
  readonly source: string;
  readonly target: string;
  /** What is made of the text, for people. */
  readonly how: string;
  /** The text that is sent, empty where there is none; undefined where the value does not fit. */
  read(text: string): string | undefined;
}

/** What Iterable takes for a phone number. */
const E164 = /^\+[1-9]\d{6,14}$/;

const DEFAULTS: readonly DefaultEntry[] = [
  {
    source: "phone",
    target: "phoneNumber",
    how: "valid E.164 numbers are sent, others are left out",
    read: (text) => (E164.test(text.trim()) ? text.trim() : undefined),
  },
  { source: "name", target: "firstName", how: "its first word", read: firstName },
  { source: "name", target: "lastName", how: "all words but the first", read: lastName },
];

/** Phone and name have a place of their own in Iterable. `sourceFields`: those that take part; undefined: all. */
export function defaultEntries(sourceFields: readonly string[] | undefined): readonly DefaultEntry[] {
  return DEFAULTS.filter(
    ({ source }) => !sourceFields || sourceFields.some((field) => normalized(field) === source),
  );
}
