import { escaped } from "../pipe/coverage.js";
import type { Field } from "./sides.js";

/** What becomes of a field of the contacts. */
export type Fate =
  /** It tells who the contact is. */
  | { readonly kind: "identifier" }
  /** It is divided into first and last name. */
  | { readonly kind: "names" }
  | { readonly kind: "field"; readonly target: string; readonly isNew: boolean; readonly type?: NewType }
  | { readonly kind: "out" };

/** Types of fields that can be created. */
export const NEW_TYPES = ["string", "long", "double", "boolean", "date"] as const;
export type NewType = (typeof NEW_TYPES)[number];

/** What is proposed for a field, and whether the destination does so by itself. */
export interface Proposal {
  readonly source: Field;
  readonly fate: Fate;
  readonly isDefault: boolean;
}

const OUT: Fate = { kind: "out" };

/**
 * Proposes what becomes of each field: what the destination does by default, else the one field of Iterable whose name
 * differs only in case, spaces and signs, else nothing.
 */
export function propose(sourceFields: readonly Field[], iterableFields: readonly Field[]): Proposal[] {
  const targets = new Set(iterableFields.map(({ name }) => name));
  return sourceFields.map((source) => {
    const fate = byDefault(source.name, targets);
    if (fate.kind !== "out") return { source, fate, isDefault: true };
    const similar = iterableFields.filter(({ name }) => plain(name) === plain(source.name));
    const [only] = similar;
    if (similar.length !== 1 || !only) return { source, fate: OUT, isDefault: true };
    return { source, fate: { kind: "field", target: only.name, isNew: false }, isDefault: false };
  });
}

/** What the destination does with a field where no mapping is given (DESIGN: the default mapping). */
export function byDefault(name: string, targets: ReadonlySet<string>): Fate {
  if (name === "email") return { kind: "identifier" };
  if (name === "name") return { kind: "names" };
  if (name === "phone") return { kind: "field", target: "phoneNumber", isNew: false };
  return targets.has(name) ? { kind: "field", target: name, isNew: false } : OUT;
}

const plain = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/** An entry of `field_mapping`. */
export interface Entry {
  readonly source: string;
  readonly target: string;
  readonly type?: NewType;
  readonly transform?: readonly string[];
}

/** The entries that do what was chosen; undefined where the destination does just that by itself. */
export function entriesFor(
  chosen: readonly { readonly source: Field; readonly fate: Fate }[],
  targets: ReadonlySet<string>,
): Entry[] | undefined {
  const isDefault = chosen.every(({ source, fate }) => same(fate, byDefault(source.name, targets)));
  return isDefault ? undefined : chosen.flatMap(({ source, fate }) => entriesOf(escaped(source.name), fate));
}

function entriesOf(source: string, fate: Fate): Entry[] {
  switch (fate.kind) {
    case "names":
      return [
        { source, target: "firstName", transform: ["first_name"] },
        { source, target: "lastName", transform: ["last_name"] },
      ];
    case "field":
      return [{ source, target: fate.target, ...(fate.type && { type: fate.type }) }];
    case "identifier":
    case "out":
      return [];
  }
}

const same = (a: Fate, b: Fate) =>
  a.kind === b.kind && (a.kind !== "field" || b.kind !== "field" || a.target === b.target);

/** Whether anything of what was chosen has to be created in Iterable. */
export function createsFields(chosen: readonly { readonly fate: Fate }[]): boolean {
  return chosen.some(({ fate }) => fate.kind === "field" && fate.isNew);
}
