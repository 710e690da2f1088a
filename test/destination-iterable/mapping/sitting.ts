import { config } from "../../../destination-iterable/config.js";
import type { FieldType } from "../../../destination-iterable/iterable/field-types.js";
import { UTC } from "../../../destination-iterable/mapping/dates/time-zone.js";
import { createMapping } from "../../../destination-iterable/mapping/mapping.js";
import type { MappingOptions } from "../../../destination-iterable/mapping/options.js";
import type { JsonObject } from "../../../protocol/message.js";

/** Options of a stream whose fields all take part, in a project that has these fields. */
export function optionsFor(
  fields: Readonly<Record<string, FieldType>>,
  entries?: readonly object[],
  more: Partial<MappingOptions> = {},
): MappingOptions {
  const settings = config.parse({ api_key: "k", ...(entries && { field_mapping: entries }) });
  return {
    stream: "contacts",
    identifier: "email",
    entries: settings.field_mapping,
    identity: false,
    unmappedFields: "drop",
    sourceFields: undefined,
    iterableFields: new Map(Object.entries(fields)),
    onInvalidValue: "drop_field",
    sha256: (text) => `hash of ${text}`,
    zone: UTC,
    today: "2026-11-25",
    newTypes: new Map(),
    ...more,
  };
}

/** What becomes of one record; its fields as an object like any other. */
export function mapOne(record: JsonObject, options: MappingOptions) {
  const mapped = createMapping(options).map(record, []);
  return mapped.verdict === "send" ? { ...mapped, fields: { ...mapped.fields } } : mapped;
}
