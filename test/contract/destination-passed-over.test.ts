import { afterEach, expect, test } from "vitest";
import { errorsIn } from "../messages.js";
import { DIALECTS, type Dialect, type Stage, setStage } from "../stage.js";

let stage: Stage;
afterEach(() => stage.close());

const text = { type: "string" };
const SCHEMAS: Record<string, object> = {
  contacts: { type: "object", properties: { email: text, name: text } },
  flows: { type: "object", properties: { id: text, title: text } },
};
const json = (value: object) => `${JSON.stringify(value)}\n`;

function inputOf(dialect: Dialect, streams: readonly string[]): string {
  const record = (stream: string, data: object) =>
    json(
      dialect === "singer"
        ? { type: "RECORD", stream, record: data }
        : { type: "RECORD", record: { stream, data, emitted_at: 1 } },
    );
  const end = (stream: string) => {
    if (dialect === "singer") return json({ type: "STATE", value: { bookmarks: { [stream]: { read: 1 } } } });
    const stream_descriptor = { name: stream };
    return (
      json({
        type: "STATE",
        state: { type: "STREAM", stream: { stream_descriptor, stream_state: { read: 1 } } },
      }) +
      json({
        type: "TRACE",
        trace: {
          type: "STREAM_STATUS",
          emitted_at: 1,
          stream_status: { stream_descriptor, status: "COMPLETE" },
        },
      })
    );
  };
  return streams
    .flatMap((stream) => [
      dialect === "singer"
        ? json({ type: "SCHEMA", stream, schema: SCHEMAS[stream], key_properties: [] })
        : "",
      ...Array.from({ length: 150 }, (_, index) =>
        record(
          stream,
          stream === "flows"
            ? { id: `f${index}`, title: "Form" }
            : { email: `p${index}@example.com`, name: "Ann" },
        ),
      ),
      end(stream),
    ])
    .join("");
}

const catalogOf = (streams: readonly string[], hasSchemas: boolean) => ({
  streams: streams.map((name) => ({
    stream: { name, json_schema: hasSchemas ? SCHEMAS[name] : {}, supported_sync_modes: ["full_refresh"] },
    sync_mode: "full_refresh",
    destination_sync_mode: "append",
  })),
});

const CASES = DIALECTS.flatMap((dialect) =>
  [true, false].flatMap((hasSchemas) =>
    [
      ["flows", "contacts"],
      ["contacts", "flows"],
    ].map((streams) => ({ dialect, hasSchemas, streams })),
  ),
).filter(({ dialect, hasSchemas }) => dialect === "airbyte" || hasSchemas);

test.each(CASES)("$streams in $dialect, schemas: $hasSchemas: every contact arrives", async (one) => {
  const { dialect, streams, hasSchemas } = one;
  stage = await setStage([]);
  const run = await stage.destination("write", {
    dialect,
    input: inputOf(dialect, streams),
    ...(dialect === "airbyte" && { catalog: catalogOf(streams, hasSchemas) }),
  });
  const { code, lines, messages, stderr } = run;
  expect({ code, errors: errorsIn(messages) }).toEqual({ code: 0, errors: [] });
  expect(stage.iterable.users.size).toBe(150);
  const said = dialect === "singer" ? stderr : lines.join("\n");
  expect(said.split("is passed over; deselect it").length - 1).toBe(1);
  expect(said).toContain("kept: no_identifier_stream 150");
  const states = lines.filter((line) =>
    dialect === "singer" ? line.startsWith('{"bookmarks"') : line.includes('"type":"STATE"'),
  );
  if (dialect === "airbyte") expect(states.length).toBe(2);
  else expect(states.at(-1)).toContain(String(streams.at(-1)));
});

test.each(DIALECTS)("where no stream is left it is a configuration error: %s", async (dialect) => {
  stage = await setStage([]);
  const { code, lines, stderr } = await stage.destination("write", {
    dialect,
    input: inputOf(dialect, ["flows"]),
    ...(dialect === "airbyte" && { catalog: catalogOf(["flows"], false) }),
  });
  expect(code).toBe(1);
  expect(lines.join("\n") + stderr).toContain("the mapping cannot work");
});
