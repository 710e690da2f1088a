import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Host } from "../host.js";
import { readThrough } from "../pipe/read-through.js";
import type { Folder } from "../project/folder.js";
import type { Settings } from "../project/settings.js";
import { layOutWork } from "../project/work.js";
import { readRejects } from "../runs/rejects.js";
import { countsOf, type Run } from "../runs/run.js";
import { isWrong, type Judgement, judge } from "./judgement.js";
import { type LookedUp, lookUp } from "./look-up.js";
import { rowOf, rowOn } from "./row.js";
import { createSample, type Sampled } from "./sample.js";
import { type Window, windowOf } from "./window.js";

/** Iterable asks for so long between a write and a read that depends on it, in ms (API reference, users/update). */
const VISIBILITY_MS = 60_000;
const LOOK_AGAIN_MS = 5_000;
/** Longer than any run is remembered: a full pass that is due by now was not due then. */
const NEVER_DAYS = 3_650;

export interface Verifying {
  readonly folder: Folder;
  readonly settings: Settings;
  readonly run: Run;
  /** How many contacts are compared. */
  readonly size: number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Told what is being done, and how far it is. */
  onProgress(text: string): void;
}

/** What reading a run again has brought to light. */
export interface Verification {
  readonly window: Window["kind"];
  /** Contacts that Flowcode gives now for what the run has read, without those converted since. */
  readonly again: number;
  /** Contacts among them that were converted since the run began. */
  readonly since: number;
  /** Contacts that the run's files and log say it has rejected. */
  readonly rejectsKept: number;
  readonly contacts: readonly Verified[];
}

/** A contact that was compared. */
export interface Verified {
  readonly judgement: Judgement;
  readonly found: LookedUp;
}

/** Reads again what a run has read, chooses a sample of its contacts, and compares these with what Iterable holds. */
export async function verify(verifying: Verifying, host: Host): Promise<Verification> {
  const { folder, settings, run, size, onProgress } = verifying;
  const window = await windowOf(folder, run);
  const startedAt = Date.parse(run.started.at);
  const rejected = new Set<string>();
  let rejectsKept = 0;
  for await (const { stream, data } of readRejects(folder, run)) {
    rejectsKept += 1;
    if (data !== undefined) rejected.add(rowOf({ stream, data: data as never }, settings.streams).key);
  }
  for (const { contact } of run.rejected) rejected.add(contact);

  const sample = createSample(size, randomBytes(16).toString("hex"));
  let again = 0;
  let since = 0;
  const take = (line: string): void => {
    const { key, changedAt } = rowOn(line, settings.streams);
    if (changedAt !== undefined && changedAt > startedAt) since += 1;
    else again += 1;
    if ((again + since) % 1000 === 0) onProgress(`${again + since} contacts read again`);
    sample.take(key, line);
  };
  const source = { ...settings.source, full_pass_days: NEVER_DAYS };
  const state = window.kind === "state" ? window.state : undefined;
  const work = await layOutWork(folder, { ...settings, source }, { run: run.number, state });
  try {
    if (window.kind === "files") for (const file of window.files) await readFile(file, take);
    else {
      const { node, signal } = host;
      await readThrough({ node, args: work.sourceArgs, limit: limitOf(run), onRecord: take, signal });
    }
    const deed = { startedAt, endedAt: Date.parse(run.ended?.at ?? run.started.at), rejected };
    const compare = (contacts: readonly Sampled[]) => compareAll(contacts, work.destinationArgs, deed);
    let verified = await compare(sample.contacts);
    // What has just been written need not be readable yet.
    while (verified.some(({ judgement }) => isWrong(judgement))) {
      const left = deed.endedAt + VISIBILITY_MS - host.now();
      if (left <= 0) break;
      onProgress(`waiting until what was just written can be read, ${Math.ceil(left / 1000)} s at most`);
      await verifying.sleep(Math.min(left, LOOK_AGAIN_MS));
      host.signal.throwIfAborted();
      const wrong = verified.filter(({ judgement }) => isWrong(judgement));
      const right = verified.filter(({ judgement }) => !isWrong(judgement));
      verified = [...right, ...(await compare([...new Set(wrong.map(({ of }) => of))]))];
    }
    return { window: window.kind, again, since, rejectsKept, contacts: verified };
  } finally {
    await work.clear();
  }

  async function compareAll(
    contacts: readonly Sampled[],
    args: readonly string[],
    deed: Parameters<typeof judge>[2],
  ) {
    const lines = contacts.flatMap((contact) => contact.rows.map((row) => [row, contact] as const));
    const found = await lookUp({
      node: host.node,
      args,
      lines: lines.map(([row]) => row),
      signal: host.signal,
      onFound: (count) => onProgress(`${count} of ${contacts.length} contacts compared`),
    });
    return found.map((one) => {
      const rows = one.lines.map((line) => lines[line - 1] as (typeof lines)[number]);
      const [, of] = rows[0] as (typeof lines)[number];
      const changes = rows.flatMap(([row]) => rowOn(row, settings.streams).changedAt ?? []);
      const changedAt = changes.length > 0 ? Math.max(...changes) : undefined;
      return { of, found: one, judgement: judge(one, { key: of.key, changedAt }, deed) };
    });
  }
}

/** The most that is read again: what the run has read, where something kept it from reading to the end. */
function limitOf(run: Run): number | undefined {
  if (run.started.limit !== undefined) return run.started.limit;
  return run.ended?.outcome === "succeeded" ? undefined : countsOf(run).read;
}

async function readFile(path: string, take: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: createReadStream(path) })) {
    try {
      take(line);
    } catch {
      // The last line of a run that was killed may be unfinished.
    }
  }
}
