import type { Counts } from "../runs/events.js";
import { countsOf, type Outcome, type Run } from "../runs/run.js";
import { many } from "./progress.js";
import { printable } from "./terminal.js";

/** A run in one word and its numbers. */
export function runLine(run: Run, outcome: Outcome): string {
  const { read, settled, rejected } = countsOf(run);
  const counts: Counts[] = Object.values(run.ended?.streams ?? {});
  const sum = (name: "delivered" | "kept" | "rejected" | "unsettled") =>
    counts.reduce((total, each) => total + each[name], 0);
  const parts =
    counts.length > 0
      ? [
          `${many(sum("delivered"))} delivered`,
          `${many(sum("kept"))} kept`,
          `${many(sum("rejected"))} rejected`,
          ...(sum("unsettled") > 0 ? [`${many(sum("unsettled"))} unsettled`] : []),
        ]
      : [`${many(settled)} confirmed`, `${many(rejected)} rejected`];
  return `Run ${run.number} ${outcome}: ${many(read)} read, ${parts.join(", ")}${took(run)}`;
}

/** All that is worth knowing of a run, without anybody's data. */
export function runText(run: Run, outcome: Outcome): string {
  const { started, ended, said } = run;
  const lines = [
    runLine(run, outcome),
    `  started ${local(started.at)} ${kindOf(run)}`,
    ...(ended ? [`  ended   ${local(ended.at)}`] : []),
    ...(outcome === "interrupted"
      ? ["  it was killed, or the machine went down: the next sync goes on where the last state stands"]
      : []),
  ];
  for (const [stream, counts] of Object.entries(ended?.streams ?? {})) {
    const { read, delivered, kept, rejected, unsettled, reasons, left_out } = counts;
    lines.push(
      `  ${stream}: ${many(read)} read = ${many(delivered)} delivered + ${many(kept)} kept + ${many(rejected)} rejected + ${many(unsettled)} unsettled`,
      ...listed("    reasons", reasons),
      ...listed("    values left out", left_out),
    );
  }
  if (ended && ended.fields_created.length > 0)
    lines.push(`  fields created: ${ended.fields_created.join(", ")}`);
  if (ended && ended.fields_filtered.length > 0)
    lines.push(`  fields that Iterable does not have: ${ended.fields_filtered.join(", ")}`);
  for (const { by, endpoint, count, failed } of ended?.requests ?? [])
    lines.push(`  requests of the ${by}: ${endpoint} ${many(count)}${withoutSuccess(failed)}`);
  for (const { by, level, message } of said)
    lines.push(`  ${level === "info" ? "" : `${level}, `}${by}: ${message}`);
  if (ended?.explanation)
    lines.push(`  why it failed, says the ${ended.explanation.by}: ${ended.explanation.message}`);
  if (countsOf(run).rejected > 0)
    lines.push(
      `  each rejected contact: flowcode-iterable logs ${run.number} --failed; once the cause is corrected: flowcode-iterable retry-rejected ${run.number}`,
    );
  return lines.map(printable).join("\n");
}

/** What started a run, and how it was to go. */
export function kindOf({ started }: Run): string {
  return [
    started.trigger === "retry"
      ? `to retry the rejected contacts of run ${started.retry_of}`
      : started.trigger,
    ...(started.full ? ["everything again"] : []),
    ...(started.from_state !== undefined ? [`from the state of run ${started.from_state}`] : []),
    ...(started.limit !== undefined ? [`at most ${started.limit}`] : []),
  ].join(", ");
}

/** An instant as the clock on the wall shows it, with its zone. */
export function local(at: string | number): string {
  return new Date(at).toLocaleString("sv-SE", { timeZoneName: "short" });
}

/** Attempts without success, by status. */
function withoutSuccess(failed: Readonly<Record<string, number>>): string {
  const items = Object.entries(failed).map(([how, count]) => `${how} ${many(count)}`);
  return items.length > 0 ? `, of these without success: ${items.join(", ")}` : "";
}

function took({ started, ended }: Run): string {
  if (!ended) return "";
  return `, in ${((Date.parse(ended.at) - Date.parse(started.at)) / 1000).toFixed(1)} s`;
}

function listed(title: string, counts: Readonly<Record<string, number>>): string[] {
  const items = Object.entries(counts).map(([what, count]) => `${what} ${many(count)}`);
  return items.length > 0 ? [`${title}: ${items.join(", ")}`] : [];
}
