import { setTimeout as sleep } from "node:timers/promises";
import { createHalt, type Halt } from "./halt.js";
import type { Host } from "./host.js";
import { createNotifier } from "./notify/notifier.js";
import { type Account, createAccount } from "./pipe/account.js";
import type { ConnectorMessage } from "./pipe/connector-message.js";
import { type Flow, startFlow } from "./pipe/flow.js";
import type { Folder } from "./project/folder.js";
import { keepInventory } from "./project/inventory.js";
import type { Settings } from "./project/settings.js";
import { startingPoint } from "./project/starting-point.js";
import { createStateKeeper, type StateKeeper } from "./project/state-keeper.js";
import { layOutWork, type Work } from "./project/work.js";
import { inputOf } from "./run-input.js";
import { type Claim, claimRun } from "./runs/claim.js";
import type { Ended, Explanation, Side, Trigger } from "./runs/events.js";
import { explanationOf, LOST, stateFailure } from "./runs/failure.js";
import { lastTotal } from "./runs/history.js";
import { holderOf } from "./runs/holder.js";
import { tidy } from "./runs/leftovers.js";
import { lossesOf } from "./runs/losses.js";
import { logUndone } from "./runs/previous.js";
import { createRecord, type RunRecord } from "./runs/record.js";
import type { Run } from "./runs/run.js";
import { awaitStop } from "./runs/stop-request.js";
import { eventOf, waitingOf } from "./runs/telling.js";
import { unreachable } from "./runs/unreachable.js";
import { factsOf, type Wanted } from "./runs/wanted.js";
import type { Progress } from "./terminal/progress.js";

/** How often the log of a run says how far it has come, in ms. */
const LOG_PROGRESS_MS = 2_000;
const SHOW_PROGRESS_MS = 250;
/** How long a process that was stopped stays for whoever is told of it, in ms. */
const TOLD_MS = 2_000;

const STOPPING = "Stopping: what is under way is finished first; a second signal stops it at once.";
const WATCHING =
  "The last run has not ended, and its process cannot be seen from here. Waiting up to 45 seconds for a sign of life …";

/** A run that is wanted. */
export interface Job {
  readonly folder: Folder;
  readonly settings: Settings;
  readonly trigger: Trigger;
  readonly what: Wanted;
  readonly progress: Progress;
  /** Told the run's number as soon as it has one. */
  readonly onBegin?: (run: number) => void;
}

/** A run that is under way. */
interface UnderWay {
  readonly job: Job;
  readonly host: Host;
  readonly claim: Claim;
  readonly record: RunRecord;
  readonly account: Account;
  readonly halt: Halt;
  hasState: boolean;
  read: () => number;
  /** As many contacts as the last run of this kind had. */
  about: number | undefined;
}

/**
 * Does a run and logs it, whatever becomes of it. Resolves with the run, which has ended then, well or not.
 * Throws Busy where another run is under way, before anything is logged.
 */
export async function perform(job: Job, host: Host): Promise<Run> {
  const { folder, what, progress } = job;
  const first = { at: timeOf(host), trigger: job.trigger, version: host.version, ...factsOf(what) };
  const holder = await holderOf();
  const claim = await claimRun(folder, { ...first, holder }, { onWait: () => host.terminal.say(WATCHING) });
  job.onBegin?.(claim.run);
  const notifier = createNotifier(folder, job.settings, host);
  void notifier.began();
  const record = createRecord(claim, { event: "started", run: claim.run, ...first, holder });
  const asked = awaitStop(folder, claim.run);
  const isWanted = AbortSignal.any([host.signal, asked.signal]);
  const tellStop = () => host.terminal.say(STOPPING);
  isWanted.addEventListener("abort", tellStop, { once: true });

  const account = createAccount();
  const halt = createHalt({ asked: isWanted, forced: host.force });
  claim.lost.addEventListener("abort", () => halt.fail(LOST), { once: true });
  const run: UnderWay = {
    job,
    host,
    claim,
    record,
    account,
    halt,
    hasState: false,
    read: () => 0,
    about: undefined,
  };
  const found = await bring(run).catch((error: unknown): Partial<Ended> => {
    halt.fail(error);
    return {};
  });
  const { failure } = halt;
  const explanation = failure === undefined ? found.explanation : explanationOf(failure);
  const isStopped = isWanted.aborted && failure === undefined;
  isWanted.removeEventListener("abort", tellStop);
  await asked.end();
  void record.add(
    endOf(run, found, isStopped ? "stopped" : explanation ? "failed" : "succeeded", explanation),
  );
  progress.end();
  await claim.release();
  // Nobody waits for it but a process that a signal is about to end, and that not for long.
  const told = notifier.ended(record.run);
  if (isStopped) await Promise.race([told, sleep(TOLD_MS, undefined, { ref: false })]);
  await tidy(job, host);
  return record.run;
}

/** Lets the connectors do it. Resolves with how both ended. */
async function bring(run: UnderWay): Promise<Partial<Ended>> {
  const { job, host, claim, account } = run;
  const { folder, settings, what } = job;
  const start = what.kind === "sync" ? await startingPoint(folder, what.start) : undefined;
  run.about = await lastTotal(folder, claim.run, { ...run.record.run.started, resumes: start !== undefined });
  const keeper = createStateKeeper({
    folder,
    run: claim.run,
    token: claim.token,
    start,
    now: host.now,
    onFailure: (error) => run.halt.fail(stateFailure(error)),
  });
  const work = await layOutWork(folder, settings, {
    run: claim.run,
    state: start,
    // An undo can itself be undone, whatever the settings say.
    ...(what.kind === "undo" && { keepsPrevious: true }),
  });
  const timers = [
    setInterval(() => logProgress(run), LOG_PROGRESS_MS),
    setInterval(() => showProgress(run), SHOW_PROGRESS_MS),
  ];
  try {
    const flow = await begin(run, work, keeper);
    run.read = () => flow.read;
    const ending = await flow.ended;
    await keeper.settled().catch(() => undefined);
    await keepInventory(folder, account.inventories, timeOf(host)).catch(() => undefined);
    const explanation = account.explain(ending);
    return { source: ending.source, destination: ending.destination, ...(explanation && { explanation }) };
  } finally {
    for (const timer of timers) clearInterval(timer);
    await work.clear();
  }
}

async function begin(run: UnderWay, work: Work, keeper: StateKeeper): Promise<Flow> {
  const { job, host, claim, record, halt } = run;
  const { what } = job;
  return startFlow({
    ...(await inputOf(what, {
      folder: job.folder,
      streams: job.settings.streams.map(({ stream }) => stream.name),
      run: claim.run,
      work,
    })),
    node: host.node,
    into: ["write", ...work.destinationArgs, ...(what.kind === "retry" ? ["--replay", what.replay] : [])],
    now: host.now,
    signal: halt.stop,
    force: halt.force,
    onStart: async (pids) =>
      record.add({ event: "connectors", at: timeOf(host), holders: await Promise.all(pids.map(holderOf)) }),
    onTold: (by, told) => hear(run, keeper, by, told),
  });
}

/** Takes what a connector says into the account, the state and the log. */
function hear(run: UnderWay, keeper: StateKeeper, by: Side, told: ConnectorMessage): void {
  const { job, host, record, account } = run;
  account.take(by, told);
  if (told.kind === "state" && job.what.kind === "sync") {
    run.hasState = true;
    keeper.take(told.stream, told.line);
  }
  if (told.kind === "waiting") logProgress(run);
  if (told.kind === "state" && job.what.kind === "undo") logUndone(record, told.line, timeOf(host));
  const event = eventOf(by, told, timeOf(host));
  if (event) void record.add(event);
  if (event?.event === "said") job.progress.say(event);
}

/** Says in the log how far the run is, and whom it waits for. */
function logProgress(run: UnderWay): void {
  const { record, account, host, about } = run;
  const { for: waiting_for, ...wait } = account.waiting ?? {};
  void record.add({
    event: "progress",
    at: timeOf(host),
    ...countsOf(run),
    ...(about !== undefined && { about }),
    ...(waiting_for !== undefined && { waiting_for, ...wait }),
  });
}

/** Shows the same to whoever watches, and gives a vendor up that was never there. */
function showProgress(run: UnderWay): void {
  const { job, account, host, record } = run;
  job.progress.show({ ...countsOf(run), heldUntil: account.heldUntil, waiting: waitingOf(account.waiting) });
  const startedAt = Date.parse(record.run.started.at);
  const never = unreachable(account.waiting, { startedAt, now: host.now() });
  if (never) run.halt.fail(never, true);
}

const timeOf = ({ now }: Host) => new Date(now()).toISOString();
const countsOf = ({ account, read }: UnderWay) => ({
  read: read(),
  settled: account.settled,
  rejected: account.rejected,
});

/** What the log says of a run at its end. */
function endOf(
  run: UnderWay,
  found: Partial<Ended>,
  outcome: Ended["outcome"],
  explanation: Explanation | undefined,
): Ended {
  const { account, host, hasState, job } = run;
  return {
    event: "ended",
    at: timeOf(host),
    outcome,
    ...countsOf(run),
    streams: account.streams,
    losses: lossesOf(account.streams, account.inventories, job.settings),
    ...(job.what.kind === "undo" && job.what.stays.length > 0 && { stays: [...job.what.stays] }),
    fields_created: [...account.created],
    fields_filtered: [...account.filtered],
    requests: [...account.requests],
    state: hasState,
    ...found,
    explanation: outcome === "stopped" ? undefined : explanation,
  };
}
