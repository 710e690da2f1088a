// A connector whose behaviour its configuration decides, to see what the process makes of it.
// Called as `tiny-connector.mjs source|destination …`.
import { z } from "zod";
import { ConfigError, run, TransientError } from "../../dist/scripts/parts.js";

const [kind] = process.argv.splice(2, 1);

const config = z.object({
  secret: z.string().min(1).meta({ airbyte_secret: true }),
  behaviour: z.string().default("well"),
  records: z.number().int().default(3),
});

const failures = {
  config: (secret) => new ConfigError(`change something, such as ${secret}`),
  transient: (secret) => new TransientError(`run again with ${secret}`),
  bug: (secret) => new TypeError(`cannot read ${secret}`),
};

function failAs({ behaviour, secret }) {
  const failure = failures[behaviour];
  if (failure) throw failure(secret);
  if (behaviour === "later")
    setTimeout(() => {
      throw failures.bug(secret);
    });
  if (behaviour === "rejection") void Promise.reject(failures.bug(secret));
}

const connector = {
  name: `${kind}-tiny`,
  singerName: kind === "source" ? "tap-tiny" : "target-tiny",
  title: "Tiny",
  documentationUrl: "https://example.com",
  environmentPrefix: "TINY",
  config,
  async check(settings) {
    failAs(settings);
    return "it works";
  },
};

const state = (position, recordCount) => ({
  kind: "state",
  stream: "things",
  value: { position },
  recordCount,
});
const record = (number) => ({ kind: "record", stream: "things", data: { number, text: "x".repeat(100) } });
/** Until the process is asked to stop. The interval keeps the process alive, as an open connection would. */
const aborted = (signal) =>
  new Promise((resolve) => {
    const alive = setInterval(() => undefined, 1000);
    signal.addEventListener("abort", () => {
      clearInterval(alive);
      resolve();
    });
  });
const forever = () => new Promise(() => setInterval(() => undefined, 1000));

const source = {
  ...connector,
  kind: "source",
  async discover() {
    return [
      {
        name: "things",
        jsonSchema: { type: "object", properties: { number: {}, text: {} } },
        syncModes: ["incremental"],
        primaryKey: ["number"],
        cursorField: undefined,
      },
    ];
  },
  async *read(settings, _streams, saved, { log, signal }) {
    const begin = saved.get("things")?.position ?? 0;
    log.info(`begins at ${begin} with ${settings.secret}`);
    yield [{ kind: "status", stream: "things", status: "STARTED" }];
    let mostQueued = 0;
    for (let number = begin; number < begin + settings.records; number += 1) {
      yield [record(number)];
      mostQueued = Math.max(mostQueued, process.stdout.writableLength);
    }
    if (settings.behaviour === "measures") log.info(`most queued: ${mostQueued}`);
    yield [state(begin + settings.records, settings.records)];
    if (settings.behaviour === "waits") {
      await aborted(signal);
      yield [state("safe", 0)];
      return;
    }
    if (settings.behaviour === "later" || settings.behaviour === "rejection") {
      failAs(settings);
      await forever();
    }
    failAs(settings);
    yield [{ kind: "status", stream: "things", status: "COMPLETE" }];
  },
};

const destination = {
  ...connector,
  kind: "destination",
  syncModes: ["append"],
  async write(settings, _catalog, input, { log }) {
    let lines = 0;
    for await (const chunk of input.lines) {
      for (const { text } of chunk) {
        const line = JSON.parse(text);
        const codec = input.codecFor(line);
        if (codec?.decode(line).kind === "state")
          await input.acknowledge(codec.acknowledge(text, { settled: 1, rejected: 0 }));
        lines += 1;
      }
    }
    failAs(settings);
    log.info(`took ${lines} lines`);
  },
};

await run(connector.name, async () => (kind === "source" ? source : destination));
