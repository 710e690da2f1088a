import { z } from "zod";
import { ConfigError } from "../../connector/errors.js";
import { parseInstant } from "../../protocol/instant.js";
import { isJsonObject } from "../../protocol/message.js";
import { fromVersion1, NOTHING_SEEN, type SeenState } from "./seen.js";

const VERSION = 2;

const time = z.string().refine((value) => parseInstant(value) !== undefined, "must be a time");

const count = z.number().int().min(0);

const passSchema = z.object({
  /** The filter of every request of the pass; null: no filter. */
  since: time.nullable(),
  /** False: Flowcode refused the filter, so that the requests go without it. */
  filtered: z.boolean().default(true),
  started_at: time,
  after: z.string().min(1),
  order_by: z.string(),
  page_size: z.number().nullable(),
  /** See `Older`: of the pages so far. Null: the pass began without counting. */
  older: z.object({ known: count, next: count }).nullable().default(null),
});

const seenSchema = z.object({
  rows: z.string(),
  hours: z.array(z.tuple([z.number().nullable(), count])),
  keys: z.string().nullable(),
  whole: z.boolean(),
});

const stateSchema = z.object({
  version: z.union([z.literal(1), z.literal(VERSION)]),
  /** Of which list this tells: see `PassSettings.scope`. */
  scope: z.string(),
  /** Where the next pass begins; null: at the beginning. */
  since: time.nullable().default(null),
  /** When the last pass that looked at every contact began; null: there was none yet. */
  full_at: time.nullable().default(null),
  /** See seen.ts; a list in version 1. */
  seen: z.union([z.array(z.string()), seenSchema]).default([]),
  /** How many contacts had converted before `before` when the last pass looked at every contact; null: not counted. */
  older: z.object({ before: time, count }).nullable().default(null),
  /** The pass under way, which goes on behind the page `after`; null: the last one is through. */
  pass: passSchema.nullable().default(null),
});

/** What the stream's state holds. */
export type ContactsState = Omit<z.infer<typeof stateSchema>, "seen" | "version"> & {
  readonly version: typeof VERSION;
  readonly seen: SeenState;
};

/**
 * Of the contacts that a pass over the whole list has met, those who had converted before the time that its
 * predecessor counted to (`known`), and before the time that it counts to itself (`next`). A time that no incremental
 * pass reaches back to: if `known` has grown, people have become visible who were never sent.
 */
export type Older = NonNullable<NonNullable<ContactsState["pass"]>["older"]>;

export interface PassSettings {
  /** A hash of everything that decides which contacts are listed. */
  readonly scope: string;
  /** As Flowcode's filter wants it: see `toSecond`. */
  readonly startDate: string | null;
  readonly orderBy: string;
  readonly pageSize: number | null;
  readonly lookbackMs: number;
  readonly fullPassMs: number;
}

/**
 * What an earlier run left, as far as it can be gone on with; `warning` says what cannot. Undefined or `{}` is a first
 * run. Throws ConfigError for anything that this source has not written.
 */
export function openState(
  saved: unknown,
  settings: PassSettings,
): { state: ContactsState; warning?: string } {
  const fresh: ContactsState = {
    version: VERSION,
    scope: settings.scope,
    since: settings.startDate,
    full_at: null,
    seen: NOTHING_SEEN,
    older: null,
    pass: null,
  };
  if (saved === undefined || saved === null || (isJsonObject(saved) && Object.keys(saved).length === 0)) {
    return { state: fresh };
  }
  const parsed = stateSchema.safeParse(saved);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "it"}: ${message}`);
    throw new ConfigError(
      `the state of the stream "contacts" was not written by this version of source-flowcode (${problems.join("; ")}); give the state of the last run, or remove it to read every contact again`,
    );
  }
  const { seen, ...known } = parsed.data;
  const state = {
    ...known,
    version: VERSION,
    seen: Array.isArray(seen) ? fromVersion1(seen) : seen,
  } as const;
  if (state.scope !== settings.scope) {
    return {
      state: fresh,
      warning:
        "the state belongs to another organization, workspace, address or start date; reading starts over from start_date",
    };
  }
  const { pass } = state;
  if (pass && (pass.order_by !== settings.orderBy || pass.page_size !== settings.pageSize)) {
    return {
      state: { ...state, pass: null },
      warning:
        "the order or the size of the pages was changed since the last run was interrupted; its pass starts over",
    };
  }
  return { state };
}
