import { appendFileSync } from "node:fs";

/** Whether the whole suite runs (`npm run test:hostile`), or the sample that belongs to every test run. */
export const isWhole = process.env.HOSTILE === "all";

/** Adds one hostile input to the line of figures that the whole suite prints at its end. */
export function report(input: { readonly bytes: number; readonly ms: number; readonly peak?: number }): void {
  const file = process.env.HOSTILE_FIGURES;
  if (file) appendFileSync(file, `${input.bytes}\t${input.ms}\t${input.peak ?? 0}\n`);
}
