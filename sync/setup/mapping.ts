import type { Field } from "../inquiry/fields.js";
import type { PlanRow } from "../inquiry/plan-message.js";
import { escaped } from "../pipe/coverage.js";

/** An entry of `field_mapping`, with whatever else somebody has written into it. */
export interface Entry {
  readonly source?: string;
  readonly sources?: readonly string[];
  readonly constant?: unknown;
  readonly template?: string;
  readonly target: string;
  readonly transform?: unknown;
  readonly [option: string]: unknown;
}

/** Types of fields that can be created. */
export const NEW_TYPES = ["string", "long", "double", "boolean", "date"] as const;
export type NewType = (typeof NEW_TYPES)[number];

/** What the destination makes of the name by itself. */
const PARTS: Readonly<Record<string, string>> = { firstName: "first_name", lastName: "last_name" };

/**
 * The entries that do what the destination does by default, by the rows of its plan. So a mapping that is written out in
 * order to change one field does the same as before to every other.
 */
export function writtenOut(rows: readonly PlanRow[]): Entry[] {
  return rows.flatMap(({ place, source, target, event }) => {
    // The fields of an event stand in its own mapping.
    if (event !== undefined || source === null || target === null || place === "identifier") return [];
    const part = place === "default" && escaped(source) !== target ? PARTS[target] : undefined;
    return [{ source: escaped(source), target, ...(part !== undefined && { transform: [part] }) }];
  });
}

/** For fields that go nowhere, the one free field of Iterable whose name differs only in case, spaces and signs. */
export function suggestionsFor(
  sourceFields: readonly Field[],
  entries: readonly Entry[],
  iterableFields: readonly Field[],
): Entry[] {
  const free = iterableFields.filter(({ name }) => takenBy(entries, name).length === 0);
  return sourceFields.flatMap(({ name }) => {
    if (name === IDENTIFIER || entriesOf(entries, name).length > 0) return [];
    const similar = free.filter((field) => plain(field.name) === plain(name));
    const [only] = similar;
    return similar.length === 1 && only ? [{ source: escaped(name), target: only.name }] : [];
  });
}

/** The field that tells who a contact is, which needs no entry. */
export const IDENTIFIER = "email";

const plain = (name: string) =>
  name
    .normalize("NFC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");

/** The entries that read a field of the contacts. */
export function entriesOf(entries: readonly Entry[], field: string): Entry[] {
  const path = escaped(field);
  return entries.filter(
    ({ source, sources }) => source === path || source === field || sources?.includes(path),
  );
}

/** The entries that write to a field of Iterable's, or into it, or to the object that it is in. */
export function takenBy(entries: readonly Entry[], target: string): Entry[] {
  return entries.filter(
    (entry) =>
      entry.target === target ||
      entry.target.startsWith(`${target}.`) ||
      target.startsWith(`${entry.target}.`),
  );
}

/**
 * The entries with others for one field of the contacts, in the place of those that it had. What wrote to the same
 * targets before gives way, unless it belongs to the field itself.
 */
export function withEntries(entries: readonly Entry[], field: string, others: readonly Entry[]): Entry[] {
  const own = new Set(entriesOf(entries, field));
  const pushedOut = new Set(others.flatMap(({ target }) => takenBy(entries, target)));
  const place = entries.findIndex((entry) => own.has(entry));
  const kept = (entry: Entry) => !own.has(entry) && !pushedOut.has(entry);
  const at = place < 0 ? entries.length : place;
  return [...entries.slice(0, at).filter(kept), ...others, ...entries.slice(at).filter(kept)];
}

/** Whether two mappings are the same, in whatever order. */
export function isSame(one: readonly Entry[], other: readonly Entry[]): boolean {
  const texts = (entries: readonly Entry[]) => entries.map((entry) => JSON.stringify(sorted(entry))).sort();
  return JSON.stringify(texts(one)) === JSON.stringify(texts(other));
}

const sorted = (entry: Entry) => Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1));

/** What an entry reads, in words. */
export function originText({ source, sources, constant, template }: Entry): string {
  if (source !== undefined) return source.replaceAll("\\.", ".");
  if (sources !== undefined)
    return `first of ${sources.map((path) => path.replaceAll("\\.", ".")).join(", ")}`;
  return template === undefined ? `always ${JSON.stringify(constant)}` : `"${template}"`;
}

/** Where an entry writes to, with what it does on the way. */
export function targetText({ source, sources, constant, template, target, ...options }: Entry): string {
  const told = Object.entries(options).map(([name, value]) => {
    if (name === "transform") return [value].flat().join(", ");
    return value === true ? name : `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`;
  });
  return told.length === 0 ? target : `${target} (${told.join("; ")})`;
}
