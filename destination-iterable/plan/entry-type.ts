import type { JsonObject } from "../../protocol/message.js";
import type { MappingEntry } from "../config.js";
import type { FieldType } from "../iterable/field-types.js";
import { madeBy, transformOf } from "../mapping/transforms.js";
import { fitOf } from "./fit.js";
import { type Kind, nameOf, type SourceType, typeAtPath, union } from "./source-type.js";

/** What an entry makes of its source, by what is known of types. */
export interface EntryType {
  readonly source: SourceType;
  readonly made: SourceType;
  /** What happens to values on the way, for people. */
  readonly steps: readonly string[];
  /** Whether values may be left out on the way to a transform, or by it. */
  readonly isSelective: boolean;
  /** Why no value can ever come out; undefined where one can. */
  readonly impossible: string | undefined;
}

const TEXT: SourceType = { kinds: ["string"], isList: false };

const KIND_OF: Readonly<Record<FieldType, Kind>> = {
  string: "string",
  long: "integer",
  double: "number",
  boolean: "boolean",
  date: "date",
  object: "object",
  nested: "object",
  geo_location: "object",
  unknown: "string",
};

/** Follows an entry's types: its source, its transforms, the type that it declares. */
export function typeOfEntry(entry: MappingEntry, properties: JsonObject): EntryType {
  const source = originType(entry, properties);
  const { transform = [], type } = entry;
  const steps: string[] = [];
  let made = source;
  let impossible: string | undefined;
  let isSelective = false;
  if (transform.length > 0) {
    const { fit } = fitOf(made, "string");
    if (fit === "cannot") impossible = `transforms take texts, not ${nameOf(made)}`;
    const refused = transform.flatMap((name) => transformOf(name).refuses ?? []);
    isSelective = refused.length > 0 || fit === "coerced";
    const left = refused.length > 0 ? ` (left out: ${refused.join(", ")})` : "";
    steps.push(`after ${transform.join(", ")}${left}`);
    const isList = made.isList || transform.some((name) => transformOf(name).makesList);
    made = { kinds: [KIND_OF[madeBy(transform) ?? "string"]], isList };
  }
  if (type !== undefined) {
    const fit = fitOf(made, type);
    if (fit.fit === "cannot") impossible ??= `${nameOf(made)} cannot become ${type}`;
    if (fit.fit === "coerced" && !isMadeDate(made, transform, type)) steps.push(`as ${type}: ${fit.how}`);
    made = { kinds: [KIND_OF[type]], isList: made.isList };
  }
  return { source, made, steps, isSelective, impossible };
}

/** Whether dates are already in Iterable's form, because the entry has written them. */
export function isMadeDate(
  { kinds }: SourceType,
  transform: NonNullable<MappingEntry["transform"]>,
  type: FieldType,
): boolean {
  return type === "date" && kinds.every((kind) => kind === "date") && transform.at(-1) === "date";
}

function originType(entry: MappingEntry, properties: JsonObject): SourceType {
  if (entry.constant !== undefined || entry.template !== undefined) return TEXT;
  const paths = entry.sources ?? (entry.source === undefined ? [] : [entry.source]);
  return union(paths.map((path) => typeAtPath(properties, path)));
}
