import { createHash } from "node:crypto";
import { ConfigError } from "../connector/errors.js";
import type { Log } from "../connector/log.js";
import type { ConfiguredStream } from "../protocol/catalog.js";
import { parseInstant } from "../protocol/instant.js";
import { isJsonObject, type JsonObject } from "../protocol/message.js";
import { createRecordValidator, type RecordValidator } from "../protocol/validation.js";
import type { Cursor } from "./batching.js";
import type { FieldType } from "./coercion.js";
import { type Config, type StreamSettings, streamSettings } from "./config.js";
import { createMapping, type Mapping, MappingError } from "./mapping.js";
import type { WriteMode } from "./overwrite.js";

/** All that is needed to turn a stream's records into contacts. */
export interface StreamPlan {
  readonly name: string;
  readonly mapping: Mapping;
  readonly validator: RecordValidator;
  readonly mode: WriteMode;
  /** What names the record where it has no identifier: its primary key, for reports alone. */
  keyOf(record: JsonObject): string | undefined;
  /** The record's place in its stream's order. */
  cursorOf(record: JsonObject): Cursor | undefined;
}

/** The object that every contact becomes. */
const OBJECT_NAMES = ["user", "users"];

/**
 * What to do with each stream of the catalog, by its key. Settings come from the stream's entry in the catalog, else
 * from `streams`, else from the top level. Throws ConfigError with every mistake, each with its place.
 */
export function planStreams(
  config: Config,
  streams: readonly ConfiguredStream[],
  iterableFields: ReadonlyMap<string, FieldType>,
  log: Log,
): Map<string, StreamPlan> {
  const plans = new Map<string, StreamPlan>();
  const problems: string[] = [];
  for (const stream of streams) {
    try {
      plans.set(stream.key, planStream(config, stream, iterableFields, log));
    } catch (error) {
      if (!(error instanceof MappingError)) throw error;
      problems.push(...error.problems.map((problem) => `stream "${stream.name}": ${problem}`));
    }
  }
  if (problems.length > 0) throw new ConfigError(`the mapping cannot work: ${problems.join("; ")}`);
  if (streams.some((stream) => stream.destinationSyncMode === "overwrite" || stream.truncates)) {
    log.warn(
      "Iterable's profiles cannot be truncated: the destination sync mode overwrite is carried out as an upsert",
    );
  }
  return plans;
}

function planStream(
  config: Config,
  stream: ConfiguredStream,
  iterableFields: ReadonlyMap<string, FieldType>,
  log: Log,
): StreamPlan {
  refuseUnsupported(stream);
  const settings = settingsOf(config, stream);
  const properties = isJsonObject(stream.jsonSchema.properties)
    ? Object.keys(stream.jsonSchema.properties)
    : [];
  const mapping = createMapping({
    stream: stream.name,
    identifier: config.identifier,
    entries: settings.field_mapping,
    identity: stream.destinationObjectName !== undefined,
    unmappedFields: settings.unmapped_fields ?? config.unmapped_fields,
    sourceFields: properties.length > 0 ? properties : undefined,
    iterableFields,
    onInvalidValue: config.on_invalid_value,
    ...(settings.skip_if && { skipIf: settings.skip_if }),
    sha256: (text) => createHash("sha256").update(text).digest("hex"),
  });
  for (const warning of mapping.warnings) log.warn(`stream "${stream.name}": ${warning}`);
  if (mapping.newTargets.length > 0) {
    const what = config.create_new_fields ? "will create" : "will leave out, since create_new_fields is off";
    log.warn(
      `stream "${stream.name}": fields that Iterable does not have and ${what}: ${mapping.newTargets.join(", ")}`,
    );
  }
  const validator = createRecordValidator(stream.jsonSchema);
  for (const field of validator.unchecked) {
    log.warn(
      `stream "${stream.name}": the schema of the field "${field}" cannot be used; its values are not checked`,
    );
  }
  const path = stream.cursorField;
  const [primaryKey] = stream.primaryKey;
  return {
    name: stream.name,
    mapping,
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

function cursorAt(record: JsonObject, path: readonly string[]): Cursor | undefined {
  const value = at(record, path);
  return typeof value === "number" ? { seconds: value, nanos: 0 } : parseInstant(value);
}

function at(record: JsonObject, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (isJsonObject(inner) ? inner[name] : undefined), record);
}

/** The first place that has a setting decides on it. */
function settingsOf(config: Config, stream: ConfiguredStream): StreamSettings {
  const beside = streamSettings.safeParse(withoutNulls(stream.entry));
  if (!beside.success) {
    const problems = beside.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new ConfigError(
      `the catalog's stream "${stream.name}" has settings that are not valid: ${problems.join("; ")}`,
    );
  }
  const named = config.streams.find(({ name }) => name === stream.key || name === stream.name);
  return {
    field_mapping: beside.data.field_mapping ?? named?.field_mapping ?? config.field_mapping,
    overwrite_mode: beside.data.overwrite_mode ?? named?.overwrite_mode ?? config.overwrite_mode,
    unmapped_fields: beside.data.unmapped_fields ?? named?.unmapped_fields ?? config.unmapped_fields,
    skip_if: beside.data.skip_if ?? named?.skip_if,
  };
}

function refuseUnsupported(stream: ConfiguredStream): void {
  const mode = stream.destinationSyncMode;
  if (mode === "soft_delete") {
    throw new ConfigError(
      `stream "${stream.name}": contacts are never deleted; choose append or append_dedup instead of ${mode}`,
    );
  }
  const object = stream.destinationObjectName;
  if (object !== undefined && !OBJECT_NAMES.includes(object)) {
    throw new ConfigError(`stream "${stream.name}": Iterable has no object "${object}"; choose "user"`);
  }
}

function withoutNulls(entry: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null));
}
