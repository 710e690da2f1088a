import { followedBy } from "../report/tallies.js";
import type { Counts } from "../runs/events.js";
import type { Outcome, Run } from "../runs/run.js";
import type { Outlook } from "../schedule/outlook.js";
import type { Gauge, Sample } from "./exposition.js";

/** What a project's numbers are made of. */
export interface Measured {
  readonly version: string;
  /** The newest run, under way or not. */
  readonly newest: Run | undefined;
  readonly outcome: Outcome | undefined;
  /** The newest run that has ended. */
  readonly last: Run | undefined;
  readonly lastSuccess: Run | undefined;
  /** Failures in a row. */
  readonly failures: number;
  readonly outlook: Outlook;
}

const OUTCOMES = [
  "succeeded",
  "failed",
  "stopped",
  "interrupted",
  "running",
] as const satisfies readonly Outcome[];
const RESULTS = ["read", "delivered", "kept", "rejected", "unsettled"] as const;
/** Fields that are told by name at most: each is a series of its own. */
const MOST_FIELDS = 50;

/** The numbers of a project, without anything of any contact. */
export function gaugesOf(measured: Measured): Gauge[] {
  const { version, newest, outcome, last, lastSuccess, failures, outlook } = measured;
  const { scheduler, next } = outlook;
  return [
    gauge("info", "Version of flowcode-iterable.", [{ labels: { version }, value: 1 }]),
    gauge(
      "last_run_outcome",
      "How the newest run stands: 1 for its outcome.",
      newest ? OUTCOMES.map((name) => ({ labels: { outcome: name }, value: name === outcome ? 1 : 0 })) : [],
    ),
    gauge("last_run_number", "Number of the newest run.", one(newest?.number)),
    gauge("last_run_timestamp_seconds", "When the last run ended.", one(seconds(last?.ended?.at))),
    gauge(
      "last_success_timestamp_seconds",
      "When the last run that succeeded ended.",
      one(seconds(lastSuccess?.ended?.at)),
    ),
    gauge("last_run_duration_seconds", "How long the last run took.", one(durationOf(last))),
    gauge("last_run_contacts", "Contacts of the last run, by result.", contactsOf(last)),
    gauge(
      "last_run_reasons",
      "Contacts of the last run that were rejected or kept, by reason.",
      reasonsOf(last),
    ),
    gauge(
      "last_run_values_left_out",
      "Values left out in the last run, by field and reason.",
      leftOutOf(last),
    ),
    gauge(
      "last_run_follow_ups",
      "Contacts of the last run that Iterable has put on a list, or taken an event of, or not.",
      followUpsOf(last),
    ),
    gauge("last_run_requests", "Requests of the last run, by endpoint.", requestsOf(last)),
    gauge("failed_runs_in_a_row", "Runs that failed since the last success.", one(failures)),
    gauge("scheduler_up", "Whether a process keeps the schedule.", one(scheduler ? 1 : 0)),
    gauge("next_sync_timestamp_seconds", "When the next sync is due.", one(next && scheduler && next / 1000)),
  ];
}

const gauge = (name: string, help: string, samples: readonly Sample[]): Gauge => ({
  name: `flowcode_iterable_${name}`,
  help,
  samples,
});
const one = (value: number | undefined): Sample[] => (value === undefined ? [] : [{ value }]);
const seconds = (at: string | undefined) => (at === undefined ? undefined : Date.parse(at) / 1000);

function durationOf(run: Run | undefined): number | undefined {
  if (!run?.ended) return undefined;
  return Math.max(0, (Date.parse(run.ended.at) - Date.parse(run.started.at)) / 1000);
}

function byStream(run: Run | undefined, of: (counts: Counts) => readonly Sample[]): Sample[] {
  return Object.entries(run?.ended?.streams ?? {}).flatMap(([stream, counts]) =>
    of(counts).map(({ labels, value }) => ({ labels: { stream, ...labels }, value })),
  );
}

function contactsOf(run: Run | undefined): Sample[] {
  return byStream(run, (counts) => RESULTS.map((result) => ({ labels: { result }, value: counts[result] })));
}

function reasonsOf(run: Run | undefined): Sample[] {
  return byStream(run, ({ reasons }) => {
    const sums = new Map<string, Sample>();
    for (const { kind, reason, count } of reasons) {
      const key = `${kind} ${reason}`;
      sums.set(key, { labels: { result: kind, reason }, value: (sums.get(key)?.value ?? 0) + count });
    }
    return [...sums.values()];
  });
}

function leftOutOf(run: Run | undefined): Sample[] {
  return byStream(run, ({ left_out }) =>
    left_out
      .slice(0, MOST_FIELDS)
      .map(({ field, reason, count }) => ({ labels: { field: field ?? "", reason }, value: count })),
  );
}

function followUpsOf(run: Run | undefined): Sample[] {
  if (!run) return [];
  return followedBy(run).flatMap(({ kind, name, sent, rejected }) => [
    { labels: { kind, name, result: "taken" }, value: sent },
    { labels: { kind, name, result: "rejected" }, value: rejected },
  ]);
}

function requestsOf(run: Run | undefined): Sample[] {
  return (run?.ended?.requests ?? []).flatMap(({ by, endpoint, count, failed }) => {
    const without = Object.values(failed).reduce((sum, times) => sum + times, 0);
    return [
      { labels: { by, endpoint, result: "succeeded" }, value: count - without },
      { labels: { by, endpoint, result: "failed" }, value: without },
    ];
  });
}
