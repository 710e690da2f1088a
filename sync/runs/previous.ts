import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";
import type { Folder } from "../project/folder.js";
import { readRun, runNumbers } from "./archive.js";
import type { RunRecord } from "./record.js";

/** A line of a run's previous values: what it changed in a profile, or that it created it. */
const line = z.object({
  record: z.object({ stream: z.string() }),
  undo: z.object({
    identifier: z.string(),
    at: z.string(),
    created: z.boolean().default(false),
    before: z.record(z.string(), z.unknown()).default({}),
    wrote: z.record(z.string(), z.unknown()).default({}),
    objects: z.array(z.string()).default([]),
  }),
});
type Line = z.infer<typeof line>;

/** After so many contacts it is noted how far an undo has come. */
const CONTACTS_A_STATE = 200;

/** How many of a run's contacts its last undo before `undo` has come to, where that was cut short. */
export async function undoneBefore(folder: Folder, run: number, undo: number): Promise<number> {
  for (const number of (await runNumbers(folder)).reverse()) {
    const found = number < undo ? await readRun(folder, number) : undefined;
    if (found?.started.undo_of !== run) continue;
    return found.ended?.outcome === "succeeded" ? 0 : found.undone;
  }
  return 0;
}

/**
 * What a run has changed, one line a contact: what its profile held before the first change, and what the last one left.
 * Contacts that were changed more than once come last.
 */
export async function* changesOf(files: readonly string[]): AsyncGenerator<Line> {
  const repeated = await repeatedIn(files);
  const together = new Map<string, Line>();
  for await (const one of linesOf(files)) {
    const { identifier } = one.undo;
    if (!repeated.has(shortHash(identifier))) yield one;
    else together.set(identifier, joined(together.get(identifier), one));
  }
  yield* together.values();
}

/** The same as the destination takes it, from the contact with this number on, with states that say how far it has come. */
export async function* undoLines(files: readonly string[], from: number): AsyncGenerator<Buffer> {
  let count = 0;
  for await (const { record, undo } of changesOf(files)) {
    count += 1;
    if (count <= from) continue;
    yield Buffer.from(
      `${JSON.stringify({ type: "RECORD", record: { ...record, data: {}, emitted_at: 0 }, undo })}\n`,
    );
    if (count % CONTACTS_A_STATE === 0) yield Buffer.from(stateLine(count));
  }
}

const stateLine = (undone: number) =>
  `${JSON.stringify({ type: "STATE", state: { type: "GLOBAL", global: { shared_state: { undone }, stream_states: [] } } })}\n`;

const state = z.object({
  state: z.object({ global: z.object({ shared_state: z.object({ undone: z.number().int() }) }) }),
});

/** Logs how many contacts a released state of an undo stands for. */
export function logUndone(record: RunRecord, text: string, at: string): void {
  const parsed = state.safeParse(JSON.parse(text));
  if (!parsed.success) return;
  void record.add({ event: "undone", at, contacts: parsed.data.state.global.shared_state.undone });
}

/** One change out of two of the same contact: of each field, the value before the first and after the last. */
function joined(first: Line | undefined, second: Line): Line {
  if (!first) return second;
  const before = { ...first.undo.before };
  for (const [field, value] of Object.entries(second.undo.before)) {
    if (!Object.hasOwn(first.undo.wrote, field)) before[field] = value;
  }
  return {
    record: first.record,
    undo: {
      ...second.undo,
      created: first.undo.created || second.undo.created,
      before,
      wrote: { ...first.undo.wrote, ...second.undo.wrote },
      objects: [...new Set([...first.undo.objects, ...second.undo.objects])],
    },
  };
}

/** Hashes of those who have more than one line; others may be among them by chance. */
async function repeatedIn(files: readonly string[]): Promise<ReadonlySet<number>> {
  const seen = new Set<number>();
  const repeated = new Set<number>();
  for await (const { undo } of linesOf(files)) {
    const hash = shortHash(undo.identifier);
    if (seen.has(hash)) repeated.add(hash);
    else seen.add(hash);
  }
  return repeated;
}

const shortHash = (text: string) => createHash("sha256").update(text).digest().readUIntBE(0, 6);

async function* linesOf(files: readonly string[]): AsyncGenerator<Line> {
  for (const file of files) {
    for await (const text of createInterface({ input: createReadStream(file) })) {
      const parsed = line.safeParse(parse(text));
      // The last line of a run that was killed may be unfinished: its change was not made.
      if (parsed.success) yield parsed.data;
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
