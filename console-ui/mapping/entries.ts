import type { Choice } from "../picker.js";
import type { Entry, Field } from "../wire.js";

/** What stands for "goes nowhere" in the list of targets. */
export const NOWHERE = "Do not send";

/** Whether an entry reads this form field, alone. A dot that belongs to a name is written `\.` in an entry. */
export function isOf(entry: Entry, source: string): boolean {
  return entry.source === source || entry.source === escaped(source);
}

export function entriesOf(entries: readonly Entry[], source: string): Entry[] {
  return entries.filter((entry) => isOf(entry, source));
}

/** A form field as an entry names it. */
export function escaped(source: string): string {
  return source.replaceAll("\\", "\\\\").replaceAll(".", "\\.");
}

/** The fields that can be picked, those that are free first. */
export function choicesFor(
  fields: readonly Field[],
  entries: readonly Entry[],
  identifier: string,
): Choice[] {
  const taken = new Set(entries.map(({ target }) => target));
  const usable = fields.filter(({ name }) => name !== identifier);
  const inGroup = (group: string, isTaken: boolean) =>
    usable
      .filter(({ name }) => taken.has(name) === isTaken)
      .map(({ name, type }) => ({ name, note: type, group }));
  return [
    { name: NOWHERE, note: "", group: "Leave out" },
    ...inGroup("Free", false),
    ...inGroup("Taken", true),
  ];
}

/** The entry with another target. What depended on the old target's type goes with it. */
export function retargeted(entry: Entry, target: string): Entry {
  const { type: _type, ...rest } = entry;
  return { ...rest, target };
}
