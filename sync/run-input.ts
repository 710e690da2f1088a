import type { FlowInput } from "./pipe/flow.js";
import type { Folder } from "./project/folder.js";
import type { Work } from "./project/work.js";
import { previousFiles, rejectFiles } from "./runs/archive.js";
import { undoLines, undoneBefore } from "./runs/previous.js";
import type { Wanted } from "./runs/wanted.js";

/** Where the contacts of a run come from. */
export async function inputOf(
  what: Wanted,
  {
    folder,
    streams,
    run,
    work,
  }: {
    readonly folder: Folder;
    /** The names of the project's streams. */
    readonly streams: readonly string[];
    readonly run: number;
    readonly work: Work;
  },
): Promise<FlowInput> {
  switch (what.kind) {
    case "sync":
      return { from: { args: ["read", ...work.sourceArgs] }, limit: what.limit };
    case "retry":
      return { from: { files: await rejectFiles(folder, what.run), streams }, limit: undefined };
    case "contact":
      return { from: { lines: linesOf(what.lines), streams }, limit: undefined };
    case "undo": {
      const from = await undoneBefore(folder, what.run, run);
      const lines = undoLines(await previousFiles(folder, what.run), from);
      return { from: { lines, streams }, limit: undefined };
    }
  }
}

async function* linesOf(lines: readonly string[]): AsyncGenerator<Buffer> {
  for (const line of lines) yield Buffer.from(`${line}\n`);
}
