import { type Sent, WAIT_MS } from "../compare/test-contact.js";
import { reasonText } from "../report/reasons.js";
import { followedBy, leftOutBy, totalsOf } from "../report/tallies.js";
import type { Run } from "../runs/run.js";
import { harmless } from "./harmless.js";
import { paint } from "./paint.js";
import { reasonTable, type Showing } from "./run-text.js";
import { heldLines } from "./trace-text.js";
import { ago, counted, local } from "./words.js";

const good = (text: string) => `${paint("good", "✓")} ${text}`;
const bad = (text: string) => `${paint("bad", "✗")} ${text}`;

/** What became of one contact that was sent alone, step by step, and both sides. It shows the data of that person. */
export function sentText(email: string, { rows, run, found }: Sent, { now, columns }: Showing): string {
  const who = harmless(email);
  if (rows.length === 0)
    return [
      bad(`Flowcode has no contact ${who}, ${WAIT_MS / 1000} s after asking.`),
      "  Check that the form belongs to this workspace, and that the email is typed as in the form.",
      "    flowcode-iterable check",
    ].join("\n");
  const times = rows.flatMap(({ changedAt }) => changedAt ?? []);
  const latest = times.length === 0 ? "" : `: ${local(Math.max(...times))} (${ago(Math.max(...times), now)})`;
  const lines = [good(`In Flowcode, ${counted(rows.length, "conversion")}${latest}`)];
  if (run?.ended?.outcome !== "succeeded") {
    const why = run?.ended?.explanation?.message ?? "the run was stopped";
    return [...lines, bad(`Not sent: ${harmless(why)}`)].join("\n");
  }
  const totals = totalsOf(run);
  const leftOut = leftOutBy(run);
  if (found?.verdict === "rejected" || (totals?.rejected ?? 0) > 0) {
    const [why] =
      (run.ended.streams && Object.values(run.ended.streams).flatMap(({ reasons }) => reasons)) ?? [];
    const reason = found?.reason ?? why?.reason ?? "invalid_data";
    return [...lines, bad(`Rejected: ${reasonText(reason)}`), ...followedLines(run)].join("\n");
  }
  if (found?.verdict === "kept" || ((totals?.kept ?? 0) > 0 && found?.verdict !== "left_alone"))
    return [
      ...lines,
      bad(`Kept out of Iterable: ${reasonText(found?.reason ?? "exists")}`),
      ...followedLines(run),
    ].join("\n");
  const lost = leftOut.reduce((sum, { count }) => sum + count, 0);
  lines.push(good(lost === 0 ? "Mapped, nothing left out" : `Mapped, ${counted(lost, "value")} left out`));
  lines.push(...reasonTable("Values left out", "VALUES", leftOut, columns));
  lines.push(good(`Sent by run ${run.number}. The next sync is not affected.`), ...followedLines(run));
  const isThere = found?.verdict === "agrees" || found?.verdict === "left_alone";
  lines.push(isThere ? good("Iterable holds it:") : bad("Iterable does not show what was sent yet:"));
  return [...lines, ...(found ? heldLines(found, columns - 2).map((line) => `  ${line}`) : [])].join("\n");
}

/** The lists that it was put on, and the events that were sent. */
function followedLines(run: Run): string[] {
  return followedBy(run).flatMap(({ kind, name, sent, rejected }) => {
    const what = kind === "list" ? `list ${name}` : `the event "${harmless(name)}"`;
    return [
      ...(sent > 0 ? [good(kind === "list" ? `Put on ${what}.` : `Sent ${what}.`)] : []),
      ...(rejected > 0 ? [bad(kind === "list" ? `Not taken onto ${what}.` : `Not sent: ${what}.`)] : []),
    ];
  });
}
