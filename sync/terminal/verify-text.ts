import { isWrong, type Judgement } from "../compare/judgement.js";
import type { Reconciliation } from "../compare/reconciliation.js";
import type { Verification, Verified } from "../compare/verification.js";
import type { Outcome, Run } from "../runs/run.js";
import { many } from "./progress.js";
import { local } from "./run-text.js";
import { printable } from "./terminal.js";

const WORDS: Readonly<Record<Judgement, string>> = {
  agrees: "agree",
  left_alone: "hold other values, which the overwrite mode leaves alone",
  kept: "are not to be written, by the mapping",
  rejected: "were rejected",
  changed_in_flowcode: "were converted again since the run",
  changed_in_iterable: "have a profile that was changed since the run",
  differs: "DIFFER",
  absent: "ARE NOT THERE",
};

/** What was verified, for people. Without `showsData`, a contact is its hash and the names of fields. */
export function verifyText(
  run: Run,
  outcome: Outcome,
  verification: Verification,
  counts: Reconciliation,
  showsData: boolean,
): string {
  const { again, since, contacts } = verification;
  const { read, delivered, kept, rejected, unsettled, problems, remarks, judgements } = counts;
  const shown = contacts.filter(({ judgement }) => isWrong(judgement) || judgement.startsWith("changed"));
  return [
    `Run ${run.number}, ${outcome}, of ${local(run.started.at)}`,
    `  counts: ${many(read)} read = ${many(delivered)} delivered + ${many(kept)} kept + ${many(rejected)} rejected + ${many(unsettled)} unsettled`,
    `  Flowcode now: ${many(again)} contacts of that time, ${many(since)} converted since`,
    `  Iterable now: of ${many(contacts.length)} contacts that were compared`,
    ...Object.entries(judgements).map(
      ([judgement, count]) => `    ${many(count)} ${WORDS[judgement as Judgement]}`,
    ),
    ...shown.flatMap((one) => contactLines(one, showsData)),
    ...remarks.map((remark) => `  note: ${remark}`),
    ...problems.map((problem) => `  NOT RIGHT: ${problem}`),
    problems.length > 0
      ? "Not all agrees."
      : contacts.length === 0
        ? "There is nothing to compare."
        : "All agrees.",
  ]
    .map(printable)
    .join("\n");
}

function contactLines({ judgement, found }: Verified, showsData: boolean): string[] {
  const { stream, contact, identifier, fields } = found;
  const name = showsData && identifier !== null ? identifier : `contact ${contact ?? "unknown"}`;
  const differing = fields.filter(({ verdict }) => verdict === "differs" || verdict === "missing");
  if (found.verdict === "absent" || !showsData) {
    const names = differing.map(({ field, verdict }) => `${field} ${verdict}`).join(", ");
    return [`  ${stream}, ${name}: ${judgement}${found.verdict === "absent" ? "" : `: ${names}`}`];
  }
  return [
    `  ${stream}, ${name}: ${judgement}`,
    ...differing.map(
      ({ field, sent, held }) => `    ${field}: sent ${JSON.stringify(sent)}, held ${JSON.stringify(held)}`,
    ),
  ];
}
