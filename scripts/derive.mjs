// Writes the files that follow from the code: spec/, schemas/, Meltano's plugin definitions, and the version wherever it
// stands.
// With --check it only says which of them are stale.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  CONTACT_FIELDS,
  createSchemaSample,
  destination,
  FLOW_FIELDS,
  REASONS,
  settingsSchema,
  source,
  specification,
} from "../dist/scripts/parts.js";
import { hubEntry, withDefinitions } from "./hub-entries.mjs";
import { VERSIONED, withVersion } from "./version.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const DRAFT = "http://json-schema.org/draft-07/schema#";

/** What the `spec` command of a connector prints. */
function spec(connector) {
  return { type: "SPEC", spec: specification(connector) };
}

/** The fields that every record of a stream has, before a sample of the workspace adds its own. */
function record(stream) {
  const fields = { contacts: CONTACT_FIELDS, flows: FLOW_FIELDS }[stream];
  return { title: `A record of the stream ${stream}`, ...createSchemaSample(fields).schema() };
}

/** The same schema with only the kinds of things required: any text may stand in the environment instead. */
function optional(schema) {
  if (Array.isArray(schema)) return schema.map(optional);
  if (typeof schema !== "object" || schema === null) return schema;
  const kinds = (names) => names.filter((name) => schema.properties?.[name]?.const !== undefined);
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === "required" && Array.isArray(value) ? kinds(value) : optional(value),
    ]),
  );
}

/** What `flowcode-iterable.json` may hold: the runner's settings with those of both connectors. */
function projectSettings() {
  const schema = settingsSchema();
  const sides = { source, destination };
  for (const [side, connector] of Object.entries(sides)) {
    const { $schema, ...settings } = optional(specification(connector).connectionSpecification);
    schema.properties[side] = {
      ...settings,
      description: schema.properties[side].description ?? settings.title,
    };
  }
  return { title: "Settings of a flowcode-iterable project", ...schema };
}

const text = { type: "string" };
const count = { type: "integer", minimum: 0 };
const list = (items) => ({ type: "array", items });
const oneOf = (...values) => ({ type: "string", enum: values });
/** An object with these members, of which those whose names end in a question mark may be absent. */
function object(members, others = {}) {
  const named = Object.entries(members).map(([name, schema]) => [name.replace("?", ""), schema]);
  const required = Object.keys(members).filter((name) => !name.endsWith("?"));
  return { type: "object", properties: Object.fromEntries(named), required, ...others };
}
const anyObject = { type: "object", additionalProperties: true };
const descriptor = object({ name: text, "namespace?": { type: ["null", "string"] } });
const sourceStats = object({ recordCount: count });
const destinationStats = object({ recordCount: count, rejectedRecordCount: count });
const trace = (type, members) => object({ type: { const: type }, emitted_at: count, ...members });
const message = (type, members, description) => ({
  ...object({ type: { const: type }, ...members }),
  description,
});

/** The messages of the Airbyte protocol (0.18) that the connectors print. */
const messages = {
  $schema: DRAFT,
  title: "A line on standard output",
  oneOf: [
    message(
      "RECORD",
      { record: object({ stream: text, data: anyObject, emitted_at: count }) },
      "The source: one contact, or one flow",
    ),
    message(
      "STATE",
      {
        state: object(
          {
            "type?": oneOf("STREAM", "GLOBAL", "LEGACY"),
            "stream?": {
              type: ["null", "object"],
              properties: { stream_descriptor: descriptor, stream_state: {} },
              required: ["stream_descriptor"],
              additionalProperties: true,
            },
            "sourceStats?": { ...sourceStats, type: ["null", "object"], additionalProperties: true },
            "destinationStats?": destinationStats,
          },
          { additionalProperties: true },
        ),
      },
      "The source: everything before this is read. The destination: the line that it received, with destinationStats; everything before it is written",
    ),
    message(
      "TRACE",
      {
        trace: {
          oneOf: [
            trace("STREAM_STATUS", {
              stream_status: object({
                stream_descriptor: descriptor,
                status: oneOf("STARTED", "RUNNING", "COMPLETE", "INCOMPLETE"),
                "reasons?": list(
                  object({ type: oneOf("RATE_LIMITED"), rate_limited: object({ quota_reset: count }) }),
                ),
              }),
            }),
            trace("ANALYTICS", { analytics: object({ type: text, value: text }) }),
            trace("ERROR", {
              error: object({
                message: text,
                internal_message: text,
                failure_type: oneOf("config_error", "transient_error", "system_error"),
                "stack_trace?": text,
                "stream_descriptor?": descriptor,
              }),
            }),
          ],
        },
      },
      "Where a stream stands, and why a run failed",
    ),
    message(
      "LOG",
      { log: object({ level: oneOf("FATAL", "ERROR", "WARN", "INFO", "DEBUG"), message: text }) },
      "For whoever watches the run",
    ),
    message(
      "SPEC",
      {
        spec: object({
          protocol_version: text,
          documentationUrl: text,
          connectionSpecification: anyObject,
          supportsIncremental: { type: "boolean" },
          "supported_destination_sync_modes?": list(
            oneOf("append", "append_dedup", "overwrite", "update", "soft_delete"),
          ),
        }),
      },
      "The answer to spec",
    ),
    message(
      "CATALOG",
      {
        catalog: object({
          streams: list(
            object({
              name: text,
              json_schema: anyObject,
              supported_sync_modes: list(oneOf("full_refresh", "incremental")),
              source_defined_primary_key: list(list(text)),
              "source_defined_cursor?": { type: "boolean" },
              "default_cursor_field?": list(text),
            }),
          ),
        }),
      },
      "The source: the answer to discover",
    ),
    message(
      "DESTINATION_CATALOG",
      {
        destination_catalog: object({
          operations: list(
            object({
              object_name: text,
              sync_mode: oneOf("append_dedup", "update"),
              json_schema: anyObject,
              matching_keys: list(list(text)),
            }),
          ),
        }),
      },
      "The destination: the answer to discover",
    ),
    message(
      "CONNECTION_STATUS",
      { connectionStatus: object({ status: oneOf("SUCCEEDED", "FAILED"), message: text }) },
      "The answer to check",
    ),
  ],
};

const derived = {
  "spec/source-flowcode.json": spec(source),
  "spec/destination-iterable.json": spec(destination),
  "schemas/contacts.json": record("contacts"),
  "schemas/flows.json": record("flows"),
  "schemas/messages.json": messages,
  "schemas/flowcode-iterable.json": projectSettings(),
  "schemas/reasons.json": REASONS,
};
const read = (path) => readFileSync(join(root, path), "utf8");
const { version } = JSON.parse(read("package.json"));
const PROJECT = "examples/meltano/meltano.yml";
const texts = {
  "examples/meltano/plugins/extractors/tap-flowcode.yml": hubEntry(source),
  "examples/meltano/plugins/loaders/target-iterable.yml": hubEntry(destination),
  [PROJECT]: withDefinitions(read(PROJECT), source, destination),
  ...Object.fromEntries(
    Object.entries(derived).map(([path, value]) => [path, `${JSON.stringify(value, null, 2)}\n`]),
  ),
  ...Object.fromEntries(VERSIONED.map((path) => [path, withVersion(path, read(path), version)])),
};
const checks = process.argv.includes("--check");
for (const [path, text] of Object.entries(texts)) {
  const file = join(root, path);
  if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
  console.log(checks ? `${path} is stale: run npm run derive` : `wrote ${path}`);
  if (checks) process.exitCode = 1;
  else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
