import { HttpStatusError } from "../../http/errors.js";
import type { Profile } from "../delivery/write-mode.js";
import { type Exports, ExportsRefused, type WantedExport } from "../iterable/exports.js";
import { isHopeless, problemOf } from "./export-failures.js";
import { runExportJob } from "./export-job.js";
import { compileRows, wordsFor } from "./exported-profile.js";
import type { KeyedHash } from "./keyed-hash.js";
import { createProfileTable, type ProfileTable } from "./profile-table.js";
import { type KeptSnapshot, type Purpose, readSnapshot, writeSnapshot } from "./snapshot-file.js";
import { createTableProfiles } from "./table-profiles.js";

/** What others look back for an export to be complete (Estuary's capture; Iterable documents a minute at least). */
const LOOK_BACK_MS = 3_600_000;
/** Exports of changes do not show who was deleted: after so long everybody is exported anew. */
const FULL_AGAIN_MS = 24 * 3_600_000;
/** How many jobs in a row may come to nothing. */
const JOB_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;
const PATIENCE_MS = 30 * 60_000;

/** What happened to the snapshot, for whoever tells it. */
export type SnapshotEvent =
  | { readonly kind: "loaded"; readonly profiles: number; readonly at: number }
  | { readonly kind: "not_loaded"; readonly reason: "other_purpose" | "damaged" }
  | { readonly kind: "exporting"; readonly what: "all" | "changes" }
  | { readonly kind: "queued" }
  | { readonly kind: "job_failed"; readonly problem: string; readonly attempt: number }
  | {
      readonly kind: "exported";
      readonly what: "all" | "changes";
      readonly rows: number;
      readonly profiles: number;
      readonly ms: number;
      readonly bytes: number;
    }
  /** There is no snapshot any more in this run. `refused`: by the key's rights. */
  | { readonly kind: "given_up"; readonly reason: "refused" | "failed"; readonly problem: string }
  | { readonly kind: "not_kept"; readonly problem: string };

/** Which profiles a project has, and which of some fields each of them has, as of a few minutes ago. */
export interface Snapshot {
  /** The profile of a contact; undefined where the snapshot is too old, or does not know one of the fields. */
  ask(key: string, fields: Iterable<string>): Profile | undefined;
  /** Resolves with whether the snapshot can be asked; false where there will be none in this run. */
  ready(): Promise<boolean>;
  /** Profiles that exports have brought so far. */
  readonly rows: number;
  /** Gives up what is under way, and keeps what is known. */
  close(): Promise<void>;
}

export interface SnapshotOptions {
  readonly exports: Exports;
  readonly identifier: "email" | "user_id";
  /** The fields of which is known whether a profile has them. */
  readonly fields: readonly string[];
  readonly hash: (key: string) => KeyedHash;
  /** What changes where the project, the key or the mapping does. */
  readonly fingerprint: string;
  /** The folder in which it is kept between runs. */
  readonly folder: string | undefined;
  readonly maxAgeMs: number;
  readonly now: () => number;
  /** Rejects where the signal, or the run, wants no more of it. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  readonly onEvent: (event: SnapshotEvent) => void;
  /** Called when it can be asked, each time. */
  readonly onReady: () => void;
}

/** Begins at once: with what is kept, or with an export of everybody; then with what has changed since. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: one closure: what is known so far, which its chapters share
export function createSnapshot(options: SnapshotOptions): Snapshot {
  const { exports, identifier, fields, hash, folder, now, onEvent } = options;
  const purpose: Purpose = { fingerprint: options.fingerprint, words: wordsFor(fields.length) };
  const readRow = compileRows(identifier, fields);
  const profiles = createTableProfiles(fields);
  const closing = new AbortController();
  const signal = AbortSignal.any([options.signal, closing.signal]);
  const sleep = (ms: number) => options.sleep(ms, signal);
  let known: KeptSnapshot | undefined;
  /** Whether it has been brought up to date since the run began. */
  let isCurrent = false;
  let hasGivenUp = false;
  let isUnkept = false;
  let rows = 0;
  let askedAt = now();
  const waiters: ((isReady: boolean) => void)[] = [];

  const isFresh = () => isCurrent && known !== undefined && now() - known.at <= options.maxAgeMs;
  const wake = (isReady: boolean) => {
    for (const waiter of waiters.splice(0)) waiter(isReady);
  };

  const wantedFields = (): string[] => {
    const outer = fields
      .filter((field) => field.includes("."))
      .map((field) => field.split(".", 1)[0] as string);
    return [...new Set([identifier === "email" ? "email" : "userId", ...fields, ...outer])];
  };
  let onlyFields: WantedExport["onlyFields"] = wantedFields();

  /** One export, as often as it takes. Throws where there is none to be had. */
  const runExport = async (table: ProfileTable, since: number | undefined): Promise<number> => {
    const what = since === undefined ? "all" : "changes";
    for (let attempt = 1; ; attempt += 1) {
      const began = now();
      const before = rows;
      onEvent({ kind: "exporting", what });
      try {
        const { at } = await runExportJob({
          exports,
          wanted: { onlyFields, since },
          onLine(line) {
            const profile = readRow(line);
            rows += 1;
            if (profile) table.set(hash(profile.key), profile.mask);
          },
          onPoll: ({ state }) => state === "enqueued" && onEvent({ kind: "queued" }),
          patienceMs: PATIENCE_MS,
          now,
          sleep,
        });
        const { size, bytes } = table;
        onEvent({ kind: "exported", what, rows: rows - before, profiles: size, ms: now() - began, bytes });
        return at;
      } catch (error) {
        signal.throwIfAborted();
        if (isHopeless(error) && onlyFields === undefined) throw error;
        if (isHopeless(error) && !(error instanceof HttpStatusError && error.status === 400)) throw error;
        // That the fields of a profile can be named so is read out of the reference, and was never tried.
        if (isHopeless(error)) onlyFields = undefined;
        if (attempt >= JOB_ATTEMPTS) throw error;
        onEvent({ kind: "job_failed", problem: problemOf(error), attempt });
        await sleep(Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS));
      }
    }
  };

  const keep = async (): Promise<void> => {
    if (folder === undefined || !known || isUnkept) return;
    await writeSnapshot(folder, purpose, known).catch((error: Error) => {
      isUnkept = true;
      onEvent({ kind: "not_kept", problem: error.message });
    });
  };

  const load = async (): Promise<void> => {
    const found = folder === undefined ? undefined : await readSnapshot(folder, purpose);
    if (found?.kind === "unusable") onEvent({ kind: "not_loaded", reason: found.reason });
    if (found?.kind !== "found") return;
    const { snapshot } = found;
    // A time in the future is one of a clock that was wrong.
    if (now() - snapshot.fullAt > FULL_AGAIN_MS || snapshot.at > now() || snapshot.fullAt > snapshot.at)
      return;
    known = snapshot;
    onEvent({ kind: "loaded", profiles: snapshot.table.size, at: snapshot.at });
  };

  const update = async (): Promise<void> => {
    if (!known) {
      const table = createProfileTable(purpose.words);
      const at = await runExport(table, undefined);
      known = { table, at, fullAt: at };
      await keep();
    }
    const at = await runExport(known.table, known.at - LOOK_BACK_MS);
    known = { ...known, at };
    isCurrent = true;
    wake(true);
    options.onReady();
  };

  /** Nobody may have asked for long; then nobody needs it to be new. */
  const untilNeeded = async (): Promise<void> => {
    for (;;) {
      const age = now() - (known as KeptSnapshot).at;
      const isWanted = waiters.length > 0 || now() - askedAt < options.maxAgeMs / 2;
      if (age >= options.maxAgeMs / 2 && isWanted) return;
      await sleep(Math.min(1_000, options.maxAgeMs / 10));
    }
  };

  const live = async (): Promise<void> => {
    try {
      await load();
      for (;;) {
        await update();
        await untilNeeded();
      }
    } catch (error) {
      hasGivenUp = true;
      wake(false);
      if (signal.aborted) return;
      const reason = error instanceof ExportsRefused ? "refused" : "failed";
      onEvent({ kind: "given_up", reason, problem: problemOf(error) });
    }
  };
  const life = live();

  return {
    ask(key, wanted) {
      askedAt = now();
      if (!known || !isFresh()) return undefined;
      return profiles.of(known.table, hash(key), wanted);
    },
    ready() {
      askedAt = now();
      if (isFresh() || hasGivenUp) return Promise.resolve(isFresh());
      return new Promise((resolve) => waiters.push(resolve));
    },
    get rows() {
      return rows;
    },
    async close() {
      closing.abort(new Error("the snapshot is not needed any more"));
      await life;
      if (isCurrent) await keep();
      await exports.close();
    },
  };
}
