import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gathers the figures of all files of the suite, and prints them as one line when they are through. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "figures-"));
  const file = join(folder, "figures.tsv");
  process.env.FAULTS_FIGURES = file;
  return () => {
    const sums = new Map<string, number>();
    for (const line of readFileSync(file, "utf8").trimEnd().split("\n")) {
      const [what = "", count] = line.split("\t");
      sums.set(what, (sums.get(what) ?? 0) + Number(count));
    }
    const figures = [...sums].map(([what, count]) => `${count.toLocaleString("en")} ${what}`);
    console.log(`survived: ${figures.join(", ")}`);
    rmSync(folder, { recursive: true });
  };
}
