// Measures programs beside each other and prints what came of it as tables.
import { median } from "./processes.mjs";

/**
 * The medians of `runs` runs of programs `{name, units, measure}` that take turns, so that a noisy minute hits them
 * all. `units` is how many contacts, or whatever is counted, one run takes.
 */
export async function compare(programs, runs) {
  const taken = new Map(programs.map(({ name }) => [name, []]));
  for (let turn = 0; turn < runs; turn += 1) {
    for (const { name, measure } of programs) taken.get(name).push(await measure());
  }
  return programs.map(({ name, units = 1 }) => {
    const of = (what) => median(taken.get(name).map((result) => result[what]));
    return { name, units, cpu: of("cpu"), seconds: of("seconds"), peakMb: of("peakMb") };
  });
}

/** Prints rows as a table: what one unit takes, in `unit.name` (`unit.factor` of them are a second). Returns the rows. */
export function table(title, rows, unit) {
  const [base] = rows;
  const each = ({ units }, seconds) => (seconds * unit.factor) / units;
  const cell = (row, what) => {
    const ratio = each(row, row[what]) / each(base, base[what]);
    return `${each(row, row[what]).toFixed(1)} | ${ratio.toFixed(2)} ×`;
  };
  print(
    title,
    ["", `CPU, ${unit.name}`, "of the first", `time, ${unit.name}`, "of the first", "peak memory, MB"],
    rows.map((row) => [row.name, cell(row, "cpu"), cell(row, "seconds"), row.peakMb.toFixed(0)]),
  );
  return rows;
}

/** Prints a table of texts. */
export function print(title, columns, rows) {
  console.log(`\n## ${title}\n`);
  console.log(`| ${columns.join(" | ")} |\n|${columns.map(() => "---").join("|")}|`);
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
}

/** How often a program takes what another takes, for each unit. */
export function ratio(rows, name, baseName) {
  const each = (wanted) => {
    const row = rows.find((one) => one.name === wanted);
    return row.cpu / row.units;
  };
  return each(name) / each(baseName);
}
