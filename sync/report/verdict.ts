import type { Loss } from "../runs/events.js";
import type { Outcome, Run } from "../runs/run.js";
import { totalsOf } from "./tallies.js";

/** How a run is to be taken: for the number that a command ends with, and for words and colours everywhere. */
export interface Verdict {
  readonly outcome: Outcome | "with_losses";
  /** As it stands after "Run 3". */
  readonly word: string;
  readonly tone: "good" | "warn" | "bad";
  /** What says the same without colours. */
  readonly sign: string;
  /** Fields that lost most of their values. */
  readonly losses: readonly Loss[];
}

const LOOKS: Readonly<Record<Verdict["outcome"], Pick<Verdict, "word" | "tone" | "sign">>> = {
  succeeded: { word: "succeeded", tone: "good", sign: "✓" },
  with_losses: { word: "succeeded, with losses", tone: "warn", sign: "!" },
  failed: { word: "failed", tone: "bad", sign: "✗" },
  stopped: { word: "stopped", tone: "warn", sign: "■" },
  interrupted: { word: "interrupted", tone: "warn", sign: "!" },
  running: { word: "is running", tone: "warn", sign: "…" },
};

/** What is to be thought of a run that ended, or goes on, like this. */
export function verdictOn(run: Run, outcome: Outcome): Verdict {
  const losses = run.ended?.losses ?? [];
  const told = outcome === "succeeded" && losses.length > 0 ? "with_losses" : outcome;
  return { outcome: told, ...LOOKS[told], losses };
}

/** Whether somebody has to look at it. */
export function isWrong({ outcome }: Verdict): boolean {
  return outcome === "failed" || outcome === "interrupted";
}

/** A retry of which not one contact arrived. */
export function hasMendedNothing(run: Run): boolean {
  const totals = totalsOf(run);
  if (run.started.retry_of === undefined || !run.ended || run.ended.outcome === "stopped") return false;
  return totals !== undefined && totals.read > 0 && totals.delivered + totals.kept + totals.unsettled === 0;
}
