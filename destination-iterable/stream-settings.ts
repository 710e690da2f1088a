import { createHash } from "node:crypto";
import type { ConfiguredStream } from "../protocol/catalog.js";
import { isJsonObject, type JsonObject } from "../protocol/message.js";
import { type Config, type StreamSettings, streamSettings } from "./config.js";
import type { FieldType } from "./iterable/field-types.js";
import { timeZoneOf } from "./mapping/dates/time-zone.js";
import type { MappingOptions } from "./mapping/options.js";
import { fieldName } from "./mapping/targets.js";
import { newTypesOf } from "./plan/new-types.js";

/** The object that every contact becomes. */
const OBJECT_NAMES = ["user", "users"];

/** A stream's settings: the first place that has one decides on it. */
export interface FoundSettings {
  readonly settings: StreamSettings;
  /** Whether the stream has a mapping of its own. */
  readonly mapsItself: boolean;
  /** What is wrong with the stream's entry in the catalog, each with what to do. */
  readonly problems: string[];
}

/** The settings of a stream: from its entry in the catalog, else from `streams`, else from the top level. */
export function settingsOf(config: Config, stream: ConfiguredStream): FoundSettings {
  const beside = streamSettings.safeParse(withoutNulls(stream.entry));
  const own: StreamSettings = beside.success ? beside.data : {};
  const named = config.streams.find(({ name }) => name === stream.key || name === stream.name);
  const given = { ...named, ...defined(own) };
  const invalid = beside.success ? [] : beside.error.issues;
  return {
    settings: inherited(config, given),
    mapsItself: given.field_mapping !== undefined,
    problems: [
      ...refusals(stream),
      ...invalid.map(
        ({ path, message }) => `the catalog's entry is not valid: ${path.join(".")}: ${message}`,
      ),
    ],
  };
}

/** A stream's own settings, with those of the top level where it has none. */
export function inherited(config: Config, own: StreamSettings): StreamSettings {
  return {
    field_mapping: own.field_mapping ?? config.field_mapping,
    overwrite_mode: own.overwrite_mode ?? config.overwrite_mode,
    unmapped_fields: own.unmapped_fields ?? config.unmapped_fields,
    skip_if: own.skip_if,
    consent: own.consent ?? config.consent,
  };
}

/** What a stream's mapping is made of. `properties` are the schemas of its fields; empty: all fields take part. */
export function mappingOptions(
  config: Config,
  settings: StreamSettings,
  stream: {
    readonly name: string;
    readonly properties: JsonObject;
    readonly identity: boolean;
    /** Whether its schema allows fields that it does not list. */
    readonly isOpen?: boolean;
  },
  iterableFields: ReadonlyMap<string, FieldType>,
): MappingOptions {
  const sourceFields = Object.keys(stream.properties);
  const options: MappingOptions = {
    stream: stream.name,
    identifier: config.identifier,
    entries: settings.field_mapping?.map((entry) => ({
      ...entry,
      target: inOneForm(entry.target, iterableFields),
    })),
    identity: stream.identity,
    unmappedFields: settings.unmapped_fields ?? config.unmapped_fields,
    sourceFields: sourceFields.length > 0 ? sourceFields : undefined,
    isOpen: stream.isOpen ?? false,
    iterableFields,
    onInvalidValue: config.on_invalid_value,
    deletions: config.deletions,
    skipIf: settings.skip_if,
    consent: settings.consent,
    sha256: (text) => createHash("sha256").update(text).digest("hex"),
    zone: timeZoneOf(config.time_zone),
    today: new Date().toISOString().slice(0, 10),
    newTypes: new Map(),
  };
  return config.create_new_fields
    ? { ...options, newTypes: newTypesOf(options, stream.properties) }
    : options;
}

/** A target as Iterable has it, if its accents are written in another form there; else in the usual form (NFC). */
function inOneForm(target: string, fields: ReadonlyMap<string, FieldType>): string {
  const usual = target.normalize("NFC");
  if (fields.has(fieldName(target))) return target;
  const other = target.normalize("NFD");
  return fields.has(fieldName(usual)) || !fields.has(fieldName(other)) ? usual : other;
}

/** The fields that take part in a stream, with their schemas. */
export function propertiesOf(stream: ConfiguredStream): JsonObject {
  return isJsonObject(stream.jsonSchema.properties) ? stream.jsonSchema.properties : {};
}

/** Whether a stream's records may have fields that its schema does not list: JSON Schema's own default. */
export function isOpen(stream: ConfiguredStream): boolean {
  return stream.jsonSchema.additionalProperties !== false;
}

function refusals({ destinationSyncMode: mode, destinationObjectName: object }: ConfiguredStream): string[] {
  return [
    ...(mode === "soft_delete"
      ? [`contacts are never deleted; choose append or append_dedup instead of ${mode}`]
      : []),
    ...(object !== undefined && !OBJECT_NAMES.includes(object)
      ? [`Iterable has no object "${object}"; choose "user"`]
      : []),
  ];
}

const withoutNulls = (entry: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null));

const defined = (settings: StreamSettings): StreamSettings =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
