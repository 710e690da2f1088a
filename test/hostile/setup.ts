import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gathers the figures of all files of the suite, and prints them as one line when they are through. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "figures-"));
  const file = join(folder, "figures.tsv");
  process.env.HOSTILE_FIGURES = file;
  return () => {
    const lines = existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
    const rows = lines.map((line) => line.split("\t").map(Number));
    const sum = (column: number) => rows.reduce((total, row) => total + (row[column] ?? 0), 0);
    const megabytes = Math.round(sum(0) / 1e6).toLocaleString("en");
    const ms = Math.round(sum(1)).toLocaleString("en");
    const peak = Math.round(Math.max(0, ...rows.map((row) => row[2] ?? 0)) / 1e6);
    console.log(
      `withstood: ${rows.length} hostile inputs, ${megabytes} MB, ${ms} ms; most memory of a connector: ${peak} MB`,
    );
    rmSync(folder, { recursive: true });
  };
}
