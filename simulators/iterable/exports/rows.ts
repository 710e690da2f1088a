import { isObject, type Json } from "../../json.js";
import { writeDate } from "../field-types.js";
import { normalised } from "../profiles.js";
import type { Project, User } from "../project.js";
import type { IterableSwitches } from "../switches.js";

/** A profile as it was when a job began. */
export interface Snapshot {
  readonly user: User;
  readonly updatedAt: number;
}

export interface Selection {
  /** Undefined: all fields. */
  readonly onlyFields: readonly string[] | undefined;
  readonly omitFields: readonly string[];
}

/** One profile of an export, as a line of JSON. */
export function writeRow(
  { user, updatedAt }: Snapshot,
  number: number,
  selection: Selection,
  project: Project,
  switches: IterableSwitches,
): string {
  const all: Json = {
    ...normalised(user.dataFields, "", project),
    ...(user.email !== undefined && { email: user.email }),
    ...(user.userId !== undefined && { userId: user.userId }),
    profileUpdatedAt: writeDate(updatedAt),
  };
  const nested = switches.exportNesting === "nested";
  const row: Json = {};
  for (const [name, value] of nested ? Object.entries(all) : leaves(all)) {
    if (!isSelected(name, selection)) continue;
    row[name] = switches.exportTimes === "odd" && number % 2 === 1 ? oddTime(value) : value;
  }
  return JSON.stringify(row);
}

/** Whether a field, or the object that it is part of, is asked for. */
function isSelected(name: string, { onlyFields, omitFields }: Selection): boolean {
  const isNamed = (field: string) => name === field || name.startsWith(`${field}.`);
  return (onlyFields === undefined || onlyFields.some(isNamed)) && !omitFields.some(isNamed);
}

function* leaves(values: Json, prefix = ""): Generator<[string, unknown]> {
  for (const [name, value] of Object.entries(values)) {
    if (isObject(value)) yield* leaves(value, `${prefix}${name}.`);
    else yield [`${prefix}${name}`, value];
  }
}

const USUAL = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) \+00:00$/;
/** A form that was seen once: two fractions and a Z. */
function oddTime(value: unknown): unknown {
  return typeof value === "string" ? value.replace(USUAL, "$1T$2.134105.000Z") : value;
}
