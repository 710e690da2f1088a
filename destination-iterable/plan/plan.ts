import type { JsonObject } from "../../protocol/message.js";
import type { MappingEntry } from "../config.js";
import { IDENTIFIER_TARGETS } from "../iterable/identifiers.js";
import { defaultEntries, ownFields } from "../mapping/default-mapping.js";
import type { MappingOptions } from "../mapping/options.js";
import { isSameName, normalized, splitPath } from "../mapping/paths.js";
import { findProblems } from "../mapping/problems.js";
import { sourceRemark } from "../mapping/remarks/listed.js";
import { fieldName, oneField } from "../mapping/targets.js";
import { compileUnmapped, sourcesOf } from "../mapping/unmapped.js";
import { typeOfEntry } from "./entry-type.js";
import { nameOf, type SourceType, typeAtPath } from "./source-type.js";
import {
  joined,
  type PlanVerdict,
  refused,
  TELLS_APART,
  type Verdict,
  verdictOn,
  verdictOnEntry,
  whyNotSent,
} from "./verdict.js";

/** A row of the plan. The names of its keys are relied on by programs. */
export interface PlanRow {
  readonly stream: string;
  /** What decides on it: `field_mapping[0]`, the `default` mapping, the `identifier`, or nothing: `unmapped`. */
  readonly place: string;
  readonly source: string | null;
  readonly source_type: string;
  readonly target: string | null;
  readonly target_type: string | null;
  readonly verdict: PlanVerdict;
  /** How, as what, or why, for people; may be empty. */
  readonly detail: string;
  /** How its values join what a profile has, where they do not replace it. */
  readonly merge?: "first" | "append";
  /** The name of the event that it is a field of; absent for a field of the profile. */
  readonly event?: string;
}

export interface StreamOutlook {
  readonly rows: readonly PlanRow[];
  /** Mistakes that no row shows. */
  readonly problems: readonly string[];
}

/**
 * What a mapping would do, field by field, before any record is there. `properties` are the schemas of the stream's
 * fields. The same decisions are made on every value when it comes; here they are made on types.
 */
export function outlookOf(
  options: MappingOptions,
  properties: JsonObject,
  createNewFields: boolean,
): StreamOutlook {
  const problems = findProblems(options);
  const sight: Sight = {
    options,
    properties,
    judge: (target, made) => verdictOn(target, made, options, createNewFields),
  };
  const entries = options.identity ? [] : (options.entries ?? []);
  const mapped = [
    ...identifierRow(entries, sight),
    ...entryRows(entries, problems, sight),
    ...(!options.identity && options.entries === undefined ? defaultRows(sight) : []),
  ];
  const rows = [...mapped, ...ownRows(mapped, entries, sight)];
  return { rows, problems: problems.flatMap(({ entry, text }) => (entry === undefined ? [text] : [])) };
}

/** What the rows of a stream are made from. */
interface Sight {
  readonly options: MappingOptions;
  readonly properties: JsonObject;
  judge(target: string, made: SourceType): Verdict;
}

function rowOf(
  { stream, iterableFields }: MappingOptions,
  place: string,
  source: string | null,
  type: SourceType,
  target: string | null,
  [verdict, detail]: Verdict,
): PlanRow {
  return {
    stream,
    place,
    source,
    source_type: nameOf(type),
    target,
    target_type: (target !== null && iterableFields.get(fieldName(target))) || null,
    verdict,
    detail,
  };
}

/** The row of what tells contacts apart, where no entry says it. */
function identifierRow(entries: readonly MappingEntry[], { options, properties }: Sight): PlanRow[] {
  const identifier = IDENTIFIER_TARGETS[options.identifier];
  if (entries.some(({ target }) => target === identifier)) return [];
  const names = options.identifier === "email" ? ["email"] : ["userId", "user_id"];
  const name = options.sourceFields
    ? options.sourceFields.find((field) => names.some((wanted) => isSameName(field, wanted)))
    : names[0];
  if (name === undefined) return [];
  return [
    rowOf(options, "identifier", name, typeAtPath(properties, name), identifier, ["fits", TELLS_APART]),
  ];
}

function entryRows(
  entries: readonly MappingEntry[],
  problems: ReturnType<typeof findProblems>,
  { options, properties, judge }: Sight,
): PlanRow[] {
  return entries.map((entry, index) => {
    const found = problems.filter((problem) => problem.entry === index);
    const type = typeOfEntry(entry, properties);
    const verdict: Verdict =
      found.length > 0
        ? ["cannot_fit", found.map(({ text }) => text.slice(text.indexOf("): ") + 3)).join("; ")]
        : remarked(verdictOnEntry(entry, type, judge, options), entry, options);
    const source = entry.constant ?? entry.template ?? sourcesOf(entry).join(", ");
    const { merge } = entry;
    const row = rowOf(options, `field_mapping[${index}]`, source || null, type.source, entry.target, verdict);
    return merge === "first" || merge === "append" ? { ...row, merge } : row;
  });
}

function defaultRows({ options, properties, judge }: Sight): PlanRow[] {
  return defaultEntries(options.sourceFields).flatMap(({ source, target, how }) => {
    const type = typeAtPath(properties, source);
    const isText = type.kinds.length === 0 || type.kinds.some((kind) => kind === "string" || kind === "date");
    const text: SourceType = { kinds: ["string"], isList: false };
    const [verdict, detail]: Verdict = isText ? judge(target, text) : ["cannot_fit", "only texts are taken"];
    const made = rowOf(options, "default", source, type, target, [
      verdict,
      joined(isText ? how : "", detail),
    ]);
    const own = options.sourceFields ? ownFields(target, options.sourceFields) : [];
    return [
      made,
      ...own.map((name) => {
        const ownType = typeAtPath(properties, name);
        const [found, why]: Verdict = judge(target, ownType);
        const wins: Verdict = [found, joined(`wins over what is made of ${source}`, why)];
        return rowOf(options, "default", name, ownType, target, wins);
      }),
    ];
  });
}

/** The rows of the fields that no row reads yet. */
function ownRows(
  rows: readonly PlanRow[],
  entries: readonly MappingEntry[],
  { options, properties, judge }: Sight,
): PlanRow[] {
  const placeOf = compileUnmapped(options, new Set(rows.flatMap(({ target }) => target ?? [])));
  // Each field has a value here, so that every one that a mapping could read counts as read.
  const sample = Object.fromEntries(
    Object.keys(properties).map((name) => [name, sampleOf(properties, name)]),
  );
  const isRead = readerOf(rows, entries);
  const rule = options.identity ? "identity" : "unmapped";
  return (options.sourceFields ?? [])
    .filter((name) => !isRead(name))
    .map((name) => {
      const type = typeAtPath(properties, name);
      const place = placeOf(name, sample);
      if (place === undefined)
        return rowOf(options, "unmapped", name, type, null, ["not_sent", whyNotSent(name, options)]);
      if (place.refusal !== undefined)
        return rowOf(options, rule, name, type, ...refused(place, options.iterableFields));
      const [verdict, detail] = judge(place.target, type);
      const isRenamed = place.target !== oneField(name) && place.target !== name;
      const how = isRenamed ? "its name is written without what nobody sees" : "";
      return rowOf(options, rule, name, type, place.target, [verdict, joined(how, detail)]);
    });
}

/** A verdict with what is to be said of an entry whose fields the schema does not list. */
function remarked([verdict, detail]: Verdict, entry: MappingEntry, options: MappingOptions): Verdict {
  const remarks = sourcesOf(entry).map((path) => sourceRemark(path, options) ?? "");
  return [verdict, joined(detail, ...remarks)];
}

function sampleOf(properties: JsonObject, name: string): unknown {
  const { kinds } = typeAtPath(properties, name);
  return kinds.includes("object") ? { inner: true } : "value";
}

/** Tells which names of fields the rows read. One look at the rows is enough, however many fields there are. */
function readerOf(rows: readonly PlanRow[], entries: readonly MappingEntry[]): (name: string) => boolean {
  const exact = new Set<string>();
  const alike = new Map<string, string[]>();
  for (const { place, source } of rows) {
    const index = /^field_mapping\[(\d+)\]$/.exec(place)?.[1];
    const entry = index === undefined ? undefined : entries[Number(index)];
    for (const path of entry ? sourcesOf(entry) : source === null ? [] : [source]) {
      const first = splitPath(path)[0] as string;
      exact.add(path);
      alike.set(normalized(first), [...(alike.get(normalized(first)) ?? []), first]);
    }
  }
  return (name) =>
    exact.has(name) || (alike.get(normalized(name)) ?? []).some((first) => isSameName(first, name));
}
