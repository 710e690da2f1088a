import { describeFollowUps } from "../accounting/follow-up-counts.js";
import type { PlanRow } from "./plan.js";
import type { RowValues } from "./row-tally.js";
import type { SampledContacts } from "./sample.js";
import { printable, targetOf } from "./table.js";

/** What becomes of a sample, as lines for people: a field that loses values with each reason, and the contacts. */
export function sampleText(
  rows: readonly PlanRow[],
  values: ReadonlyMap<PlanRow, RowValues>,
  contacts: SampledContacts | undefined,
): string[] {
  if (!contacts) return [];
  const { read, sent, kept, rejected, reasons } = contacts;
  const followed = describeFollowUps(contacts);
  const listed = reasons.map(({ field, reason, count }) => `${field ? `${field} ` : ""}${reason} ${count}`);
  return [
    "",
    `  Of ${read} records: ${sent} sent, ${kept} kept, ${rejected} rejected${listed.length > 0 ? ` (${listed.join(", ")})` : ""}`,
    ...(followed === "" ? [] : [`  Of those sent: ${followed}`]),
    ...rows.flatMap((row) => rowText(row, values.get(row))),
  ].map(printable);
}

function rowText(row: PlanRow, values: RowValues | undefined): string[] {
  const { source } = row;
  if (!values || row.target === null) return [];
  const { filled, sent, coerced, left_out: leftOut, reasons } = values;
  const counts = `${filled} filled in, ${sent} sent as they are, ${coerced} changed, ${leftOut} left out`;
  return [
    `  ${source ?? "constant"} -> ${targetOf(row)}: ${counts}`,
    ...reasons.map(
      ({ reason, count, shape, remedy }) =>
        `    ${count} of ${filled}: ${reason}, like ${shape}${remedy === null ? "" : `; ${remedy}`}`,
    ),
  ];
}
