import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import type { LostReason } from "../accounting/reasons.js";
import type { MappingEntry } from "../config.js";
import {
  IDENTIFIER_TARGETS,
  type Identified,
  identifyByEmail,
  identifyByUserId,
} from "../iterable/identifiers.js";
import { type Coerced, coerce } from "./coercion.js";
import type { MappingOptions } from "./options.js";
import { compilePath, type Pick as PathPick } from "./paths.js";
import { isEmpty, MOST_MATCHED, trimmed } from "./text.js";
import { compileTransform, type Means } from "./transforms.js";

/** What an entry makes of a record before Iterable's type is looked at. */
export type Picked =
  | { readonly kind: "value"; readonly value: unknown; readonly field: string | undefined }
  | { readonly kind: "nothing" }
  /** The record says null, and the entry takes that for a wish to remove the field. */
  | { readonly kind: "clear" }
  | { readonly kind: "misfit"; readonly reason: LostReason };

const NOTHING: Picked = { kind: "nothing" };
const NOT_A_NUMBER: Picked = { kind: "misfit", reason: "not_a_number" };

/** A number that no text is made of either: a field would say "Infinity". */
const isNotFinite = (value: unknown): boolean =>
  typeof value === "number" ? !Number.isFinite(value) : Array.isArray(value) && value.some(isNotFinite);

/** Compiles an entry: where its value comes from, its transforms in their order, its default, and its type. `compile` reads paths. */
export function compileEntry(
  entry: MappingEntry,
  means: Means,
  compile: (path: string) => PathPick = compilePath,
): (record: JsonObject) => Picked {
  const pick = compileOrigin(entry, compile);
  const transforms = (entry.transform ?? []).map((name) => compileTransform(name, entry, means));
  const cast = (value: unknown): Coerced =>
    entry.type ? coerce(value, entry.type, means.zone) : { ok: true, value };

  return (record) => {
    const found = pick(record);
    let value = found?.value;
    if (isNotFinite(value)) return NOT_A_NUMBER;
    for (const transform of transforms) {
      if (isEmpty(value)) break;
      const changed = transform(value);
      if (!changed.ok) return { kind: "misfit", reason: changed.reason };
      value = changed.value;
    }
    if (isEmpty(value)) {
      if (entry.default === undefined)
        return found?.value === null && entry.clear_on_null ? { kind: "clear" } : NOTHING;
      value = entry.default;
    }
    const typed = cast(value);
    return typed.ok
      ? { kind: "value", value: typed.value, field: found?.field }
      : { kind: "misfit", reason: typed.reason };
  };
}

/** Compiles what tells a record's contact apart: what an entry targets at it, else the field of its name. */
export function compileIdentifier(
  options: MappingOptions,
  compile: (path: string) => PathPick = compilePath,
): (record: JsonObject) => Identified {
  const byEmail = options.identifier === "email";
  const identify = byEmail ? identifyByEmail : identifyByUserId;
  const entry = options.entries?.find(({ target }) => target === IDENTIFIER_TARGETS[options.identifier]);
  if (entry) {
    const pick = compileEntry(entry, options, compile);
    return (record) => {
      const picked = pick(record);
      return identify(picked.kind === "value" ? picked.value : undefined);
    };
  }
  const picks = (byEmail ? ["email"] : ["userId", "user_id"]).map(compilePath);
  return (record) => {
    for (const pick of picks) {
      const value = pick(record)?.value;
      if (!isEmpty(value)) return identify(value);
    }
    return identify(undefined);
  };
}

type Origin = (
  record: JsonObject,
) => { readonly field: string | undefined; readonly value: unknown } | undefined;

function compileOrigin(entry: MappingEntry, compile: (path: string) => PathPick): Origin {
  if (entry.constant !== undefined) return () => ({ field: undefined, value: entry.constant });
  if (entry.template !== undefined) return compileTemplate(entry.template, compile);
  const picks = (entry.sources ?? [entry.source as string]).map(compile);
  return (record) => {
    let first: ReturnType<Origin>;
    for (const pick of picks) {
      const found = pick(record);
      if (found && !isEmpty(found.value)) return found;
      first ??= found;
    }
    return first;
  };
}

/** Whether every brace of a template has its partner, with a field between the two. */
export function isTemplate(template: string): boolean {
  return templatePaths(template).length > 0 && !/[{}]/.test(template.replace(/\{[^{}]+\}/g, ""));
}

/** The paths between braces in a template. */
export function templatePaths(template: string): string[] {
  return [...template.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1] as string);
}

function compileTemplate(template: string, compile: (path: string) => PathPick): Origin {
  const parts = template.split(/\{([^{}]+)\}/).map((part, index) => (index % 2 === 1 ? compile(part) : part));
  return (record) => {
    let filled = false;
    let unfit: unknown;
    const text = parts.map((part) => {
      if (typeof part === "string") return part;
      const value = part(record)?.value;
      if (isEmpty(value) || isJsonObject(value) || Array.isArray(value)) return "";
      filled = true;
      if (isNotFinite(value)) unfit = value;
      return typeof value === "string" ? trimmed(value) : String(value);
    });
    if (unfit !== undefined) return { field: undefined, value: unfit };
    const whole = filled ? text.join("") : "";
    return {
      field: undefined,
      value: trimmed(whole.length > MOST_MATCHED ? whole : whole.replace(/\s+/g, " ")),
    };
  };
}
