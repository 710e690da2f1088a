import type { FieldType } from "../iterable/field-types.js";
import { splitPath } from "./paths.js";
import { comparable } from "./text.js";

/** The field as Iterable names it; a target may have an escaped dot, which is one within a name. */
export function fieldName(target: string): string {
  return target.includes("\\") ? target.replaceAll("\\.", ".") : target;
}

/** The target that is one field of this name, whatever dots it has. */
export const oneField = (name: string) => name.replaceAll(".", "\\.");

/** Whether a target leads into an object. */
export function isInside(target: string): boolean {
  return target.includes(".") && (!target.includes("\\") || splitPath(target).length > 1);
}

/** The field at the top that a target is, or is in. */
export const outermost = (target: string) => splitPath(target)[0] as string;

/** Whether two targets are the same, or one is a part of the other. */
export function overlap(a: string, b: string): boolean {
  return a === b || isWithin(a, b) || isWithin(b, a);
}

export const isWithin = (inner: string, outer: string) => inner.startsWith(`${outer}.`);

/**
 * The name under which Iterable has a field already: exactly this one, or one that is written with the same letters
 * (NFC) and differs in nothing but what nobody sees at its ends. Undefined where there is none.
 */
export function knownName(name: string, fields: ReadonlyMap<string, FieldType>): string | undefined {
  if (fields.has(name)) return name;
  return isPlain(name) ? undefined : indexOf(fields).same.get(comparable(name));
}

/**
 * The field of Iterable's that differs from the target, which is none, only in case, spaces, underscores, hyphens or
 * invisible characters: Iterable takes them for two.
 */
export function lookAlike(target: string, fields: ReadonlyMap<string, FieldType>): string | undefined {
  const name = fieldName(target);
  return fields.has(name) ? undefined : indexOf(fields).alike.get(bare(name));
}

/** A name without what people do not tell apart. */
export function bare(name: string): string {
  return comparable(name)
    .slice(0, MOST_CHARACTERS)
    .toLowerCase()
    .replace(/[\s\p{Default_Ignorable_Code_Point}_-]/gu, "");
}

const MOST_CHARACTERS = 1000;
const isPlain = (name: string) => /^[\w.-]{1,200}$/.test(name);

interface Index {
  readonly size: number;
  readonly same: ReadonlyMap<string, string>;
  readonly alike: ReadonlyMap<string, string>;
}

const indexes = new WeakMap<ReadonlyMap<string, FieldType>, Index>();

/** Fields by what they are compared by. Fields are added while a run goes on, and never taken away. */
function indexOf(fields: ReadonlyMap<string, FieldType>): Index {
  let index = indexes.get(fields);
  if (index?.size !== fields.size) {
    const names = [...fields.keys()].reverse();
    index = {
      size: fields.size,
      same: new Map(names.map((name) => [comparable(name), name])),
      alike: new Map(names.map((name) => [bare(name), name])),
    };
    indexes.set(fields, index);
  }
  return index;
}
