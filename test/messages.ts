import type { Printed } from "./process.js";
import type { Dialect } from "./stage.js";

const line = (message: unknown) => `${JSON.stringify(message)}\n`;
const EMITTED_AT = 1_700_000_000_000;

/** One line of each kind, in either dialect. */
export const say = {
  /** What comes before a stream's records. */
  begin: (dialect: Dialect, stream = "contacts"): string =>
    dialect === "airbyte"
      ? status(stream, "STARTED")
      : line({ type: "SCHEMA", stream, schema: { properties: {} }, key_properties: ["contact_key"] }),
  record: (dialect: Dialect, data: Printed, stream = "contacts"): string =>
    dialect === "airbyte"
      ? line({ type: "RECORD", record: { stream, data, emitted_at: EMITTED_AT } })
      : line({ type: "RECORD", stream, record: data }),
  /** A record of each contact. */
  records: (dialect: Dialect, all: readonly Printed[]): string =>
    all.map((one) => say.record(dialect, one)).join(""),
  state: (dialect: Dialect, value: unknown, stream = "contacts"): string =>
    dialect === "airbyte"
      ? line({
          type: "STATE",
          state: { type: "STREAM", stream: { stream_descriptor: { name: stream }, stream_state: value } },
        })
      : line({ type: "STATE", value: { bookmarks: { [stream]: value } } }),
  /** What comes after a stream's records. */
  end: (dialect: Dialect, stream = "contacts"): string =>
    dialect === "airbyte" ? status(stream, "COMPLETE") : "",
};

export function status(stream: string, streamStatus: string): string {
  return line({
    type: "TRACE",
    trace: {
      type: "STREAM_STATUS",
      emitted_at: EMITTED_AT,
      stream_status: { stream_descriptor: { name: stream }, status: streamStatus },
    },
  });
}

/** Contacts who differ in number alone. */
export function contacts(count: number, from = 0): Printed[] {
  return Array.from({ length: count }, (_, index) => ({
    contact_key: `person${from + index}@example.com`,
    email: `person${from + index}@example.com`,
    name: `Person ${from + index}`,
    lastConvertedAt: new Date(Date.UTC(2026, 0, 1) + (from + index) * 1000).toISOString(),
  }));
}

/** The states among printed lines, each with its value and, from Airbyte, with its counts. */
export function statesIn(lines: readonly string[], dialect: Dialect) {
  return lines
    .filter((printed) => dialect === "singer" || printed.includes('"type":"STATE"'))
    .map((printed) => {
      const message: Printed = JSON.parse(printed);
      if (dialect === "singer") return { line: printed, value: message, counts: undefined };
      const { destinationStats, stream } = message.state;
      return { line: printed, value: stream.stream_state, counts: destinationStats };
    });
}

/** What an Airbyte connector said of its failure. */
export function errorsIn(messages: readonly Printed[]): Printed[] {
  return messages.filter(({ trace }) => trace?.type === "ERROR").map(({ trace }) => trace.error);
}

/** What a connector told people: log lines on stdout, where that is Airbyte's, and stderr. */
export function toldBy({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string {
  const logs = stdout
    .split("\n")
    .filter((printed) => /^\{"type":"(LOG|TRACE|CONNECTION_STATUS)"/.test(printed));
  return [...logs, stderr].join("\n");
}
