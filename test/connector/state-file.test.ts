import { appendFile, mkdtemp, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readState } from "../../connector/state-file.js";
import { InvalidState } from "../../protocol/state.js";

const state = (name: string, value: unknown) =>
  `${JSON.stringify({ type: "STATE", state: { type: "STREAM", stream: { stream_descriptor: { name }, stream_state: value } } })}\n`;

async function fileOf(...texts: readonly string[]): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "state-")), "state.jsonl");
  await writeFile(path, "");
  for (const text of texts) await appendFile(path, text);
  return path;
}

/** More than is read whole. */
const filler = (name: string) => state(name, { at: "x".repeat(1_000) }).repeat(6_000);

test("a file of 300 MB is read from its end", async () => {
  const path = await fileOf();
  // What stands there is no JSON: whoever looked at it would fail.
  await truncate(path, 300_000_000);
  await appendFile(path, `\n${state("flows", 1)}${filler("contacts")}${state("contacts", "é 2")}`);
  const { streams, warnings } = await readState(path, ["contacts", "flows"]);
  expect(Object.fromEntries(streams)).toEqual({ contacts: "é 2", flows: 1 });
  expect(warnings).toEqual([]);
});

test("a stream whose last state stands at the beginning is found there", async () => {
  const path = await fileOf(state("flows", "first"), state("flows", "last"), filler("contacts"));
  const { streams } = await readState(path, ["flows", "contacts"]);
  expect(streams.get("flows")).toBe("last");
  expect(streams.get("contacts")).toEqual({ at: "x".repeat(1_000) });
});

test("the last state counts, a reset too, and what a killed run left unfinished is passed over with a warning", async () => {
  const path = await fileOf(
    filler("contacts"),
    state("contacts", 7),
    state("flows", null),
    '{"type":"STATE","sta',
  );
  const { streams, warnings } = await readState(path, ["contacts", "flows"]);
  expect([...streams]).toEqual([["contacts", 7]]);
  expect(warnings).toEqual([expect.stringContaining("the last line of the state is unfinished")]);
});

test("a state behind an unfinished one on its line is found", async () => {
  const path = await fileOf(filler("contacts"), `{"type":"STATE","sta${state("contacts", 8)}`);
  expect((await readState(path, ["contacts"])).streams.get("contacts")).toBe(8);
});

test("a Singer state speaks of every stream", async () => {
  const line = `${JSON.stringify({ bookmarks: { contacts: { since: 1 } } })}\n`;
  const path = await fileOf("no state\n".repeat(600_000), line);
  expect(Object.fromEntries((await readState(path, ["contacts", "flows"])).streams)).toEqual({
    contacts: { since: 1 },
  });
});

test.each([
  ["text that is none", "no state\n".repeat(600_000)],
  ["one line without end", "x".repeat(80_000_000)],
])("a long file of %s is an error, and never a restart", { timeout: 60_000 }, async (_what, text) => {
  await expect(readState(await fileOf(text), ["contacts"])).rejects.toThrow(InvalidState);
});

test("without a file there is no state, and a file that is not there is said", async () => {
  expect((await readState(undefined, ["contacts"])).streams.size).toBe(0);
  await expect(readState("/nowhere/state", ["contacts"])).rejects.toThrow(
    /state file "\/nowhere\/state": there is no/,
  );
});
