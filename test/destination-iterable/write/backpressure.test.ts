import { afterEach, beforeEach, expect, test } from "vitest";
import { destination } from "../../../destination-iterable/destination.js";
import { airbyte } from "../../../protocol/airbyte.js";
import { parseConfiguredCatalog } from "../../../protocol/catalog.js";
import { type IterableSimulator, startIterable } from "../../../simulators/iterable.js";
import { listening, settingsFor } from "../sitting.js";

let iterable: IterableSimulator;
beforeEach(async () => {
  iterable = await startIterable();
});
afterEach(() => iterable.close());

const CHUNK = 1000;
const CHUNKS = 100;
const state =
  '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"contacts"},"stream_state":{}}}}';
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Writes nothing but states, and counts the chunks that were taken of the input. */
function writeStates(output: { acknowledge(): Promise<void>; room(): Promise<void> | undefined }) {
  const taken = { chunks: 0 };
  async function* lines() {
    for (let chunk = 0; chunk < CHUNKS; chunk += 1) {
      taken.chunks += 1;
      yield Array.from({ length: CHUNK }, (_, index) => ({
        number: chunk * CHUNK + index + 1,
        text: state,
        terminated: true,
      }));
    }
  }
  const end = destination.write(
    settingsFor(iterable.url),
    {
      streams: parseConfiguredCatalog({ streams: [{ stream: { name: "contacts", json_schema: {} } }] }),
      declared: false,
    },
    {
      lines: lines(),
      close: () => undefined,
      codecFor: () => airbyte,
      replay: "fill_missing",
      ...output,
    },
    listening().context,
  );
  return { taken, end };
}

/** Resolves when no more input is taken, however long one waits. */
async function stalled(taken: { readonly chunks: number }): Promise<void> {
  for (let before = -1, quiet = 0; quiet < 50; ) {
    await turn();
    quiet = taken.chunks > 0 && taken.chunks === before ? quiet + 1 : 0;
    before = taken.chunks;
  }
}

test("no more input is taken while nobody reads the states, and all of them come out afterwards", async () => {
  let released = 0;
  let read: () => void = () => undefined;
  const reader = new Promise<void>((resolve) => {
    read = resolve;
  });
  const { taken, end } = writeStates({
    async acknowledge() {
      await reader;
      released += 1;
    },
    room: () => undefined,
  });
  await stalled(taken);
  expect(taken.chunks).toBeLessThan(CHUNKS / 2);
  read();
  await end;
  expect(released).toBe(CHUNK * CHUNKS);
});

test("no more input is taken while log lines wait for their reader", async () => {
  let read: () => void = () => undefined;
  let room: Promise<void> | undefined = new Promise<void>((resolve) => {
    read = resolve;
  });
  const { taken, end } = writeStates({ acknowledge: async () => undefined, room: () => room });
  await stalled(taken);
  expect(taken.chunks).toBe(1);
  room = undefined;
  read();
  await end;
  expect(taken.chunks).toBe(CHUNKS);
});
