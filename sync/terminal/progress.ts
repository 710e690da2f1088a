import type { Said } from "../runs/events.js";
import { harmless } from "./harmless.js";
import { paint } from "./paint.js";
import type { Terminal } from "./terminal.js";
import { counted, many } from "./words.js";

/** How far a run has come. */
export interface Standing {
  readonly read: number;
  readonly settled: number;
  readonly rejected: number;
  /** Until when Flowcode lets nothing through, in ms since 1970. */
  readonly heldUntil: number | undefined;
  /** What the run waits for at this moment. */
  readonly waiting?: Waiting | undefined;
}

/** A vendor that lets a connector wait. Times are ms since 1970. */
export interface Waiting {
  readonly for: string;
  readonly reason: string;
  readonly since: number;
  readonly attempt: number | undefined;
  readonly nextAt: number | undefined;
}

/** Shows a run while it goes on. */
export interface Progress {
  show(standing: Standing): void;
  /** A warning or a remark of one of the connectors. */
  say(said: Said): void;
  end(): void;
}

/** How often a line is printed where none can be rewritten, in ms. */
const PLAIN_MS = 10_000;
const JSON_MS = 1_000;

/** One line that is rewritten for whoever watches, else one line every ten seconds; for programs, JSON lines. */
export function createProgress(
  terminal: Terminal,
  { json, now }: { json: boolean; now: () => number },
): Progress {
  const begun = now();
  let last = begun;
  let told: number | undefined;
  const isDue = (ms: number): boolean => {
    if (now() - last < ms) return false;
    last = now();
    return true;
  };
  /** A wait is told at once when it begins, wherever it is read. */
  const isNews = (waiting: Waiting | undefined): boolean => {
    const before = told;
    told = waiting?.since;
    if (told === undefined || told === before) return false;
    last = now();
    return true;
  };
  return {
    show(standing) {
      const { heldUntil, waiting, ...counts } = standing;
      const seconds = (now() - begun) / 1000;
      if (json) {
        if (!isNews(waiting) && !isDue(JSON_MS)) return;
        const held = heldUntil === undefined ? {} : { held_until: new Date(heldUntil).toISOString() };
        terminal.printJson({
          event: "progress",
          seconds,
          ...counts,
          ...held,
          ...(waiting && waitingJson(waiting)),
        });
      } else if (terminal.isWatched) terminal.rewrite(standingText(standing, seconds, now()));
      else if (isNews(waiting) || isDue(PLAIN_MS)) terminal.say(standingText(standing, seconds, now()));
    },
    say({ event: _, ...said }) {
      if (json) terminal.printJson({ event: "said", ...said });
      // Remarks stand in the log of the run; what they say of its end is said there in words.
      else if (said.level !== "info") terminal.say(paint("warn", `${said.level}: ${harmless(said.message)}`));
    },
    end: () => terminal.rewrite(""),
  };
}

function standingText(
  { read, settled, rejected, heldUntil, waiting }: Standing,
  seconds: number,
  now: number,
): string {
  const done = settled + rejected;
  return [
    `${many(read)} read`,
    `${many(settled)} delivered or kept`,
    `${many(rejected)} rejected`,
    ...(seconds >= 1 && done > 0 ? [`${many(Math.round(done / seconds))} a second`] : []),
    ...(heldUntil !== undefined && heldUntil > now
      ? [`waiting for Flowcode: asks to wait ${counted(Math.ceil((heldUntil - now) / 1000), "second")}`]
      : []),
    ...(waiting ? [waitingText(waiting, now)] : []),
  ].join(" · ");
}

/** "waiting for Iterable: refuses connections, attempt 3, next in 4 s". */
export function waitingText({ for: whom, reason, attempt, nextAt }: Waiting, now: number): string {
  return [
    `waiting for ${harmless(whom)}: ${harmless(reasonOf(reason))}`,
    ...(attempt === undefined ? [] : [`attempt ${many(attempt)}`]),
    ...(nextAt === undefined || nextAt <= now ? [] : [`next in ${many(Math.ceil((nextAt - now) / 1000))} s`]),
  ].join(", ");
}

/** Why somebody has to wait, by what connections and vendors say. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED/, "refuses connections"],
  [/ENOTFOUND|EAI_AGAIN/, "its name cannot be resolved"],
  [/ECONNRESET|EPIPE|UND_ERR_SOCKET/, "breaks connections off"],
  [/EHOSTUNREACH|ENETUNREACH|ENETDOWN/, "the network does not lead there"],
  [/TIMEOUT|ETIMEDOUT|no answer/i, "does not answer"],
  [/rate limited/, "asks to slow down"],
  [/status (\d+)/, "answers with status $1"],
];

function reasonOf(reason: string): string {
  for (const [pattern, words] of REASONS) {
    const found = pattern.exec(reason);
    if (found) return words.replace("$1", found[1] ?? "");
  }
  return reason;
}

function waitingJson({ for: whom, reason, since, attempt, nextAt }: Waiting) {
  return {
    waiting_for: whom,
    waiting_reason: reason,
    waiting_since: new Date(since).toISOString(),
    ...(attempt !== undefined && { waiting_attempt: attempt }),
    ...(nextAt !== undefined && { waiting_next_at: new Date(nextAt).toISOString() }),
  };
}
