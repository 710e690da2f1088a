import type { PlanRow } from "./plan.js";
import { joined, type PlanVerdict } from "./verdict.js";

const WORDS: Readonly<Record<PlanVerdict, string>> = {
  fits: "fits",
  coerced: "coerced",
  created: "would be created",
  dropped: "would be dropped by Iterable",
  cannot_fit: "CANNOT FIT",
  looks_like: "looks like another field",
  not_sent: "not sent",
};

const TITLES = ["FROM", "TYPE", "ITERABLE FIELD", "TYPE", "VERDICT"];

/** The rows of one stream as a table, wide as it comes: terminals wrap, and pagers need not. */
export function tableOf(rows: readonly PlanRow[]): string {
  const lines = [
    TITLES,
    ...rows.map((row) => [
      row.source ?? "",
      row.source_type,
      targetOf(row),
      row.target_type ?? "",
      [WORDS[row.verdict], ...[joined(row.detail, mergeText(row))].filter((text) => text !== "")].join(": "),
    ]),
  ].map((cells) => cells.map(printable));
  const widths = TITLES.map((_, column) => Math.max(...lines.map((cells) => (cells[column] ?? "").length)));
  return lines
    .map((cells) => `  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd())
    .join("\n");
}

/** A field of an event is told from one of the profile. */
export const targetOf = ({ target, event }: PlanRow) =>
  event === undefined ? (target ?? "") : `event ${event}: ${target}`;

const MERGES = {
  first: "written only where the profile has no value",
  append: "added to the profile's list",
};
const mergeText = ({ merge }: PlanRow) => (merge === undefined ? "" : MERGES[merge]);

/** Names come from forms and may hold what a terminal would obey. */
export const printable = (text: string) => text.replace(/\p{Cc}/gu, " ");
