import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import type { MappingEntry } from "../config.js";
import type { FieldType } from "../iterable/field-types.js";
import { type Coerced, coerce, fits } from "./coercion.js";
import { compilePath } from "./paths.js";
import { compileTransform } from "./transforms.js";

/** What an entry makes of a record before Iterable's type is looked at. */
export type Picked =
  | { readonly kind: "value"; readonly value: unknown; readonly field: string | undefined }
  | { readonly kind: "nothing" }
  /** The record says null, and the entry takes that for a wish to remove the field. */
  | { readonly kind: "clear" }
  | { readonly kind: "misfit"; readonly reason: string };

/** Nothing to send: absent, null, white space, or an empty list. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === "string") return !startsVisibly(value) && value.trim() === "";
  return Array.isArray(value) && value.length === 0;
}

/** Whether a text begins with a character of ASCII that can be seen, as most do: looking there is cheaper than trimming. */
function startsVisibly(text: string): boolean {
  const first = text.charCodeAt(0);
  return first > 0x20 && first < 0x7f;
}

const NOTHING: Picked = { kind: "nothing" };

/** Compiles an entry: where its value comes from, its transforms in their order, its default, and its type. */
export function compileEntry(
  entry: MappingEntry,
  sha256: (text: string) => string,
): (record: JsonObject) => Picked {
  const pick = compileOrigin(entry);
  const transforms = (entry.transform ?? []).map((name) => compileTransform(name, entry, sha256));
  const cast = (value: unknown): Coerced => (entry.type ? coerce(value, entry.type) : { ok: true, value });

  return (record) => {
    const found = pick(record);
    let value = found?.value;
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

type Origin = (
  record: JsonObject,
) => { readonly field: string | undefined; readonly value: unknown } | undefined;

function compileOrigin(entry: MappingEntry): Origin {
  if (entry.constant !== undefined) return () => ({ field: undefined, value: entry.constant });
  if (entry.template !== undefined) return compileTemplate(entry.template);
  const picks = (entry.sources ?? [entry.source as string]).map(compilePath);
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

function compileTemplate(template: string): Origin {
  const parts = template
    .split(/\{([^{}]+)\}/)
    .map((part, index) => (index % 2 === 1 ? compilePath(part) : part));
  return (record) => {
    let filled = false;
    const text = parts.map((part) => {
      if (typeof part === "string") return part;
      const value = part(record)?.value;
      if (isEmpty(value) || isJsonObject(value) || Array.isArray(value)) return "";
      filled = true;
      return String(value);
    });
    return { field: undefined, value: filled ? text.join("").replace(/\s+/g, " ").trim() : "" };
  };
}

/**
 * A value made to fit the types that Iterable's fields have: its own, and those of the fields inside an object. What
 * does not fit is told to `drop` with its field; the result is undefined where nothing is left.
 */
export function fitToField(
  value: unknown,
  field: string,
  types: ReadonlyMap<string, FieldType>,
  drop: (field: string, reason: string) => void,
): unknown {
  const type = types.get(field) ?? "unknown";
  if (typeof value === "string" && type === "string" && fits(value, type)) return value;
  const coerced = coerce(value, type);
  if (!coerced.ok) {
    drop(field, coerced.reason);
    return undefined;
  }
  return type === "geo_location" ? coerced.value : fitInside(coerced.value, field, types, drop);
}

/** The same for what is inside a value whose own type is right. No null is left in it: it might erase a field. */
function fitInside(
  value: unknown,
  field: string,
  types: ReadonlyMap<string, FieldType>,
  drop: (field: string, reason: string) => void,
): unknown {
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) {
    if (!value.some((item) => typeof item === "object")) return value;
    const items = value
      .map((item) => fitInside(item, field, types, drop))
      .filter((item) => item !== undefined);
    return items.length > 0 ? items : undefined;
  }
  if (value === null) return undefined;
  const inner: JsonObject = {};
  for (const [name, member] of Object.entries(value)) {
    if (member === null || name === "__proto__") continue;
    const fitted = fitToField(member, `${field}.${name}`, types, drop);
    if (fitted !== undefined) inner[name] = fitted;
  }
  return Object.keys(inner).length > 0 ? inner : undefined;
}
