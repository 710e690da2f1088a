import { adviceOn } from "../report/advice.js";
import { meaningOf } from "../report/reasons.js";
import { stayingText } from "../report/staying.js";
import {
  followedBy,
  followedText,
  keptBy,
  leftOutBy,
  rejectedBy,
  type Tallied,
  totalsOf,
} from "../report/tallies.js";
import { hasMendedNothing, type Verdict } from "../report/verdict.js";
import { countsOf, type Run } from "../runs/run.js";
import { harmless } from "./harmless.js";
import { paint } from "./paint.js";
import { table } from "./table.js";
import { ago, counted, lasting, listed, local, many } from "./words.js";

/** Where and when a run is shown. */
export interface Showing {
  readonly now: number;
  readonly columns: number;
}

/** So many reasons of a kind are shown. */
const MOST_REASONS = 20;

/** A run in one line: how it ended, and its numbers. */
export function runLine(run: Run, { word, tone, sign }: Verdict): string {
  const { read, settled, rejected } = countsOf(run);
  const totals = totalsOf(run);
  const counts = totals
    ? [
        `${many(totals.delivered)} delivered`,
        `${many(totals.kept)} kept`,
        `${many(totals.rejected)} rejected`,
        ...(totals.unsettled > 0 ? [`${many(totals.unsettled)} unsettled`] : []),
      ].join(" + ")
    : `${many(settled)} delivered or kept + ${many(rejected)} rejected so far`;
  const sum = totals ? `${many(totals.read)} read = ${counts}` : `${many(read)} read, ${counts}`;
  return `${paint(tone, `${sign} Run ${run.number} ${word}`)}: ${sum}${took(run)}`;
}

/** How a run ended, and whatever somebody has to know or do about it. */
export function outcomeText(run: Run, verdict: Verdict, showing: Showing): string {
  return [
    runLine(run, verdict),
    ...whyLines(run),
    ...followedLines(run),
    ...lossLines(verdict),
    ...reasonLines(run, showing.columns),
    ...adviceLines(run, verdict),
  ].join("\n");
}

/** All that is worth knowing of a run, without anybody's data. */
export function runText(run: Run, verdict: Verdict, showing: Showing): string {
  const { started, ended, said } = run;
  const streams = Object.entries(ended?.streams ?? {});
  return [
    runLine(run, verdict),
    `  started ${local(started.at)} (${ago(started.at, showing.now)}), ${kindOf(run)}`,
    ...(ended ? [`  ended   ${local(ended.at)} (${ago(ended.at, showing.now)})`] : []),
    ...whyLines(run),
    ...followedLines(run),
    ...lossLines(verdict),
    ...(streams.length > 1
      ? streams.map(([stream, counts]) => `  ${harmless(stream)}: ${sumText(counts)}`)
      : []),
    ...reasonLines(run, showing.columns),
    ...(ended && ended.fields_created.length > 0
      ? [`  Fields created in Iterable: ${listed(ended.fields_created.map(harmless))}`]
      : []),
    ...(ended && ended.fields_filtered.length > 0
      ? [`  Fields that Iterable does not have: ${listed(ended.fields_filtered.map(harmless))}`]
      : []),
    ...(ended?.requests ?? []).map(
      ({ by, endpoint, count, failed }) =>
        `  ${counted(count, "request")} by the ${by}: ${harmless(endpoint)}${withoutSuccess(failed)}`,
    ),
    ...said.map(({ by, level, message }) => saidLine(by, level, message)),
    ...adviceLines(run, verdict),
  ].join("\n");
}

function saidLine(by: string, level: string, message: string): string {
  const text = `  ${level === "info" ? "" : `${level}, `}${by}: ${harmless(message)}`;
  return level === "info" ? paint("soft", text) : paint("warn", text);
}

function sumText(counts: NonNullable<ReturnType<typeof totalsOf>>): string {
  const { read, delivered, kept, rejected, unsettled } = counts;
  return `${many(read)} read = ${many(delivered)} delivered + ${many(kept)} kept + ${many(rejected)} rejected + ${many(unsettled)} unsettled`;
}

function whyLines(run: Run): string[] {
  const { explanation } = run.ended ?? {};
  return [
    ...(explanation
      ? [`  ${paint("bad", "Failed:")} ${harmless(explanation.message)}${reporter(explanation.by)}`]
      : []),
    ...(hasMendedNothing(run)
      ? ["  The retry mended nothing: the contacts are rejected for the same reasons as before."]
      : []),
  ];
}

const reporter = (by: string) => (by === "runner" ? "" : ` (reported by the ${by})`);

/** What followed from the contacts, lists and events; of an undo, which of them stay. */
function followedLines(run: Run): string[] {
  const stays = stayingText(run.ended?.stays ?? [], run.started.undo_of ?? 0);
  if (stays !== undefined) return [`  ${harmless(stays)}`];
  const followed = followedBy(run);
  if (followed.length === 0) return [];
  const rows = followed.map(({ rejected, ...one }) => {
    const text = harmless(followedText({ ...one, rejected }));
    return rejected === 0 ? text : paint("warn", text);
  });
  return [`  Lists and events: ${rows.join("; ")}`];
}

function lossLines({ losses }: Verdict): string[] {
  return losses.map(
    ({ field, left_out, of }) =>
      `  ${paint("warn", `${harmless(field)} lost most of its values`)}: ${many(left_out)} of ${many(of)} left out`,
  );
}

function reasonLines(run: Run, columns: number): string[] {
  return [
    ...reasonTable("Rejected contacts", "CONTACTS", rejectedBy(run), columns),
    ...reasonTable("Values left out of delivered contacts", "VALUES", leftOutBy(run), columns),
    ...reasonTable("Kept contacts, left as they are on purpose", "CONTACTS", keptBy(run), columns),
  ];
}

/** Reasons in words under a title, with what to do about them. */
export function reasonTable(
  title: string,
  unit: string,
  rows: readonly Tallied[],
  columns: number,
): string[] {
  if (rows.length === 0) return [];
  const shown = rows.slice(0, MOST_REASONS).map(({ field, reason, count }) => {
    const { means, remedy } = meaningOf(reason);
    return [many(count).padStart(unit.length), field, means, remedy];
  });
  const isTold = (column: number) => shown.some((cells) => cells[column] !== "");
  const kept = [0, 1, 2, 3].filter((column) => column === 0 || isTold(column));
  const titles = [unit, "FIELD", "WHY", "WHAT TO DO"];
  const text = table(
    kept.map((column) => titles[column] as string),
    shown.map((cells) => kept.map((column) => cells[column] as string)),
    columns - 2,
  );
  const rest = rows.length - shown.length;
  return [
    `  ${title}:`,
    ...text.split("\n").map((line) => `  ${line}`),
    ...(rest > 0 ? [`  … and ${counted(rest, "more reason")}`] : []),
  ];
}

function adviceLines(run: Run, { outcome }: Verdict): string[] {
  return adviceOn(run, outcome).flatMap(({ text, command, isRoutine }) =>
    isRoutine ? [] : [`  ${text}`, ...(command === undefined ? [] : [`    ${command}`])],
  );
}

/** What started a run, and how it was to go. */
export function kindOf({ started }: Run): string {
  const how = {
    "by hand": "by hand",
    schedule: "by the schedule",
    retry: `retrying the rejected contacts of run ${started.retry_of}`,
    undo: `undoing run ${started.undo_of}`,
    contact: "sending one contact",
  };
  return [
    how[started.trigger],
    ...(started.full ? ["everything again"] : []),
    ...(started.from_state !== undefined ? [`from the state of run ${started.from_state}`] : []),
    ...(started.limit !== undefined ? [`at most ${counted(started.limit, "contact")}`] : []),
  ].join(", ");
}

/** Attempts without success, by status. */
function withoutSuccess(failed: Readonly<Record<string, number>>): string {
  const items = Object.entries(failed).map(([how, count]) => `${harmless(how)} ${many(count)}`);
  return items.length > 0 ? `; without success: ${items.join(", ")}` : "";
}

function took({ started, ended }: Run): string {
  return ended ? `, in ${lasting(Math.max(0, Date.parse(ended.at) - Date.parse(started.at)))}` : "";
}
