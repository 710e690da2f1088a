import { appendFileSync } from "node:fs";

/** Whether the whole suite runs (`npm run test:faults`), or the sample that belongs to every test run. */
export const isWhole = process.env.FAULTS === "all";

/** Adds to the line of figures that the whole suite prints at its end. */
export function report(what: string, count: number): void {
  const file = process.env.FAULTS_FIGURES;
  if (file) appendFileSync(file, `${what}\t${count}\n`);
}
