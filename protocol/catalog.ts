import { isJsonObject, type JsonObject, streamKey } from "./message.js";

export type SyncMode = "full_refresh" | "incremental";
const DESTINATION_SYNC_MODES = ["append", "append_dedup", "overwrite", "update", "soft_delete"] as const;
export type DestinationSyncMode = (typeof DESTINATION_SYNC_MODES)[number];

/** A stream that a source offers. */
export interface CatalogStream {
  readonly name: string;
  readonly jsonSchema: JsonObject;
  readonly syncModes: readonly SyncMode[];
  readonly primaryKey: readonly string[];
  /** The field by which the source itself orders what is new; undefined where it has none. */
  readonly cursorField: string | undefined;
  /** False: a Singer catalog leaves it unselected, and so does a run without a catalog. */
  readonly selected?: false;
}

/** A way of writing that a destination offers: into an object, in a mode, by a key. */
export interface DestinationOperation {
  readonly objectName: string;
  readonly syncMode: DestinationSyncMode;
  readonly jsonSchema: JsonObject;
  /** Alternatives; each a key of one or more fields. */
  readonly matchingKeys: readonly (readonly string[])[];
}

/** A stream as somebody has chosen to sync it. */
export interface ConfiguredStream {
  /** See `streamKey`. */
  readonly key: string;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly jsonSchema: JsonObject;
  readonly syncMode: SyncMode;
  readonly destinationSyncMode: DestinationSyncMode;
  /** A path of names; undefined where the stream has no cursor. */
  readonly cursorField: readonly string[] | undefined;
  readonly primaryKey: readonly (readonly string[])[];
  readonly destinationObjectName: string | undefined;
  /** Whether the generation ids ask to drop what earlier generations brought. */
  readonly truncates: boolean;
  /** Top-level fields that a Singer catalog leaves out. Airbyte's platform does so by itself. */
  readonly deselected: ReadonlySet<string>;
  /** The entry as it was written: the place of settings that a connector looks for beside the stream. */
  readonly entry: JsonObject;
}

/** The catalog cannot be used. The message names the place and the remedy. */
export class InvalidCatalog extends Error {
  override readonly name = "InvalidCatalog";
}

/**
 * Reads a configured catalog: Airbyte's, with nulls for absent keys as PyAirbyte writes them, or Singer's, of which
 * only the selected streams are returned.
 * Throws InvalidCatalog where it has no stream, one twice, or one that makes no sense.
 */
export function parseConfiguredCatalog(catalog: unknown): ConfiguredStream[] {
  if (!isJsonObject(catalog) || !Array.isArray(catalog.streams)) {
    throw new InvalidCatalog(
      'the catalog must be an object with a list "streams", as `discover` is configured',
    );
  }
  if (catalog.streams.length === 0) {
    throw new InvalidCatalog("the catalog has no streams: select at least one");
  }
  const streams = catalog.streams.flatMap((entry: unknown, index) => {
    if (
      isJsonObject(entry) &&
      !isJsonObject(entry.stream) &&
      ("tap_stream_id" in entry || "schema" in entry)
    ) {
      return singerStream(entry, `streams[${index}]`);
    }
    return configuredStream(entry, `streams[${index}]`);
  });
  if (streams.length === 0)
    throw new InvalidCatalog('the catalog selects no stream: set "selected" in its metadata');
  const seen = new Set<string>();
  for (const { key } of streams) {
    if (seen.has(key)) throw new InvalidCatalog(`the catalog names the stream "${key}" twice: remove one`);
    seen.add(key);
  }
  return streams;
}

function configuredStream(entry: unknown, place: string): ConfiguredStream {
  if (!isJsonObject(entry) || !isJsonObject(entry.stream)) {
    throw new InvalidCatalog(`${place} of the catalog must be an object with an object "stream"`);
  }
  const { name, namespace } = entry.stream;
  if (typeof name !== "string" || name === "") {
    throw new InvalidCatalog(`${place}.stream.name of the catalog must be a text that is not empty`);
  }
  const mode = (entry.destination_sync_mode ?? "append") as DestinationSyncMode;
  if (!DESTINATION_SYNC_MODES.includes(mode)) {
    throw new InvalidCatalog(
      `${place}.destination_sync_mode of the catalog must be one of ${DESTINATION_SYNC_MODES.join(", ")}`,
    );
  }
  const space = typeof namespace === "string" && namespace !== "" ? namespace : undefined;
  const minimum = Number(entry.minimum_generation_id ?? 0);
  const schema = entry.stream.json_schema;
  return {
    key: streamKey(name, space),
    name,
    namespace: space,
    jsonSchema: isJsonObject(schema) ? schema : {},
    syncMode: entry.sync_mode === "full_refresh" ? "full_refresh" : "incremental",
    destinationSyncMode: mode,
    cursorField: path(entry.cursor_field) ?? path(entry.stream.default_cursor_field),
    primaryKey: (Array.isArray(entry.primary_key) ? entry.primary_key : []).map((key) => path(key) ?? []),
    destinationObjectName:
      typeof entry.destination_object_name === "string" ? entry.destination_object_name : undefined,
    truncates: minimum > 0,
    deselected: new Set(),
    entry,
  };
}

/** The stream of a Singer catalog entry; none where it is not selected. */
function singerStream(entry: JsonObject, place: string): ConfiguredStream[] {
  const name = entry.tap_stream_id ?? entry.stream;
  if (typeof name !== "string" || name === "") {
    throw new InvalidCatalog(`${place}.tap_stream_id of the catalog must be a text that is not empty`);
  }
  const schema = isJsonObject(entry.schema) ? entry.schema : {};
  const metadata = new Map<string, JsonObject>();
  for (const item of Array.isArray(entry.metadata) ? entry.metadata : []) {
    if (!isJsonObject(item) || !isJsonObject(item.metadata) || !Array.isArray(item.breadcrumb)) continue;
    metadata.set(item.breadcrumb.join("."), item.metadata);
  }
  const root = metadata.get("") ?? {};
  if (!isSelected({ ...root, ...("selected" in entry && { selected: entry.selected }) })) return [];
  const properties = Object.keys(isJsonObject(schema.properties) ? schema.properties : {});
  const method = entry.replication_method ?? root["replication-method"] ?? root["forced-replication-method"];
  const keys = entry.key_properties ?? root["table-key-properties"];
  return [
    {
      key: name,
      name,
      namespace: undefined,
      jsonSchema: schema,
      syncMode: method === "FULL_TABLE" ? "full_refresh" : "incremental",
      destinationSyncMode: "append_dedup",
      cursorField: path(entry.replication_key ?? root["replication-key"]),
      primaryKey: (path(keys) ?? []).map((key) => [key]),
      destinationObjectName: undefined,
      truncates: false,
      deselected: new Set(
        properties.filter((field) => !isSelected(metadata.get(`properties.${field}`) ?? {})),
      ),
      entry,
    },
  ];
}

/** Singer's rules of selection. People and programs write the booleans as texts too. */
function isSelected(metadata: JsonObject): boolean {
  if (metadata.inclusion === "automatic") return true;
  if (metadata.inclusion === "unsupported") return false;
  return String(metadata.selected ?? metadata["selected-by-default"] ?? true) === "true";
}

function path(value: unknown): readonly string[] | undefined {
  if (typeof value === "string" && value !== "") return [value];
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.map(String);
}
