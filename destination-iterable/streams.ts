import { ConfigError } from "../connector/errors.js";
import type { Log } from "../connector/reporting/log.js";
import type { ConfiguredStream } from "../protocol/catalog.js";
import { parseInstant } from "../protocol/instant.js";
import { isJsonObject, type JsonObject } from "../protocol/message.js";
import type { Patterns } from "../protocol/schema/patterns.js";
import { createRecordValidator, type RecordValidator } from "../protocol/schema/validation.js";
import type { Config, StreamSettings } from "./config.js";
import type { Cursor, Joins } from "./delivery/contact.js";
import type { WriteMode } from "./delivery/write-mode.js";
import type { FieldType } from "./iterable/field-types.js";
import {
  compileFollowUps,
  type FollowUpMapping,
  followUpProblems,
  followUpRemarks,
} from "./mapping/follow-ups.js";
import { createMapping, keepingAll, type Mapping, MappingError } from "./mapping/mapping.js";
import type { MappingOptions } from "./mapping/options.js";
import { identifierProblem } from "./mapping/problems.js";
import { unlistedSources } from "./mapping/remarks/listed.js";
import { uncheckedRemarks } from "./mapping/remarks/unchecked.js";
import { outlookOf } from "./plan/plan.js";
import { isOpen, mappingOptions, propertiesOf, settingsOf } from "./stream-settings.js";

/** All that is needed to turn a stream's records into contacts. */
export interface StreamPlan {
  readonly name: string;
  readonly mapping: Mapping;
  readonly validator: RecordValidator;
  readonly mode: WriteMode;
  /** The stream can have no identifier: its records are counted, and nothing else. */
  readonly passedOver?: boolean;
  /** How values join what profiles have already. */
  readonly joins?: Joins | undefined;
  /** The field that says who has agreed, where somebody has to. */
  readonly consentField?: string | undefined;
  /** What names the record where it has no identifier: its primary key, for reports alone. */
  keyOf(record: JsonObject): string | undefined;
  /** Lists and events of the stream's records. */
  readonly followUps: FollowUpMapping | undefined;
  /** The record's place in its stream's order. */
  cursorOf(record: JsonObject): Cursor | undefined;
}

/** A plan that was made of a catalog's stream. */
export interface PlannedStream extends StreamPlan {
  /** What the mapping was made of. */
  readonly options: MappingOptions;
}

/**
 * What to do with each stream of the catalog, by its key. Settings come from the stream's entry in the catalog, else
 * from `streams`, else from the top level. `patterns` run the schemas' (see `patternsFor`). Throws ConfigError with every mistake, each with its place. A
 * stream that can have no identifier is passed over with a warning; where no other is left it is a mistake, unless these
 * streams are one of many (`isOneOfMany`).
 */
export function planStreams(
  config: Config,
  streams: readonly ConfiguredStream[],
  iterableFields: ReadonlyMap<string, FieldType>,
  log: Log,
  patterns?: Patterns,
  isOneOfMany = false,
): Map<string, PlannedStream> {
  const plans = new Map<string, PlannedStream>();
  const problems: string[] = [];
  const passedOver: string[] = [];
  for (const stream of streams) {
    const { settings, mapsItself, problems: found } = settingsOf(config, stream);
    const options = optionsOf(config, settings, stream, iterableFields);
    const unidentified = identifierProblem(options, mapsItself);
    if (unidentified !== undefined) {
      plans.set(stream.key, passingOver(options));
      passedOver.push(`stream "${stream.name}": ${unidentified}`);
      continue;
    }
    try {
      plans.set(stream.key, planStream(config, settings, stream, options, log, patterns));
    } catch (error) {
      if (!(error instanceof MappingError)) throw error;
      found.push(...error.problems);
    }
    problems.push(...found.map((problem) => `stream "${stream.name}": ${problem}`));
  }
  if (!isOneOfMany && passedOver.length === streams.length) problems.push(...passedOver);
  if (problems.length > 0) throw new ConfigError(`the mapping cannot work: ${problems.join("; ")}`);
  for (const { name } of [...plans.values()].filter((plan) => plan.passedOver)) log.warn(passingOverOf(name));
  if (streams.some((stream) => stream.destinationSyncMode === "overwrite" || stream.truncates)) {
    log.warn(
      "Iterable's profiles cannot be truncated: the destination sync mode overwrite is carried out as an upsert",
    );
  }
  return plans;
}

/** How a stream is passed over that can have no identifier, and what to do about it. */
export const passingOverOf = (name: string): string =>
  `stream "${name}": it has no field that identifies contacts, and is passed over; deselect it (turn it off in the connection, remove it from the catalog, or in Meltano select "!${name}.*"), or map a field of it to the identifier under "streams"`;

/** Writes nothing, whatever the record. */
function passingOver(options: MappingOptions): PlannedStream {
  return {
    name: options.stream,
    options,
    passedOver: true,
    mapping: keepingAll("no_identifier_stream"),
    validator: { invalidFields: () => [], unchecked: [], unusedPatterns: [] },
    mode: "keep_existing",
    followUps: undefined,
    keyOf: () => undefined,
    cursorOf: () => undefined,
  };
}

/** Throws ConfigError where every stream that came is passed over. */
export function expectAnyIdentified(plans: ReadonlyMap<string, StreamPlan>): void {
  if (plans.size === 0 || [...plans.values()].some(({ passedOver }) => !passedOver)) return;
  throw new ConfigError(
    `the mapping cannot work: ${[...plans.values()].map(({ name }) => passingOverOf(name)).join("; ")}`,
  );
}

function optionsOf(
  config: Config,
  settings: StreamSettings,
  stream: ConfiguredStream,
  iterableFields: ReadonlyMap<string, FieldType>,
): MappingOptions {
  const identity = stream.destinationObjectName !== undefined;
  const properties = propertiesOf(stream);
  return mappingOptions(
    config,
    settings,
    { name: stream.name, properties, identity, isOpen: isOpen(stream) },
    iterableFields,
  );
}

function planStream(
  config: Config,
  settings: StreamSettings,
  stream: ConfiguredStream,
  options: MappingOptions,
  log: Log,
  patterns: Patterns | undefined,
): PlannedStream {
  const properties = propertiesOf(stream);
  const mapping = createMapping(options);
  const wrong = followUpProblems(config, options);
  if (wrong.length > 0) throw new MappingError(wrong);
  // A schema may be a sample's, and wrong: every value has its chance, and the run its warning.
  for (const row of outlookOf(options, properties, config.create_new_fields).rows) {
    if (row.verdict !== "cannot_fit") continue;
    log.warn(
      `stream "${stream.name}": ${row.place} (${row.source} to ${row.target}): ${row.detail}; such values will be left out`,
    );
  }
  for (const { text } of [...unlistedSources(options), ...followUpRemarks(config, options)])
    log.warn(`stream "${stream.name}": ${text}`);
  for (const warning of mapping.warnings) log.warn(`stream "${stream.name}": ${warning}`);
  if (mapping.newTargets.length > 0) {
    const what = config.create_new_fields ? "will create" : "will leave out, since create_new_fields is off";
    log.warn(
      `stream "${stream.name}": fields that Iterable does not have and ${what}: ${mapping.newTargets.join(", ")}`,
    );
  }
  const validator = checkedBy(stream, log, patterns);
  const path = stream.cursorField;
  const [primaryKey] = stream.primaryKey;
  return {
    name: stream.name,
    mapping,
    options,
    followUps: compileFollowUps(config, options, mapping.carried),
    joins: joinsOf(options),
    consentField: options.consent?.field,
    validator,
    mode:
      stream.destinationSyncMode === "update" ? "update" : (settings.overwrite_mode ?? config.overwrite_mode),
    keyOf(record) {
      const key = primaryKey && at(record, primaryKey);
      return typeof key === "string" || typeof key === "number" ? String(key) : undefined;
    },
    cursorOf: (record) => (path ? cursorAt(record, path) : undefined),
  };
}

/** A check of the stream's records, with a warning of what it passes over. */
function checkedBy(stream: ConfiguredStream, log: Log, patterns: Patterns | undefined): RecordValidator {
  const validator = createRecordValidator(stream.jsonSchema, patterns);
  for (const remark of uncheckedRemarks(validator)) log.warn(`stream "${stream.name}": ${remark}`);
  return validator;
}

function joinsOf({ entries, identity }: MappingOptions): Joins | undefined {
  const joins = new Map<string, "first" | "append">();
  for (const { target, merge } of identity ? [] : (entries ?? [])) {
    if (merge === "first" || merge === "append") joins.set(target, merge);
  }
  return joins.size > 0 ? joins : undefined;
}

function cursorAt(record: JsonObject, path: readonly string[]): Cursor | undefined {
  const value = at(record, path);
  if (typeof value !== "number") return parseInstant(value);
  return Number.isFinite(value) ? { seconds: value, nanos: 0 } : undefined;
}

function at(record: JsonObject, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (isJsonObject(inner) ? inner[name] : undefined), record);
}
