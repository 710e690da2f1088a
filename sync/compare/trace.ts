import type { Host } from "../host.js";
import { masked, maskedValue } from "../inquiry/sampled-field.js";
import { readThrough } from "../pipe/read-through.js";
import { parseRecordLine } from "../pipe/record-line.js";
import type { Folder } from "../project/folder.js";
import type { Settings } from "../project/settings.js";
import { layOutWork } from "../project/work.js";
import { readRun, runNumbers } from "../runs/archive.js";
import { readRejects } from "../runs/rejects.js";
import { isSync } from "../runs/run.js";
import { type LookedUp, lookUp } from "./look-up.js";
import { mentions, type Row, rowOn } from "./row.js";

export interface Tracing {
  readonly folder: Folder;
  readonly settings: Settings;
  readonly email: string;
  onProgress(text: string): void;
}

/** A run's answer to a contact. */
export interface Rejection {
  readonly run: number;
  readonly at: string;
  readonly stream: string;
  readonly stage: string;
  readonly field: string | null;
  readonly reason: string;
}

/** One contact from the source to Iterable. */
export interface Trace {
  /** Contacts that Flowcode has in all. */
  readonly read: number;
  /** Those that are, or mention, who is asked for. */
  readonly rows: readonly Row[];
  /** What the mapping makes of them, and what Iterable holds. */
  readonly mapped: readonly LookedUp[];
  /** What Iterable holds of the email itself. */
  readonly held: LookedUp | undefined;
  /** Newest first. */
  readonly rejections: readonly Rejection[];
  /** The first run that succeeded after the newest row was converted, and so has read it. */
  readonly readBy: number | undefined;
}

/** Follows whoever an email names, from every row of the source to the profile in Iterable. */
export async function traceContact(
  { folder, settings, email, onProgress }: Tracing,
  host: Host,
): Promise<Trace> {
  const { node, signal } = host;
  const wanted = email.trim().toLowerCase();
  // As it stands on a line of JSON, which is looked at as text first: few lines have to be parsed.
  const written = JSON.stringify(wanted).slice(1, -1);
  const lines: string[] = [];
  let looked = 0;
  const onRecord = (line: string): void => {
    looked += 1;
    if (looked % 1000 === 0)
      onProgress(`${looked} contacts of Flowcode looked through, ${lines.length} found`);
    if (!line.toLowerCase().includes(written)) return;
    if (mentions(parseRecordLine(line).record.data, wanted)) lines.push(line);
  };
  const work = await layOutWork(folder, settings, { run: 0, state: undefined });
  try {
    onProgress("reading Flowcode's contacts");
    const read = await readThrough({ node, args: work.sourceArgs, onRecord, signal });
    onProgress("asking Iterable");
    const all = await lookUp({ node, args: work.destinationArgs, lines: [...lines, wanted], signal });
    const rows = lines.map((line) => rowOn(line, settings.streams));
    const mapped = all.filter(({ stream }) => stream !== null);
    const hashes = new Set(all.flatMap(({ contact }) => contact ?? []));
    const changes = rows.flatMap(({ changedAt }) => changedAt ?? []);
    return {
      read,
      rows,
      mapped,
      held: all.find(({ stream }) => stream === null),
      ...(await answersOf(folder, wanted, hashes, changes.length > 0 ? Math.max(...changes) : undefined)),
    };
  } finally {
    await work.clear();
  }
}

/** The same without anybody's data: values as their shapes. */
export function maskedTrace(trace: Trace): Trace {
  const { rows, mapped, held } = trace;
  const hide = (found: LookedUp): LookedUp => ({
    ...found,
    identifier: found.identifier && masked(found.identifier),
    steps: found.steps.map((of) =>
      of.map((step) => ({ ...step, found: maskedValue(step.found), sent: maskedValue(step.sent) })),
    ),
    payload: maskedValue(found.payload),
    ...(found.second_payload !== undefined && { second_payload: maskedValue(found.second_payload) }),
    ...(found.events && { events: found.events.map(maskedEvent) }),
    ...(found.unsent && { unsent: found.unsent.map((one) => ({ ...one, found: maskedValue(one.found) })) }),
    fields: found.fields.map((one) => ({ ...one, sent: maskedValue(one.sent), held: maskedValue(one.held) })),
    held: found.held && maskedObject(found.held),
  });
  return {
    ...trace,
    rows: rows.map((row) => ({ ...row, data: maskedObject(row.data), key: "" })),
    mapped: mapped.map(hide),
    held: held && hide(held),
  };
}

/** Whose event it is, and what it carries, is masked; which event it is and when is nobody's secret. */
export function maskedEvent({ email, userId, dataFields, ...event }: Readonly<Record<string, unknown>>) {
  return {
    ...event,
    ...(email !== undefined && { email: maskedValue(email) }),
    ...(userId !== undefined && { userId: maskedValue(userId) }),
    ...(dataFields !== undefined && { dataFields: maskedValue(dataFields) }),
  };
}

const maskedObject = (given: Readonly<Record<string, unknown>>) =>
  maskedValue(given) as Record<string, unknown>;

/** What the runs that are remembered say of somebody. */
async function answersOf(
  folder: Folder,
  wanted: string,
  hashes: ReadonlySet<string>,
  changedAt: number | undefined,
): Promise<Pick<Trace, "rejections" | "readBy">> {
  const rejections: Rejection[] = [];
  let readBy: number | undefined;
  for (const number of (await runNumbers(folder)).reverse()) {
    const run = await readRun(folder, number);
    if (!run) continue;
    const startedAt = Date.parse(run.started.at);
    const hasRead = run.ended?.outcome === "succeeded" && isSync(run.started);
    if (hasRead && run.started.limit === undefined && changedAt !== undefined && startedAt > changedAt)
      readBy = number;
    for await (const { stream, stage, field, reason, data, contact } of readRejects(folder, run)) {
      if (data === undefined ? !hashes.has(contact ?? "") : !mentions(data, wanted)) continue;
      rejections.push({ run: number, at: run.started.at, stream, stage, field, reason });
    }
  }
  return { rejections, readBy };
}
