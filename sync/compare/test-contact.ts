import { perform } from "../execute.js";
import type { Host } from "../host.js";
import { type Inquirer, withFiles } from "../inquiry/asking.js";
import { recordsOf } from "../pipe/read-through.js";
import { parseRecordLine } from "../pipe/record-line.js";
import type { Folder } from "../project/folder.js";
import type { Settings } from "../project/settings.js";
import type { Run } from "../runs/run.js";
import type { Progress } from "../terminal/progress.js";
import { type LookedUp, lookUp } from "./look-up.js";
import { mentions, type Row, rowOn } from "./row.js";

/** How long a contact is waited for that Flowcode does not have yet, in ms. */
export const WAIT_MS = 120_000;
const LOOK_AGAIN_MS = 5_000;
/** Who has just filled in a form converted within so long, in ms: that is asked for again and again. */
const RECENT_MS = 86_400_000;
/** Iterable asks for so long between a write and a read that depends on it, in ms (API reference, users/update). */
const VISIBILITY_MS = 60_000;

export interface TestContact {
  readonly folder: Folder;
  readonly settings: Settings;
  readonly email: string;
  readonly progress: Progress;
  readonly sleep: (ms: number) => Promise<void>;
  onProgress(text: string): void;
}

/** What became of one contact that was sent alone. It holds the data of that person. */
export interface Sent {
  /** The contact in Flowcode, a row for each of its conversions; none where it has not appeared. */
  readonly rows: readonly Row[];
  /** How sending it went; undefined where there was nothing to send. */
  readonly run: Run | undefined;
  /** What was sent beside what Iterable holds; undefined where nothing was sent. */
  readonly found: LookedUp | undefined;
}

/**
 * Waits for a contact to appear in Flowcode, sends it alone, and reads it back from Iterable. The state stays where it
 * is: the next sync brings the contact as if it had not been sent.
 */
export async function sendTestContact(given: TestContact, host: Host): Promise<Sent> {
  const { folder, settings, progress, onProgress } = given;
  const lines = await awaited(given, host);
  const rows = lines.map((line) => rowOn(line, settings.streams));
  if (lines.length === 0) return { rows, run: undefined, found: undefined };
  onProgress("Found in Flowcode. Sending it …");
  const what = { kind: "contact", lines } as const;
  const run = await perform({ folder, settings, trigger: "contact", what, progress }, host);
  if (run.ended?.outcome !== "succeeded") return { rows, run, found: undefined };
  return { rows, run, found: await readBack(lines, given, host) };
}

/** Looks among all contacts once, then among the recent ones until it is there or the time is over. */
async function awaited(given: TestContact, host: Host): Promise<readonly string[]> {
  const { settings, email, onProgress, sleep } = given;
  const deadline = host.now() + WAIT_MS;
  const recent = {
    ...settings,
    source: { ...settings.source, start_date: new Date(host.now() - RECENT_MS).toISOString() },
  };
  for (let look = 0; ; look += 1) {
    const found = await rowsOf(email, look === 1 ? settings : recent, host);
    const left = deadline - host.now();
    if (found.length > 0 || left <= 0) return found;
    if (look === 0) continue;
    onProgress(`Not in Flowcode yet: fill in the form now. Waiting ${Math.ceil(left / 1000)} s at most`);
    await sleep(Math.min(LOOK_AGAIN_MS, left));
    host.signal.throwIfAborted();
  }
}

function rowsOf(email: string, given: Settings, { node, signal }: Inquirer): Promise<string[]> {
  const wanted = email.trim().toLowerCase();
  // As it stands on a line of JSON, which is looked at as text first: few lines have to be parsed.
  const written = JSON.stringify(wanted).slice(1, -1);
  return withFiles(given, async ({ source: args }) => {
    const lines: string[] = [];
    for await (const line of recordsOf({ node, args, signal }))
      if (line.toLowerCase().includes(written) && mentions(parseRecordLine(line).record.data, wanted))
        lines.push(line);
    return lines;
  });
}

/** Reads the contact back until Iterable shows what was sent, or the time for that is over. */
async function readBack(
  lines: readonly string[],
  { settings, sleep, onProgress }: TestContact,
  host: Host,
): Promise<LookedUp | undefined> {
  const deadline = host.now() + VISIBILITY_MS;
  for (;;) {
    const [found] = await withFiles(settings, ({ destination: args }) =>
      lookUp({ node: host.node, args, lines, signal: host.signal }),
    );
    const isOpen = found?.verdict === "differs" || found?.verdict === "absent";
    const left = deadline - host.now();
    if (!isOpen || left <= 0) return found;
    onProgress(`Sent. Waiting until Iterable shows it, ${Math.ceil(left / 1000)} s at most`);
    await sleep(Math.min(LOOK_AGAIN_MS, left));
    host.signal.throwIfAborted();
  }
}
