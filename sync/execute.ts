import { messageOf, Unusable } from "./errors.js";
import type { Host } from "./host.js";
import { createAccount } from "./pipe/account.js";
import type { ConnectorMessage } from "./pipe/connector-message.js";
import { startFlow } from "./pipe/flow.js";
import type { Folder } from "./project/folder.js";
import { forgetStates, type SavedState } from "./project/saved-state.js";
import type { Settings } from "./project/settings.js";
import { type Start, startingPoint } from "./project/starting-point.js";
import { createStateKeeper } from "./project/state-keeper.js";
import { layOutWork } from "./project/work.js";
import { forgetRuns, rejectFiles } from "./runs/archive.js";
import { claimRun } from "./runs/claim.js";
import type { Ended, Event, Explanation, Side, Started, Trigger } from "./runs/events.js";
import { holderOf } from "./runs/holder.js";
import { type Run, runOf } from "./runs/run.js";
import type { Progress } from "./terminal/progress.js";

/** How often the log of a run says how far it has come, in ms. */
const LOG_PROGRESS_MS = 10_000;
const SHOW_PROGRESS_MS = 250;

const STOPPING = "Stopping: what is under way is finished first; a second signal stops it at once.";

/** A run that is wanted. */
export interface Job {
  readonly folder: Folder;
  readonly settings: Settings;
  readonly trigger: Trigger;
  readonly what:
    | { readonly kind: "sync"; readonly start: Start; readonly limit: number | undefined }
    | { readonly kind: "retry"; readonly run: number; readonly replay: "fill_missing" | "overwrite" };
  readonly progress: Progress;
}

/**
 * Does a run and logs it, whatever becomes of it. Resolves with the run, which has ended then, well or not.
 * Throws Busy where another run is under way, before anything is logged.
 */
export async function perform(job: Job, host: Host): Promise<Run> {
  const { folder, settings, what, progress } = job;
  const at = () => new Date(host.now()).toISOString();
  const first = { at: at(), trigger: job.trigger, version: host.version, ...facts(what) };
  const claim = await claimRun(folder, { ...first, holder: await holderOf(host.pid) });
  const events: Event[] = [];
  const log = (event: Event) => {
    events.push(event);
    return claim.journal.add(event);
  };
  const account = createAccount();
  const broken = new AbortController();
  let failure: unknown;
  const keeperOf = (start: SavedState | undefined) =>
    createStateKeeper({
      folder,
      run: claim.run,
      start,
      now: host.now,
      onFailure(error) {
        failure ??= new Unusable(
          `how far the run came cannot be saved (${messageOf(error)}): make room on the disk`,
        );
        broken.abort();
      },
    });
  let hasState = false;
  let read = () => 0;
  const counts = () => ({ read: read(), settled: account.settled, rejected: account.rejected });

  const flow = async (): Promise<Partial<Ended>> => {
    const start = what.kind === "sync" ? await startingPoint(folder, what.start) : undefined;
    const keeper = keeperOf(start);
    const work = await layOutWork(folder, settings, { run: claim.run, pid: host.pid, state: start });
    const timers = [
      setInterval(() => void log({ event: "progress", at: at(), ...counts() }), LOG_PROGRESS_MS),
      setInterval(() => progress.show({ ...counts(), heldUntil: account.heldUntil }), SHOW_PROGRESS_MS),
    ];
    try {
      const flowing = startFlow({
        node: host.node,
        from:
          what.kind === "sync"
            ? { args: ["read", ...work.sourceArgs] }
            : { files: await rejectFiles(folder, what.run), streams: namesOf(settings) },
        into: ["write", ...work.destinationArgs, ...(what.kind === "retry" ? ["--replay", what.replay] : [])],
        limit: what.kind === "sync" ? what.limit : undefined,
        now: host.now,
        signal: AbortSignal.any([host.signal, broken.signal]),
        force: host.force,
        onStart: async (pids) =>
          log({ event: "connectors", at: at(), holders: await Promise.all(pids.map(holderOf)) }),
        onTold(by, told) {
          account.take(by, told);
          if (told.kind === "state" && what.kind === "sync") {
            hasState = true;
            keeper.take(told.stream, told.line);
          }
          const event = eventOf(by, told, at());
          if (event) void log(event);
          if (event?.event === "said") progress.say(event);
        },
      });
      read = () => flowing.read;
      const ending = await flowing.ended;
      await keeper.settled().catch(() => undefined);
      const explanation = account.explain(ending);
      return {
        source: ending.source,
        destination: ending.destination,
        ...(explanation && { explanation }),
      };
    } finally {
      for (const timer of timers) clearInterval(timer);
      await work.clear();
    }
  };

  const tellStop = () => host.terminal.say(STOPPING);
  host.signal.addEventListener("abort", tellStop, { once: true });
  const found = await flow().catch((error: unknown): Partial<Ended> => {
    failure ??= error;
    return {};
  });
  const explanation = failure === undefined ? found.explanation : explained(failure);
  const isStopped = host.signal.aborted && failure === undefined;
  const ended: Ended = {
    event: "ended",
    at: at(),
    outcome: isStopped ? "stopped" : explanation ? "failed" : "succeeded",
    ...counts(),
    streams: account.streams,
    fields_created: [...account.created],
    fields_filtered: [...account.filtered],
    requests: [...account.requests],
    state: hasState,
    ...found,
    ...(explanation && !isStopped && { explanation }),
  };
  host.signal.removeEventListener("abort", tellStop);
  void log(ended);
  progress.end();
  await claim.journal.close();
  await forgetStates(folder, settings.keep.states);
  await forgetRuns(folder, settings.keep.days, host.now());
  return runOf([
    { event: "started", run: claim.run, ...first, holder: { host: "", pid: 0, birth: "" } },
    ...events,
  ]) as Run;
}

const namesOf = (settings: Settings) => settings.streams.map(({ stream }) => stream.name);

/** What the log says of a run at its beginning. */
function facts(what: Job["what"]): Partial<Started> {
  if (what.kind === "retry") return { retry_of: what.run };
  return {
    ...(what.start.kind === "beginning" && { full: true }),
    ...(what.start.kind === "run" && { from_state: what.start.run }),
    ...(what.limit !== undefined && { limit: what.limit }),
  };
}

/** What of all that is told stands in the log by itself; the rest is summed up at the end. */
function eventOf(by: Side, told: ConnectorMessage, at: string): Event | undefined {
  switch (told.kind) {
    case "said":
      return { event: "said", at, by, level: told.level, message: told.message };
    case "created":
    case "filtered":
      return { event: "said", at, by, level: "warn", message: told.message };
    case "rejected":
      return { event: "rejected", at, ...told.rejection };
    default:
      return undefined;
  }
}

/** A failure of this program itself. */
function explained(error: unknown): Explanation {
  const failure_type = error instanceof Unusable ? "config_error" : "system_error";
  return { by: "runner", message: messageOf(error), failure_type };
}
