import { isJsonObject, type JsonObject } from "../../protocol/message.js";

/** How a job of an export stands. What nobody has heard of counts as running. */
export type JobState = "enqueued" | "running" | "completed" | "failed" | "cancelled";

export interface ExportPage {
  readonly state: JobState;
  /** Whether the export ended before all profiles were in it (100 GB, API reference). */
  readonly isTruncated: boolean;
  readonly files: readonly ExportedFile[];
}

export interface ExportedFile {
  readonly name: string;
  readonly url: string;
}

/** On the wire in lower case (a comment of Iterable's own client), in the reference with a capital. */
const STATES: Readonly<Record<string, JobState>> = {
  enqueued: "enqueued",
  queued: "enqueued",
  running: "running",
  completed: "completed",
  failed: "failed",
  cancelling: "cancelled",
  cancelled: "cancelled",
  canceled: "cancelled",
};

/** Reads an answer of export/{id}/files; undefined where it is none. */
export function readPage(body: JsonObject): ExportPage | undefined {
  const { jobState, exportTruncated, files } = body;
  if (typeof jobState !== "string" || !Array.isArray(files)) return undefined;
  const read = files.flatMap((entry): ExportedFile[] =>
    isJsonObject(entry) && typeof entry.file === "string" && typeof entry.url === "string"
      ? [{ name: entry.file, url: entry.url }]
      : [],
  );
  // A file that cannot be fetched would be profiles that seem not to exist.
  if (read.length !== files.length) return undefined;
  return {
    state: STATES[jobState.toLowerCase()] ?? "running",
    isTruncated: exportTruncated === true,
    files: read,
  };
}
