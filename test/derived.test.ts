import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { specification } from "../connector/airbyte-verbs.js";
import { destination } from "../destination-iterable/destination.js";
import { operationsFor } from "../destination-iterable/discover.js";
import type { FieldType } from "../destination-iterable/iterable/field-types.js";
import {
  airbyte,
  catalogLine,
  connectionStatusLine,
  destinationCatalogLine,
  errorLine,
  logLine,
  specLine,
} from "../protocol/airbyte.js";
import { isJsonObject, type JsonObject } from "../protocol/message.js";
import { source } from "../source-flowcode/source.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const readJson = (path: string): JsonObject => JSON.parse(readFileSync(`${root}/${path}`, "utf8"));

test("spec/ and schemas/ say what the code says: if not, run npm run derive", () => {
  let answer = "";
  try {
    execFileSync(process.execPath, [`${root}/scripts/derive.mjs`, "--check"], { encoding: "utf8" });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    answer = `${stdout ?? ""}${stderr ?? ""}`;
  }
  expect(answer).toBe("");
});

/** Every schema inside a schema, with its place. */
function* schemasIn(schema: JsonObject, place = ""): Generator<[string, JsonObject]> {
  yield [place, schema];
  const children: [string, unknown][] = [
    ...Object.entries(isJsonObject(schema.properties) ? schema.properties : {}),
    ...(Array.isArray(schema.oneOf) ? schema.oneOf.entries() : []),
    ["items", schema.items],
  ].map(([name, child]) => [String(name), child]);
  for (const [name, child] of children) if (isJsonObject(child)) yield* schemasIn(child, `${place}/${name}`);
}

const placesWhere = (schema: JsonObject, wrong: (schema: JsonObject, place: string) => boolean) =>
  [...schemasIn(schema)].filter(([place, one]) => wrong(one, place)).map(([place]) => place);

describe.each([
  [
    "source-flowcode",
    source,
    { org_id: "o", workspace_id: "w", credentials: { auth_type: "api_key", api_key: "k" } },
  ],
  ["destination-iterable", destination, { api_key: "k" }],
] as const)("the specification of %s, as Airbyte's platform and form take it", (name, connector, least) => {
  const printed = readJson(`spec/${name}.json`) as { type: string; spec: JsonObject };
  const schema = printed.spec.connectionSpecification as JsonObject;

  test("is what the code of today prints", () => {
    expect(printed).toEqual({ type: "SPEC", spec: specification<never>(connector as never) });
  });

  test("is draft-7, and a validator takes it with the least that a user has to say", () => {
    expect(schema.$schema).toBe("http://json-schema.org/draft-07/schema#");
    const validate = new Ajv({ strict: false }).compile(schema);
    validate(least);
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({})).toBe(false);
  });

  test("has no keyword that the form cannot draw", () => {
    const cannot = ["anyOf", "allOf", "not", "if", "$ref", "$defs", "definitions", "patternProperties"];
    expect(placesWhere(schema, (one) => cannot.some((keyword) => keyword in one))).toEqual([]);
  });

  test("has one type for each setting", () => {
    expect(placesWhere(schema, ({ type }) => typeof type !== "string")).toEqual([]);
  });

  test("offers choices that are objects with titles, told apart by exactly one constant", () => {
    const wrong = placesWhere(schema, ({ oneOf, type, title }) => {
      if (oneOf === undefined) return false;
      const forms = oneOf as JsonObject[];
      const tags = forms.map(({ properties }) =>
        Object.entries(properties as JsonObject)
          .filter(([, member]) => isJsonObject(member) && "const" in member)
          .map(([tag]) => tag)
          .join(),
      );
      const titled = [title, ...forms.map((form) => form.title)].every((one) => typeof one === "string");
      const objects = [type, ...forms.map((form) => form.type)].every((one) => one === "object");
      return !titled || !objects || new Set(tags).size !== 1 || !/^\w+$/.test(tags[0] ?? "");
    });
    expect(wrong).toEqual([]);
  });

  test("forbids no further keys, since platforms add their own", () => {
    expect(placesWhere(schema, ({ additionalProperties }) => additionalProperties === false)).toEqual([]);
  });

  test("marks every secret, and nothing else", () => {
    const secret = /(^|\/|_)(api_key|client_secret|password|token|shared_limit_url|access_key(_id)?)$/;
    expect(placesWhere(schema, (one, place) => secret.test(place) !== (one.airbyte_secret === true))).toEqual(
      [],
    );
  });

  test("gives every setting a title", () => {
    const settings = (place: string) => !/(^|\/)(items|auth_type|\d+)$/.test(place) && place !== "";
    expect(placesWhere(schema, ({ title }, place) => settings(place) && typeof title !== "string")).toEqual(
      [],
    );
  });

  test("is the same tomorrow: no default depends on the time or on this machine", () => {
    expect(JSON.stringify(schema)).not.toMatch(
      new RegExp(`${new Date().getFullYear()}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d`),
    );
    expect(JSON.stringify(schema)).not.toContain(root);
  });
});

test("the destination names the sync modes that it has", () => {
  const { spec } = readJson("spec/destination-iterable.json") as { spec: JsonObject };
  expect(spec.supported_destination_sync_modes).toEqual(expect.arrayContaining(["append", "append_dedup"]));
});

/** The same schema, but nothing may be there that it does not name. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (!isJsonObject(schema)) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return "properties" in schema && !("additionalProperties" in schema)
    ? { ...inner, additionalProperties: false }
    : inner;
}

describe("schemas/messages.json", () => {
  const schema = readJson("schemas/messages.json");
  const validate = new Ajv({ strict: false }).compile(closed(schema) as JsonObject);
  const errors = (line: string) => (validate(JSON.parse(line)) ? [] : validate.errors);

  const text = fc.string();
  const lines: fc.Arbitrary<string> = fc.oneof(
    fc
      .record({ stream: text, data: fc.dictionary(text, fc.jsonValue()) })
      .map(({ stream, data }) => airbyte.encode({ kind: "record", stream, data }, 1) as string),
    fc
      .record({ stream: text, value: fc.jsonValue(), recordCount: fc.nat() })
      .map((state) => airbyte.encode({ kind: "state", ...state }, 1) as string),
    fc
      .record({ stream: text, status: fc.constantFrom("STARTED", "RUNNING", "COMPLETE", "INCOMPLETE") })
      .map((status) => airbyte.encode({ kind: "status", ...status } as never, 1) as string),
    fc.constantFrom("FATAL", "ERROR", "WARN", "INFO", "DEBUG").map((level) => logLine(level, "x")),
    fc.constantFrom("SUCCEEDED", "FAILED").map((status) => connectionStatusLine(status, "x")),
    fc
      .record({
        message: text,
        internalMessage: text,
        failureType: fc.constantFrom("config_error", "transient_error", "system_error"),
        stackTrace: fc.option(text, { nil: undefined }),
        stream: fc.option(text, { nil: undefined }),
      })
      .map((error) => errorLine(1, error)),
    fc
      .option(text, { nil: undefined })
      .map((cursorField) =>
        catalogLine([
          { name: "a", jsonSchema: {}, syncModes: ["incremental"], primaryKey: ["id"], cursorField },
        ]),
      ),
    fc
      .constantFrom<FieldType>("string", "date", "long", "object", "geo_location", "unknown")
      .map((type) => destinationCatalogLine(operationsFor(new Map([["a", type]]), "email", true))),
    fc.dictionary(text, fc.jsonValue()).map(
      (state) =>
        airbyte.acknowledge(
          JSON.stringify({
            type: "STATE",
            state: { ...state, type: "STREAM", stream: null, sourceStats: null },
          }),
          { settled: 1, rejected: 2 },
        ) as string,
    ),
    fc
      .constantFrom("source-flowcode", "destination-iterable")
      .map((name) => specLine(readJson(`spec/${name}.json`).spec as JsonObject)),
  );

  test("describes every message that the connectors print, with every key", () => {
    fc.assert(
      fc.property(lines, (line) => {
        expect(errors(line)).toEqual([]);
      }),
      { seed: 12, numRuns: 500 },
    );
  });

  test.each([
    ["a type that nobody prints", { type: "HOLOGRAM" }],
    ["a record without its stream", { type: "RECORD", record: { data: {}, emitted_at: 1 } }],
    ["a record whose data is a list", { type: "RECORD", record: { stream: "a", data: [], emitted_at: 1 } }],
    [
      "an error of a kind that nobody knows",
      {
        type: "TRACE",
        trace: {
          type: "ERROR",
          emitted_at: 1,
          error: { message: "a", internal_message: "a", failure_type: "oops" },
        },
      },
    ],
    [
      "a status that nobody knows",
      { type: "CONNECTION_STATUS", connectionStatus: { status: "OK", message: "" } },
    ],
  ])("does not describe %s", (_what, message) => {
    expect(validate(message)).toBe(false);
  });
});

test("schemas/contacts.json takes contacts as the source prints them", () => {
  const schema = readJson("schemas/contacts.json");
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
  const contact = {
    contact_key: "ann@x.com",
    email: "Ann@x.com",
    name: null,
    lastConvertedAt: "2026-01-31T12:00:00Z",
    size: { eu: 41 },
  };
  validate(contact);
  expect(validate.errors ?? []).toEqual([]);
  expect(validate({ ...contact, contact_key: 7 })).toBe(false);
});
