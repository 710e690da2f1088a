import { HttpStatusError } from "../../http/errors.js";
import { InvalidLine, readLines } from "../../protocol/lines.js";
import { type Exports, isTransient, type StartedExport, type WantedExport } from "../iterable/exports.js";
import type { ExportedFile, ExportPage } from "../iterable/exports-answers.js";

/** Iterable names ten files in an answer (API reference of export/{jobId}/files). */
const FILES_PER_PAGE = 10;
/** How often a file is asked for before its job counts as failed. */
const FILE_ATTEMPTS = 5;
/** The pauses between questions whether there is more: others share the limit of one a second. */
const FIRST_POLL_MS = 1_000;
const LONGEST_POLL_MS = 10_000;
const POLL_GROWTH = 1.5;
/** A profile of mapped fields alone; nobody's is a hundredth as long. */
const MAX_ROW_BYTES = 8 * 1024 * 1024;

/** The job came to nothing, and another may come to something. */
export class JobFailed extends Error {}

export interface ExportJobOptions {
  readonly exports: Exports;
  readonly wanted: WantedExport;
  /** Takes one line of a file. A line may come again. Throws SyntaxError where it is none. */
  readonly onLine: (line: string) => void;
  /** Told whether the job waits in Iterable's queue, each time that this was asked. */
  readonly onPoll: (page: Pick<ExportPage, "state">) => void;
  /** Without anything new for so long, the job counts as failed. */
  readonly patienceMs: number;
  readonly now: () => number;
  /** Rejects where the run is to stop. */
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * Starts an export and reads all of its files, each as soon as it is there. Resolves with when the job was started.
 * Throws JobFailed where it failed, was cancelled or cut short, or stands still; and whatever Exports throws.
 */
export async function runExportJob(options: ExportJobOptions): Promise<StartedExport> {
  const { exports, now } = options;
  const started = await exports.start(options.wanted);
  try {
    await readJob(started.job, options);
    return started;
  } catch (error) {
    if (!(error instanceof JobEnded)) await exports.cancel(started.job);
    throw error;
  }

  async function readJob(job: string, { onPoll, patienceMs, sleep }: ExportJobOptions): Promise<void> {
    const read = new Set<string>();
    let listed = new Set<string>();
    let after: string | undefined;
    let wasComplete = false;
    let poll = FIRST_POLL_MS;
    let newestAt = now();
    for (;;) {
      const page = await exports.page(job, after);
      onPoll(page);
      failIfOver(page);
      if (after === undefined) {
        listed = new Set();
        wasComplete = page.state === "completed";
      }
      const repeats = page.files.length > 0 && page.files.every(({ name }) => listed.has(name));
      if (repeats && page.files.length >= FILES_PER_PAGE) throw new JobFailed("its pages repeat themselves");
      for (const file of page.files) {
        listed.add(file.name);
        if (read.has(file.name)) continue;
        await readFile(file, job, after, options);
        read.add(file.name);
        newestAt = now();
        poll = FIRST_POLL_MS;
      }
      const last = page.files.at(-1);
      if (last && !repeats) after = last.name;
      else if (page.state === "completed" && wasComplete) return;
      // What came while it ran may stand before what has been listed: all is listed once more.
      else if (page.state === "completed") after = undefined;
      else {
        if (now() - newestAt > patienceMs) throw new JobFailed(`it stood still (${page.state})`);
        await sleep(poll);
        poll = Math.min(poll * POLL_GROWTH, LONGEST_POLL_MS);
      }
    }
  }
}

/** A job that has ended by itself, so that there is nothing to cancel. */
class JobEnded extends JobFailed {}

function failIfOver({ state, isTruncated }: ExportPage): void {
  if (state === "failed" || state === "cancelled") throw new JobEnded(`Iterable has ${state} it`);
  if (state === "completed" && isTruncated) throw new JobEnded("Iterable has cut it short");
}

/** Reads a file, asking for its address again where it has expired. */
async function readFile(
  listed: ExportedFile,
  job: string,
  after: string | undefined,
  { exports, onLine, sleep }: ExportJobOptions,
): Promise<void> {
  let { url } = listed;
  for (let attempt = 1; ; attempt += 1) {
    try {
      for await (const lines of readLines(await exports.file(url), MAX_ROW_BYTES)) {
        for (const { text } of lines) onLine(text);
      }
      return;
    } catch (error) {
      const isExpired = error instanceof HttpStatusError && (error.status === 403 || error.status === 404);
      const isDamaged = error instanceof SyntaxError || error instanceof InvalidLine;
      if (!isExpired && !isDamaged && !isTransient(error)) throw error;
      if (attempt >= FILE_ATTEMPTS) throw new JobFailed("one of its files cannot be read");
      if (attempt > 1) await sleep(FIRST_POLL_MS * 2 ** (attempt - 2));
      if (!isExpired) continue;
      const again = await exports.page(job, after);
      url = again.files.find(({ name }) => name === listed.name)?.url ?? url;
    }
  }
}
