import type { Context } from "../../connector/connector.js";
import type { SnapshotEvent } from "./snapshot.js";

/** Tells, for people and as data (`existing`), how it is found out which contacts exist, and why so. */
export interface Telling {
  many(asked: number): void;
  event(event: SnapshotEvent): void;
  waits(isWaiting: boolean): void;
  /** What it came to, at the end. */
  end(counts: { readonly looked_up: number; readonly from_export: number }): void;
}

/** The look-ups' estimate is for so many contacts: how many are to come is not known here. */
const ESTIMATED = 100_000;
/** A wait that is no longer is not worth a word. */
const WAIT_MS = 5_000;

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: one closure: an event is a case
export function createTelling(options: {
  readonly lookUpsPerSecond: number;
  readonly context: Pick<Context, "log" | "analytics" | "now">;
}): Telling {
  const { log, analytics, now } = options.context;
  const perSecond = options.lookUpsPerSecond;
  const estimate = Math.round(ESTIMATED / perSecond);
  let isQueued = false;
  let waitTimer: NodeJS.Timeout | undefined;
  let hasSaidWait = false;

  const tell = (value: Record<string, unknown>) => analytics("existing", value);

  return {
    many(asked) {
      log.info(
        `${number(asked)} contacts had to be looked up: an export of the project's profiles now runs beside the look-ups, and whichever answers first counts. Looking up ${number(ESTIMATED)} contacts takes ${duration(estimate)} at ${perSecond} a second`,
      );
      tell({
        method: "export",
        reason: "many_contacts",
        looked_up: asked,
        lookups_per_second: perSecond,
        estimate_contacts: ESTIMATED,
        estimate_seconds: estimate,
      });
    },
    event(event) {
      switch (event.kind) {
        case "loaded":
          log.info(
            `The snapshot of an earlier run has ${number(event.profiles)} profiles as of ${new Date(event.at).toISOString()}: what has changed since is exported`,
          );
          return tell({
            method: "export",
            reason: "kept_snapshot",
            profiles: event.profiles,
            as_of: new Date(event.at).toISOString(),
          });
        case "not_loaded":
          log.info(
            event.reason === "damaged"
              ? "The snapshot of an earlier run is damaged: all profiles are exported again"
              : "The snapshot of an earlier run was made for another project, key or mapping: all profiles are exported again",
          );
          return tell({ method: "export", reason: `snapshot_${event.reason}` });
        case "exporting":
          isQueued = false;
          return tell({ method: "export", reason: "exporting", what: event.what });
        case "queued":
          if (isQueued) return;
          isQueued = true;
          log.info("The export waits in Iterable's queue, which works on four at a time for an organization");
          return tell({ method: "export", reason: "queued" });
        case "job_failed":
          log.info(`An export came to nothing (${event.problem}): another is started`);
          return tell({ method: "export", reason: "job_failed", attempt: event.attempt });
        case "exported": {
          const rate = Math.round(event.rows / Math.max(event.ms / 1000, 0.001));
          const what = event.what === "all" ? "profiles" : "changed profiles";
          log.info(
            `Exported ${number(event.rows)} ${what} in ${duration(event.ms / 1000)} (${number(rate)} a second)`,
          );
          return tell({
            method: "export",
            reason: "exported",
            what: event.what,
            rows: event.rows,
            profiles: event.profiles,
            seconds: Math.round(event.ms / 100) / 10,
            profiles_per_second: rate,
            bytes: event.bytes,
          });
        }
        case "given_up":
          log.warn(
            event.reason === "refused"
              ? `Iterable does not let this key export profiles (${event.problem}): contacts are looked up one by one. Use a Server-side key, or set existing_contacts.method to look_up`
              : `Profiles cannot be exported (${event.problem}): contacts are looked up one by one`,
          );
          return tell({ method: "look_up", reason: `export_${event.reason}` });
        case "not_kept":
          log.warn(
            `The snapshot cannot be kept in existing_contacts.path (${event.problem}): the next run starts without it`,
          );
      }
    },
    waits(isWaiting) {
      clearTimeout(waitTimer);
      if (!isWaiting) {
        if (hasSaidWait) analytics("waiting", { for: "Iterable", over: true });
        hasSaidWait = false;
        return;
      }
      const since = new Date(now()).toISOString();
      waitTimer = setTimeout(() => {
        hasSaidWait = true;
        analytics("waiting", { for: "Iterable", reason: "export", since });
      }, WAIT_MS);
      waitTimer.unref();
    },
    end({ looked_up, from_export }) {
      clearTimeout(waitTimer);
      if (from_export === 0) return;
      log.info(
        `Existing contacts: ${number(from_export)} answered by the export, ${number(looked_up)} looked up`,
      );
      tell({ method: "export", reason: "summary", looked_up, from_export });
    },
  };
}

const number = (value: number) => value.toLocaleString("en-US");

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
