import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { codeOf } from "../errors.js";
import { writeAtomically } from "./atomic.js";
import { type Folder, makeFolder, numbersIn } from "./folder.js";
import { readText } from "./text-file.js";

/** How far a run came: the last state that the destination released of each stream, as lines that a source takes. */
export interface SavedState {
  readonly run: number;
  readonly savedAt: string;
  /** By stream; the lines are as they were printed, byte for byte. */
  readonly lines: Readonly<Record<string, string>>;
}

/** What a file with a state turned out to be. */
export type FoundState =
  | { readonly kind: "good"; readonly state: SavedState }
  | { readonly kind: "damaged"; readonly run: number }
  | { readonly kind: "absent" };

/** Saves a state, whole or not at all. `token`: what the run is known by. */
export async function saveState(
  folder: Folder,
  { run, savedAt, lines }: SavedState,
  token: string,
): Promise<void> {
  await makeFolder(folder.states);
  const content = { version: 1, run, saved_at: savedAt, lines };
  const text = `${JSON.stringify({ ...content, sha256: checksum(content) })}\n`;
  await writeAtomically(folder.state(run), text, token);
}

/** The state of a run. Damaged: whatever is not, bit for bit, what was saved. */
export async function readState(folder: Folder, run: number): Promise<FoundState> {
  let text: string;
  try {
    text = await readText(folder.state(run));
  } catch (error) {
    return codeOf(error) === "ENOENT" ? { kind: "absent" } : { kind: "damaged", run };
  }
  try {
    const { sha256, ...content } = JSON.parse(text);
    if (sha256 !== checksum(content) || content.run !== run) return { kind: "damaged", run };
    return { kind: "good", state: { run, savedAt: content.saved_at, lines: content.lines } };
  } catch {
    return { kind: "damaged", run };
  }
}

/** The runs that have a state, oldest first. */
export function runsWithState(folder: Folder): Promise<number[]> {
  return numbersIn(folder.states, ".json");
}

/** Leaves the newest `count` good states; what is no state, or not any more, nobody can tell whose it is, and stays. */
export async function forgetStates(folder: Folder, count: number): Promise<void> {
  let good = 0;
  for (const run of (await runsWithState(folder)).reverse()) {
    if ((await readState(folder, run)).kind !== "good") continue;
    good += 1;
    if (good > count) await rm(folder.state(run), { force: true });
  }
}

function checksum(content: unknown): string {
  return createHash("sha256").update(JSON.stringify(content)).digest("hex");
}
