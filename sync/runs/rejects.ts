import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";
import { parseRecordLine } from "../pipe/record-line.js";
import type { Folder } from "../project/folder.js";
import { rejectFiles } from "./archive.js";
import type { Run } from "./run.js";

/** A contact that a run has rejected. */
export interface RejectedContact {
  readonly stream: string;
  /** Its place among the lines of the run. */
  readonly line: number;
  readonly stage: string;
  readonly field: string | null;
  readonly reason: string;
  /** The record; undefined where nothing of it may be kept. */
  readonly data: unknown;
  /** A keyed hash, where nothing else is kept. */
  readonly contact: string | undefined;
}

/** A line of a rejects file: the record as it came, in either dialect, and why it was rejected. */
const kept = z.object({
  stream: z.string().optional(),
  record: z.looseObject({ stream: z.string().optional(), data: z.unknown() }),
  rejection: z.object({
    line: z.number(),
    stage: z.string(),
    field: z.string().nullish(),
    reason: z.string(),
  }),
});

/** The contacts that a run has rejected: those that are kept, and those of which nothing may be. */
export async function* readRejects(folder: Folder, run: Run): AsyncGenerator<RejectedContact> {
  for (const file of await rejectFiles(folder, run.number)) {
    for await (const text of createInterface({ input: createReadStream(file) })) {
      const parsed = kept.safeParse(parse(text));
      if (!parsed.success) continue; // The last line of a run that was killed may be unfinished.
      const { record, rejection, stream } = parsed.data;
      const { line, stage, field = null, reason } = rejection;
      yield {
        stream: record.stream ?? stream ?? "",
        line,
        stage,
        field,
        reason,
        data: record.data,
        contact: undefined,
      };
    }
  }
  for (const { stream, line, stage, field, reason, contact } of run.rejected) {
    yield { stream, line, stage, field, reason, data: undefined, contact };
  }
}

function parse(text: string): unknown {
  try {
    return parseRecordLine(text);
  } catch {
    return undefined;
  }
}
