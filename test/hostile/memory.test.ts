import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { readLines } from "../../protocol/lines.js";
import type { Printed } from "../process.js";
import { type Settings, type Stage, setStage } from "../stage.js";
import { isWhole, report } from "./figures.js";
import { measured } from "./measured.js";

let stage: Stage;
afterEach(() => stage?.close());

/** What a destination may have in memory, whatever comes in; with Node itself, which has about 60 MB. */
const MOST_BYTES = 420_000_000;
/** Lines are gathered for writing. */
const PIECE_CHARS = 1_000_000;

const record = (data: string) =>
  `{"type":"RECORD","record":{"stream":"contacts","emitted_at":1,"data":${data}}}\n`;
const contact = (number: number, more = "") => record(`{"email":"p${number}@example.com"${more}}`);
const state = (number: number, more = "", stream = "contacts") =>
  `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"${stream}"},"stream_state":{"n":${number}${more}}}}}\n`;
const complete =
  '{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1,"stream_status":{"stream_descriptor":{"name":"contacts"},"status":"COMPLETE"}}}\n';
const text = (megabytes: number) => "x".repeat(megabytes * 1_000_000);
const times = (count: number, of: (index: number) => string) =>
  function* () {
    for (let index = 0; index < count; index += 1) yield of(index);
  };

interface Flood {
  readonly what: string;
  /** How many of what it says come in the whole suite, and in the sample; 0: it is not in the sample. */
  readonly counts: readonly [whole: number, sample: number];
  readonly lines: (count: number) => () => Iterable<string>;
  readonly settings?: Settings;
  readonly latencyMs?: number;
  readonly ends?: (count: number, end: End) => unknown;
}

interface End {
  readonly code: number | null;
  /** All but log lines. */
  readonly printed: readonly Printed[];
  readonly states: number;
}

const keepsRejects = { rejected_records: { storage: "file" } };

const FLOODS: readonly Flood[] = [
  {
    what: "rejected contacts that are kept, without a state",
    counts: [600_000, 20_000],
    lines: (count) => times(count, (at) => record(`{"name":"${at} ${"z".repeat(500)}"}`)),
    settings: keepsRejects,
  },
  {
    what: "rejected contacts that are not kept, without a state",
    counts: [600_000, 0],
    lines: (count) => times(count, (at) => record(`{"name":"${at} ${"z".repeat(500)}"}`)),
  },
  {
    what: "states of 20 MB, each behind a contact",
    counts: [150, 0],
    lines: (count) => times(count, (at) => contact(at) + state(at, `,"x":"${text(20)}"`)),
    ends: (count, { states }) => expect(states).toBe(count),
  },
  {
    what: "states of 2 MB behind a contact whom the mapping rejects, so that they wait for the end",
    counts: [600, 20],
    lines: (count) => times(count, (at) => (at < 5 ? contact(at) : "") + state(at, `,"x":"${text(2)}"`)),
    settings: { field_mapping: [{ source: "missing", target: "missing", required: true }] },
    ends: (count, { printed }) => {
      const states = printed.filter(({ type }) => type === "STATE");
      expect(states.at(-1)?.state.stream.stream_state.n).toBe(count - 1);
      const rejected = states.map(({ state: { destinationStats } }) => destinationStats.rejectedRecordCount);
      expect(rejected.reduce((sum, one) => sum + one, 0)).toBe(5);
    },
  },
  {
    what: "names of fields that are left out",
    counts: [600_000, 0],
    lines: (count) =>
      times(count / 20, (at) =>
        contact(
          at,
          Array.from({ length: 20 }, (_, field) => `,"${"n".repeat(100)}${at} ${field}":1`).join(""),
        ),
      ),
    settings: { unmapped_fields: "same_name" },
  },
  {
    what: "contacts of 2,000 names each, all of them different",
    counts: [500, 0],
    lines: (count) =>
      times(count, (at) =>
        contact(at, Array.from({ length: 2_000 }, (_, field) => `,"field ${at} ${field}":1`).join("")),
      ),
    settings: { unmapped_fields: "same_name" },
  },
  {
    what: "names of 50,000 characters",
    counts: [3_000, 0],
    lines: (count) => times(count, (at) => contact(at, `,"${"n".repeat(50_000)}${at}":1`)),
  },
  {
    what: "lines of 1 MB on their way, of which an address is sent",
    counts: [1_000, 100],
    lines: (count) => times(count, (at) => contact(at, `,"t":"${text(1)}"`)),
    settings: keepsRejects,
    latencyMs: 300,
  },
  {
    what: "lines of 2 MB for one contact",
    counts: [300, 0],
    lines: (count) => times(count, (at) => contact(1, `,"t":"${at}${text(2)}"`)),
    settings: { unmapped_fields: "same_name", batch_seconds: 1 },
    latencyMs: 100,
  },
  {
    what: "streams of a state each",
    counts: [600_000, 0],
    lines: (count) => times(count, (at) => state(at, "", `stream ${at}`)),
    ends: (_count, { printed }) =>
      expect(printed.findLast(({ trace }) => trace?.type === "ERROR")?.trace.error.message).toMatch(
        /names more streams than can be told apart/,
      ),
  },
];

/** Writes lines to a process, no faster than it takes them. Resolves with how many bytes it took. */
async function feed(stdin: NodeJS.WritableStream, lines: Iterable<string>): Promise<number> {
  let bytes = 0;
  let gathered = "";
  let isClosed = false;
  let wake = () => {};
  const close = () => {
    isClosed = true;
    wake();
  };
  stdin
    .on("error", close)
    .on("close", close)
    .on("drain", () => wake());
  const write = async () => {
    bytes += gathered.length;
    const room = new Promise<void>((resolve) => (wake = resolve));
    if (!stdin.write(gathered) && !isClosed) await room;
    gathered = "";
  };
  for (const line of lines) {
    gathered += line;
    if (gathered.length >= PIECE_CHARS) await write();
    if (isClosed) return bytes;
  }
  gathered += complete;
  await write();
  stdin.end();
  return bytes;
}

/** What a process prints, of which no more is kept than can be looked at. */
async function watched(child: Awaited<ReturnType<Stage["startDestination"]>>): Promise<End> {
  const printed: Printed[] = [];
  let states = 0;
  child.stderr.resume();
  const closed = once(child, "close");
  for await (const lines of readLines(child.stdout)) {
    for (const { text: line } of lines) {
      if (line.startsWith('{"type":"STATE"')) states += 1;
      if (line.includes('"type":"LOG"') || line.includes('"rejection"')) continue;
      printed.push(JSON.parse(line.replaceAll(text(1), "")));
    }
  }
  return { code: (await closed)[0], printed, states };
}

describe("the memory of a destination is bounded in bytes", () => {
  test.each(
    FLOODS.map((flood) => ({ ...flood, count: flood.counts[isWhole ? 0 : 1] })).filter(
      ({ count }) => count > 0,
    ),
  )("$count $what", async ({ what, count, lines, settings, latencyMs = 0, ends }) => {
    stage = await setStage([], { iterable: { latencyMs } });
    const { env, peak } = measured("--max-old-space-size=1500");
    const begun = performance.now();
    const rejects = stage.path("rejects");
    const given =
      settings === keepsRejects ? { rejected_records: { storage: "file", path: rejects } } : settings;
    const child = await stage.startDestination("write", {
      settings: { ...given, advanced: { bulk_requests_per_second: 100 } },
      env,
    });
    const [end, bytes] = await Promise.all([watched(child), feed(child.stdin, lines(count)())]);
    const most = peak();
    report({ bytes, ms: performance.now() - begun, peak: most });
    if (ends) await ends(count, end);
    else expect(end.code).toBe(0);
    expect(most).toBeLessThan(MOST_BYTES);
    if (what.includes("that are kept")) {
      const [name = ""] = await readdir(rejects);
      expect((await readFile(join(rejects, name), "latin1")).split("\n")).toHaveLength(count + 1);
    }
  });
});
