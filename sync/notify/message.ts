import { type Followed, followedBy, followedText, totalsOf } from "../report/tallies.js";
import type { Verdict } from "../report/verdict.js";
import { countsOf, type Run } from "../runs/run.js";
import type { OUTCOMES } from "./options.js";

/** What is told of a run: counts and reasons, and nothing of any contact. */
export interface Message {
  readonly event: "run_ended";
  /** The name of the project's folder. */
  readonly project: string;
  readonly run: number;
  readonly outcome: (typeof OUTCOMES)[number];
  readonly trigger: string;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly seconds: number | null;
  readonly read: number;
  readonly delivered: number | null;
  readonly kept: number | null;
  readonly rejected: number;
  readonly unsettled: number | null;
  /** Lists and events, with how many of their contacts Iterable has taken. */
  readonly followed: readonly Followed[];
  /** Fields that lost most of their values. */
  readonly losses: readonly string[];
  readonly explanation: {
    readonly by: string;
    readonly message: string;
    readonly failure_type: string;
  } | null;
  /** The same in a sentence. */
  readonly text: string;
}

export function messageOn(project: string, run: Run, verdict: Verdict): Message {
  const { started, ended } = run;
  const totals = totalsOf(run);
  const { read, rejected } = countsOf(run);
  const seconds = ended ? Math.max(0, (Date.parse(ended.at) - Date.parse(started.at)) / 1000) : null;
  const outcome = outcomeOf(verdict);
  return {
    event: "run_ended",
    project,
    run: run.number,
    outcome,
    trigger: started.trigger,
    started_at: started.at,
    ended_at: ended?.at ?? null,
    seconds,
    read,
    delivered: totals?.delivered ?? null,
    kept: totals?.kept ?? null,
    rejected: totals?.rejected ?? rejected,
    unsettled: totals?.unsettled ?? null,
    followed: followedBy(run),
    losses: verdict.losses.map(({ field }) => field),
    explanation: ended?.explanation ?? null,
    text: sentence(project, run, verdict),
  };
}

function outcomeOf({ outcome }: Verdict): Message["outcome"] {
  switch (outcome) {
    case "succeeded":
    case "with_losses":
    case "stopped":
      return outcome;
    case "failed":
    case "interrupted":
    case "running":
      return "failed";
  }
}

function sentence(project: string, run: Run, { word, losses }: Verdict): string {
  const many = (count: number) => count.toLocaleString("en");
  const totals = totalsOf(run);
  const counts = totals
    ? `${many(totals.read)} read, ${many(totals.delivered)} delivered, ${many(totals.kept)} kept, ${many(totals.rejected)} rejected, ${many(totals.unsettled)} unsettled`
    : `${many(countsOf(run).read)} read`;
  const followed = followedBy(run).map((one) => ` ${followedText(one)}`);
  const then = followed.length > 0 ? ` Lists and events:${followed.join(";")}.` : "";
  const lost =
    losses.length > 0 ? ` Most values were left out of: ${losses.map(({ field }) => field).join(", ")}.` : "";
  const why = run.ended?.explanation ? ` ${run.ended.explanation.message}` : "";
  return `${project}: run ${run.number} ${word}: ${counts}.${then}${lost}${why}`;
}

/** Slack's incoming webhooks take a text, in which three characters have a meaning of their own. */
export function slackBody({ text }: Message): { readonly text: string } {
  return {
    text: text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").slice(0, 3_000),
  };
}
