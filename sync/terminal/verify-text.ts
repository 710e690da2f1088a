import { isWrong, type Judgement } from "../compare/judgement.js";
import type { Reconciliation } from "../compare/reconciliation.js";
import type { Verification, Verified } from "../compare/verification.js";
import { reasonText } from "../report/reasons.js";
import type { Verdict } from "../report/verdict.js";
import type { Run } from "../runs/run.js";
import { harmless } from "./harmless.js";
import { paint } from "./paint.js";
import { counted, local, many } from "./words.js";

/** What follows the number of contacts; where it differs, for one and for several. */
const WORDS: Readonly<Record<Judgement, readonly [one: string, more: string]>> = {
  agrees: ["agrees", "agree"],
  left_alone: [
    "holds other values, which the settings leave alone",
    "hold other values, which the settings leave alone",
  ],
  kept: ["is not written, by the mapping", "are not written, by the mapping"],
  rejected: ["was rejected", "were rejected"],
  unreadable: ["cannot be read in Iterable", "cannot be read in Iterable"],
  changed_in_flowcode: ["converted again since the run", "converted again since the run"],
  changed_in_iterable: [
    "has a profile that was changed since the run",
    "have a profile that was changed since the run",
  ],
  differs: ["differs", "differ"],
  absent: ["is missing in Iterable", "are missing in Iterable"],
};

/** What was verified, for people. Without `showsData`, a contact is its hash and the names of fields. */
export function verifyText(
  run: Run,
  { word, tone }: Verdict,
  verification: Verification,
  counts: Reconciliation,
  showsData: boolean,
): string {
  const { again, since, contacts } = verification;
  const { read, delivered, kept, rejected, unsettled, problems, remarks, judgements, lists, events } = counts;
  const shown = contacts.filter(({ judgement }) => isWrong(judgement) || judgement.startsWith("changed"));
  const lines = [
    `${paint(tone, `Run ${run.number} ${word}`)}, ${local(run.started.at)}`,
    `  Counts: ${many(read)} read = ${many(delivered)} delivered + ${many(kept)} kept + ${many(rejected)} rejected + ${many(unsettled)} unsettled`,
    `  Flowcode now: ${counted(again, "contact")} of that time, ${many(since)} converted since`,
    `  Iterable now, ${counted(contacts.length, "contact")} compared:`,
    ...Object.entries(judgements).map(([judgement, count]) => {
      const [one, more] = WORDS[judgement as Judgement];
      return `    ${many(count)} ${count === 1 ? one : more}`;
    }),
    ...shown.flatMap((one) => contactLines(one, showsData)),
    ...lists.map(
      ({ id, expected, on }) => `  List ${id}: ${many(on)} of ${counted(expected, "compared contact")} on it`,
    ),
    ...events.map(
      ({ name, sent, rejected }) =>
        `  Event ${harmless(name)}: ${many(sent)} taken by Iterable in this run${rejected === 0 ? "" : `, ${many(rejected)} not`}; events are not read back`,
    ),
    ...remarks.map((remark) => `  Note: ${harmless(remark)}`),
    ...problems.map((problem) => `  ${paint("bad", "Wrong:")} ${harmless(problem)}`),
  ];
  if (problems.length > 0) lines.push(paint("bad", "✗ Not everything agrees."));
  else if (contacts.length === 0) lines.push("There is nothing to compare.");
  else lines.push(paint("good", "✓ Everything agrees."));
  return lines.join("\n");
}

function contactLines({ judgement, found }: Verified, showsData: boolean): string[] {
  const { stream, contact, identifier, fields, reason } = found;
  const name = showsData && identifier !== null ? identifier : `contact ${contact ?? "unknown"}`;
  const differing = fields.filter(({ verdict }) => verdict === "differs" || verdict === "missing");
  const [is] = WORDS[judgement];
  const why = reason === null ? "" : ` (${reasonText(reason)})`;
  const subject = harmless(`${stream}, ${name}: ${is}${why}`);
  if (found.verdict === "absent" || differing.length === 0) return [`  ${subject}`];
  if (!showsData) {
    const names = differing.map(({ field, verdict }) => `${field} ${verdict}`).join(", ");
    return [`  ${subject}: ${harmless(names)}`];
  }
  return [
    `  ${subject}`,
    ...differing.map(
      ({ field, sent, held }) =>
        `    ${harmless(`${field}: sent ${JSON.stringify(sent)}, held ${JSON.stringify(held)}`)}`,
    ),
  ];
}
