import type { Plan } from "../inquiry/plan.js";
import type { PlanRow, RowValues, SampledContacts } from "../inquiry/plan-message.js";
import { meaningOf } from "../report/reasons.js";
import { followedIn, followedText } from "../report/tallies.js";
import { harmless } from "./harmless.js";
import { paint } from "./paint.js";
import { reasonTable } from "./run-text.js";
import { type Cell, table } from "./table.js";
import { counted, many } from "./words.js";

const VERDICTS: Readonly<Record<string, string>> = {
  fits: "sent as it is",
  coerced: "changed to fit",
  created: "created in Iterable",
  dropped: "left out",
  cannot_fit: "cannot work",
  looks_like: "left out",
  not_sent: "not sent",
};
const LOSING = new Set(["dropped", "looks_like"]);

/** What will happen to each field, and to the values of the contacts that were looked at, for people. */
export function planText({ rows, problems, contacts = [] }: Plan, columns: number): string {
  const hasValues = rows.some(({ values }) => values !== undefined);
  const streams = new Set(rows.map(({ stream }) => stream));
  const read = new Map(contacts.map(({ stream, read }) => [stream, read]));
  const text = table(
    [
      ...(streams.size > 1 ? ["CONTACTS"] : []),
      "FIELD",
      ...(hasValues ? ["FILLED IN"] : []),
      "ITERABLE FIELD",
      "WHAT HAPPENS",
    ],
    rows.map((row) => [
      ...(streams.size > 1 ? [row.stream] : []),
      row.source ?? "(fixed value)",
      ...(hasValues ? [filledText(row, read.get(row.stream))] : []),
      row.event === undefined ? (row.target ?? "") : `event ${row.event}: ${row.target}`,
      happensText(row),
    ]),
    columns,
  );
  return [
    text,
    ...contacts.flatMap((one) => contactsText(one, columns)),
    ...problems.map((problem) => `${paint("bad", "✗ Cannot work:")} ${harmless(problem)}`),
  ].join("\n");
}

const filledText = ({ values }: PlanRow, read: number | undefined) =>
  values === undefined ? "" : `${many(values.filled)}${read === undefined ? "" : ` of ${many(read)}`}`;

const MERGES = { first: "only where the profile has no value", append: "added to the profile's list" };

/** What happens, with how the values join what is there. */
function happensText(row: PlanRow): Cell {
  const { merge, event, detail, values } = row;
  const hasAll = values !== undefined && values.filled > 0 && values.left_out === 0;
  // What is said of an event's field is said of every value of it.
  const more = merge ? MERGES[merge] : event !== undefined && hasAll ? detail : "";
  const cell = fateText(row);
  if (more === "") return cell;
  return typeof cell === "string" ? `${cell}, ${more}` : { ...cell, text: `${cell.text}; ${more}` };
}

function fateText({ verdict, detail, values, target }: PlanRow): Cell {
  const outlook = [VERDICTS[verdict] ?? verdict, ...(detail === "" ? [] : [detail])].join(": ");
  if (verdict === "cannot_fit") return { text: outlook, tone: "bad" };
  if (values === undefined || target === null || values.filled === 0)
    return LOSING.has(verdict) ? { text: outlook, tone: "warn" } : outlook;
  if (values.left_out === 0) return values.coerced === 0 ? "sent as it is" : coercedText(values, detail);
  const losses = values.reasons.map(({ reason, count, shape, remedy }) =>
    [
      `${many(count)} of ${many(values.filled)} left out, such as ${shape}`,
      remedy ?? meaningOf(reason).means.replace(/\.$/, ""),
    ].join(": "),
  );
  return {
    text: [...losses, ...(values.sent + values.coerced > 0 ? ["the others are sent"] : [])].join("; "),
    tone: "warn",
  };
}

function coercedText({ coerced, filled }: RowValues, detail: string): string {
  const some = coerced === filled ? "" : `${many(coerced)} of ${many(filled)} `;
  return `${some}changed to fit${detail === "" ? "" : ` (${detail})`}`;
}

function contactsText(
  { read, sent, kept, rejected, reasons, lists, events }: SampledContacts,
  columns: number,
): string[] {
  if (read === 0) return ["No contacts to look at."];
  const followed = followedIn([{ lists, events }]);
  const rows = (kind: "kept" | "rejected") =>
    reasons
      .filter((one) => one.kind === kind)
      .map(({ field, reason, count }) => ({ field: field ?? "", reason, count }));
  return [
    `Of ${counted(read, "contact")}: ${many(sent)} sent + ${many(kept)} kept + ${many(rejected)} rejected.`,
    ...(followed.length === 0
      ? []
      : [
          `  Lists and events of those sent: ${followed.map((one) => harmless(followedText(one))).join("; ")}`,
        ]),
    ...reasonTable("Rejected contacts", "CONTACTS", rows("rejected"), columns),
    ...reasonTable("Kept contacts, left as they are on purpose", "CONTACTS", rows("kept"), columns),
  ];
}
