import { get } from "../api.js";
import type { RunRow } from "../wire-runs.js";

const COLUMNS = [
  "run",
  "started",
  "ended",
  "by",
  "outcome",
  "read",
  "delivered",
  "kept",
  "rejected",
  "unsettled",
  "side",
  "why",
] as const;

/** Saves the list of all runs as a table for spreadsheets. It holds nothing of a contact. */
export async function exportRuns(name: string): Promise<void> {
  const rows: RunRow[] = [];
  for (let more = true; more; ) {
    const before = rows.at(-1)?.run;
    const page = await get<{ runs: RunRow[]; more: boolean }>(`runs${before ? `?before=${before}` : ""}`);
    rows.push(...page.runs);
    more = page.more && page.runs.length > 0;
  }
  const text = [
    COLUMNS.join(","),
    ...rows.map((row) => COLUMNS.map((column) => cell(row[column])).join(",")),
  ];
  const url = URL.createObjectURL(new Blob([`${text.join("\r\n")}\r\n`], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${name}-sync-log.csv`;
  link.click();
  URL.revokeObjectURL(url);
}

/** Quoted where it has to be; what a spreadsheet would take for a formula is text. */
export function cell(value: unknown): string {
  const text = value === undefined ? "" : String(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
