import type { Said } from "../runs/events.js";
import { printable, type Terminal } from "./terminal.js";

/** How far a run has come. */
export interface Standing {
  readonly read: number;
  readonly settled: number;
  readonly rejected: number;
  /** Until when Flowcode lets nothing through, in ms since 1970. */
  readonly heldUntil: number | undefined;
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
  const isDue = (ms: number): boolean => {
    if (now() - last < ms) return false;
    last = now();
    return true;
  };
  return {
    show(standing) {
      const { heldUntil, ...counts } = standing;
      const seconds = (now() - begun) / 1000;
      if (json) {
        const held = heldUntil === undefined ? {} : { held_until: new Date(heldUntil).toISOString() };
        if (isDue(JSON_MS))
          terminal.print(JSON.stringify({ event: "progress", seconds, ...counts, ...held }));
      } else if (terminal.isWatched) terminal.rewrite(standingText(standing, seconds, now()));
      else if (isDue(PLAIN_MS)) terminal.say(standingText(standing, seconds, now()));
    },
    say({ event: _, ...said }) {
      if (json) terminal.print(JSON.stringify({ event: "said", ...said }));
      else terminal.say(`${said.level === "info" ? "" : `${said.level}: `}${printable(said.message)}`);
    },
    end: () => terminal.rewrite(""),
  };
}

function standingText(
  { read, settled, rejected, heldUntil }: Standing,
  seconds: number,
  now: number,
): string {
  const done = settled + rejected;
  return [
    `${many(read)} read`,
    `${many(settled)} confirmed`,
    `${many(rejected)} rejected`,
    ...(seconds >= 1 ? [`${many(Math.round(done / seconds))} a second`] : []),
    ...(heldUntil !== undefined && heldUntil > now
      ? [`Flowcode asks to wait ${Math.ceil((heldUntil - now) / 1000)} s`]
      : []),
  ].join(" · ");
}

/** A number as people write it. */
export function many(count: number): string {
  return count.toLocaleString("en");
}
