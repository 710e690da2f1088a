import { randomBytes } from "node:crypto";
import type { Answer, Request } from "../../http/exchange.js";
import { isObject } from "../../json.js";
import { refused } from "../answers.js";
import { isDate, readDate } from "../field-types.js";
import type { Project } from "../project.js";
import type { IterableSwitches } from "../switches.js";
import { createJobs, type Job } from "./jobs.js";
import { type Snapshot, writeRow } from "./rows.js";

/** Files that one answer names (API reference). */
const FILES_PER_PAGE = 10;
const FIRST_FILE = 1_679_086_247_925;

/** Export jobs of a project's profiles. `host`: where the files are, which is no host of the API. */
export function createExports(
  project: Project,
  switches: IterableSwitches,
  now: () => number,
  host: () => string,
) {
  const times = new Map<Job, { readonly from: number; readonly to: number }>();
  const signatures = new Map<string, number>();

  const snapshot = (job: Job): Snapshot[] => {
    if (job.dataType !== "user") return [];
    const { from, to } = times.get(job) as { from: number; to: number };
    const found: Snapshot[] = [];
    for (const key of project.users.keys()) {
      const updatedAt = project.updatedAt(key) as number;
      const user = project.visible(key, now());
      const isSettled = updatedAt <= now() - switches.exportLagMs;
      if (user && isSettled && updatedAt >= from && updatedAt < to) found.push({ user, updatedAt });
    }
    return found;
  };
  const { jobs, add, cancel, advance } = createJobs(switches, now, snapshot);

  /** How many files are whole; the last one is when the job has ended. */
  const fileCount = ({ done, state }: Job): number =>
    state === "completed"
      ? Math.ceil(done / switches.exportRowsPerFile)
      : Math.floor(done / switches.exportRowsPerFile);
  const fileName = (index: number) => `file-${FIRST_FILE + index}.json`;
  const state = (job: Job) =>
    switches.exportStates === "lower" ? job.state : `${job.state[0]?.toUpperCase()}${job.state.slice(1)}`;
  const find = (path: string): Job | undefined => jobs.get(Number(path.split("/")[3]));
  const notFound = (path: string) => refused(404, "NotFound", `Export job ${path.split("/")[3]} not found`);

  const refusal = (): Answer | undefined => {
    const status = switches.exportsRefused;
    if (status === null) return undefined;
    return status === 401
      ? refused(401, "BadApiKey", "Disabled API key or insufficient privileges", { ip: "192.0.2.1" })
      : refused(403, "Forbidden", "Exports are not enabled for this project");
  };

  return {
    jobs,
    start({ body }: Request): Answer {
      const asked = isObject(body) ? body : {};
      const { startDateTime, endDateTime } = asked;
      for (const time of [startDateTime, endDateTime]) {
        if (time !== undefined && !isDate(String(time)))
          return refused(400, "BadParams", `Invalid date: ${time}`);
      }
      if (asked.outputFormat !== "application/x-json-stream")
        return refused(400, "BadParams", "This stand-in only exports JSON");
      const split = (value: unknown) => (value === undefined ? undefined : String(value).split(","));
      const selection = { onlyFields: split(asked.onlyFields), omitFields: split(asked.omitFields) ?? [] };
      const job = add(String(asked.dataTypeName), selection, jobs.size);
      times.set(job, {
        from: startDateTime === undefined ? Number.NEGATIVE_INFINITY : readDate(String(startDateTime)),
        to: endDateTime === undefined ? Number.POSITIVE_INFINITY : readDate(String(endDateTime)),
      });
      return refusal() ?? { status: 202, body: { jobId: job.id } };
    },
    files({ path, query }: Request): Answer {
      advance();
      const job = find(path);
      if (!job) return notFound(path);
      const after = query.get("startAfter") ?? "";
      const names = Array.from({ length: fileCount(job) }, (_, index) => fileName(index));
      const files = names
        .filter((file) => file > after)
        .slice(0, FILES_PER_PAGE)
        .map((file) => {
          const signature = randomBytes(8).toString("hex");
          signatures.set(signature, now() + switches.exportUrlSeconds * 1000);
          return { file, url: `${host()}/exports/${job.id}/${file}?signature=${signature}` };
        });
      const exportTruncated = job.outcome === "truncated" && job.state === "completed";
      const body = { exportTruncated, files, jobId: job.id, jobState: state(job) };
      return refusal() ?? { status: 200, body };
    },
    list({ query }: Request): Answer {
      advance();
      const wanted = query.get("jobState")?.toLowerCase();
      const isObjects = switches.exportJobsForm === "object";
      const list = [...jobs.values()]
        .filter((job) => wanted === undefined || job.state === wanted)
        .map((job) => ({
          id: job.id,
          jobState: isObjects ? { final: job.endedAt !== undefined } : state(job),
          dataTypeName: isObjects ? { send: false, updatable: true } : job.dataType,
          scheduledStartTime: new Date(job.scheduledAt).toISOString(),
          ...(job.endedAt !== undefined && { endTime: new Date(job.endedAt).toISOString() }),
          bytesExported: job.done * 100,
        }));
      return refusal() ?? { status: 200, body: { jobs: list } };
    },
    cancel({ path }: Request): Answer {
      advance();
      const job = find(path);
      if (!job) return notFound(path);
      cancel(job);
      return { status: 200, body: { msg: "", code: "Success", params: null } };
    },
    /** The content of a file, for whoever has an address that still lives. */
    file({ path, query }: Request): Answer {
      const headers = { "content-type": "application/xml" };
      const denied = (message: string): Answer => ({
        status: 403,
        headers,
        body: `<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>${message}</Message></Error>`,
      });
      const until = signatures.get(query.get("signature") ?? "");
      if (until === undefined) return denied("Access Denied");
      if (now() >= until) return denied("Request has expired");
      const [, , id, file] = path.split("/");
      const job = jobs.get(Number(id));
      const index = Number(/^file-(\d+)/.exec(file ?? "")?.[1]) - FIRST_FILE;
      if (!job || !(index >= 0 && index < fileCount(job))) return { status: 404, headers, body: "" };
      const first = index * switches.exportRowsPerFile;
      const rows = job.profiles
        .slice(first, Math.min(job.done, first + switches.exportRowsPerFile))
        .map((profile, row) => writeRow(profile, first + row, job.selection, project, switches));
      return {
        status: 200,
        headers: { "content-type": "binary/octet-stream" },
        body: rows.map((row) => `${row}\n`).join(""),
      };
    },
  };
}
