import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { Context } from "../../connector/connector.js";
import { createMeter } from "../../connector/reporting/metrics.js";
import { config } from "../../destination-iterable/config.js";
import type { IterableApi } from "../../destination-iterable/iterable/api.js";
import type { FieldType } from "../../destination-iterable/iterable/field-types.js";
import { ownLimits } from "../../destination-iterable/iterable/limits.js";
import { planStreams } from "../../destination-iterable/streams.js";
import { write } from "../../destination-iterable/write/write.js";
import { airbyte } from "../../protocol/airbyte.js";
import { parseConfiguredCatalog } from "../../protocol/catalog.js";
import { readLines } from "../../protocol/lines.js";
import { isWhole, report } from "./figures.js";
import { chunksOf, type GeneratedInput, generatedInput, type InputLine, SECRET } from "./input-lines.js";

const RUNS = isWhole ? 100_000 : 2_000;

const settings = config.parse({
  api_key: "k",
  unmapped_fields: "same_name",
  max_rejected_percent: 100,
  advanced: { bulk_requests_per_second: 100_000, batch_size: 3 },
});
const catalog = {
  declared: false,
  streams: parseConfiguredCatalog({
    streams: [
      {
        stream: { name: "contacts", json_schema: {} },
        destination_sync_mode: "append_dedup",
        cursor_field: ["lastConvertedAt"],
      },
    ],
  }),
};
const FIELDS: readonly [string, FieldType][] = [
  ["email", "string"],
  ["firstName", "string"],
  ["lastName", "string"],
  ["phoneNumber", "string"],
  ["deep", "object"],
  ["wide", "object"],
];

/** What a run came to: who arrived, the states that came out, what was said, and the error that ended it. */
async function run(input: GeneratedInput) {
  const arrived: string[] = [];
  const states: string[] = [];
  const said: string[] = [];
  const log = {
    info: (line: string) => said.push(line),
    warn: (line: string) => said.push(line),
  } as unknown as Context["log"];
  const context: Context = {
    log,
    analytics: () => undefined,
    metrics: createMeter(),
    signal: new AbortController().signal,
    now: Date.now,
    pid: 1,
    userAgent: "test",
  };
  const api = {
    limiter: ownLimits(context).limiter,
    async bulkUpdate(body: string) {
      const { users } = JSON.parse(body);
      for (const { email } of users) arrived.push(email);
      const answer = JSON.stringify({ successCount: users.length, failCount: 0 });
      return { kind: "status", status: 200, body: answer, retryAfterMs: undefined };
    },
  } as unknown as IterableApi;
  const fields = new Map(FIELDS);
  let closed = false;
  async function* bytes() {
    for (const chunk of chunksOf(input)) {
      if (closed) return;
      yield chunk;
    }
  }
  const error = await write({
    settings,
    catalog,
    plans: planStreams(settings, catalog.streams, fields, log),
    fields,
    api,
    exports: () => {
      throw new Error("nothing is looked up in this mode");
    },
    input: {
      lines: readLines(bytes()),
      close: () => {
        closed = true;
      },
      codecFor: () => airbyte,
      acknowledge: async (line) => void states.push(line),
      room: () => undefined,
      replay: "fill_missing",
    },
    context,
  }).then(
    () => undefined,
    (reason: unknown) => reason as Error,
  );
  return { arrived, states, said, error };
}

/** What must come out: everything before the line that cannot be read. */
function expected(lines: readonly InputLine[]) {
  const end = lines.findIndex(({ effect }) => effect.kind === "fatal");
  const read = end === -1 ? lines : lines.slice(0, end);
  const arrived = read.flatMap(({ effect }) => (effect.kind === "delivered" ? [effect.email] : []));
  // All that is rejected here is its contact's own fault, which holds no state back.
  const states = read.filter(({ effect }) => effect.kind === "state");
  return { arrived, states: states.length, fatalLine: end === -1 ? undefined : end + 1 };
}

const SEEDS = [1, 2, 3, 4];
let survived = 0;
afterAll(() => report("inputs", survived));

describe.concurrent(`${RUNS.toLocaleString("en")} inputs of any kind: nobody is lost, nothing is skipped in silence, nothing is quoted`, () => {
  test.each(SEEDS)("seed %i", { timeout: 900_000 }, async (seed) => {
    const property = fc.asyncProperty(generatedInput, async (input) => {
      const { arrived, states, said, error } = await run(input);
      const wanted = expected(input.lines);
      expect([...arrived].sort()).toEqual([...wanted.arrived].sort());
      expect(states).toHaveLength(wanted.states);
      if (wanted.fatalLine === undefined) expect(error).toBeUndefined();
      else expect(error?.message).toMatch(new RegExp(`\\bline ${wanted.fatalLine}\\b`));
      expect(`${said.join("\n")}${error?.stack}`).not.toContain(SECRET);
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
      survived += 1;
    });
    await fc.assert(property, { numRuns: RUNS / SEEDS.length, seed });
  });
});
