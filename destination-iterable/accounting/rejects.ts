import { createHmac } from "node:crypto";
import type { Analytics } from "../../connector/reporting/analytics.js";
import type { Log } from "../../connector/reporting/log.js";
import { withMember } from "../../protocol/splice.js";
import type { Stage } from "./outcome.js";
import type { LostReason } from "./reasons.js";

export interface Rejection {
  readonly stream: string;
  /** The line of the input that the contact came on. */
  readonly line: number;
  /** The line itself. */
  readonly text: string | undefined;
  readonly key: string | undefined;
  readonly stage: Stage;
  readonly field: string | undefined;
  readonly reason: LostReason;
}

/** The place where rejected contacts are reported. */
export interface Rejects {
  report(rejection: Rejection): void;
  /** Resolves when everything reported is on disk. Throws ConfigError where the place does not take it. */
  flush(): Promise<void>;
  /** A promise to await where more waits to be written than should be held in memory; it rejects as `flush` does. */
  room(): Promise<void> | undefined;
  close(): Promise<void>;
}

/** Where rejected contacts are kept, with their data. */
export interface RejectsPlace {
  /** Adds lines. What is `isKept` has to outlive this machine's fall when it resolves. Throws what stops the run. */
  write(text: string, isKept: boolean): Promise<void>;
  close(): Promise<void>;
}

/** Reasons after which nothing of the contact may be kept. */
const WITHOUT_A_TRACE = new Set<LostReason>(["forgotten"]);

/** Lines are written when so many characters of them have come, whether or not a state waits for them. */
const WRITE_CHARS = 1024 * 1024;
/** As many may wait for a disk that is slower than the input. */
const WAITING_CHARS = 8 * WRITE_CHARS;

/**
 * Rejected contacts as log lines, which refer to a contact by its line and a keyed hash and hold none of its data;
 * and with a `place`, as lines there that can be fed to `write` again.
 */
export function createRejects(options: {
  readonly place: RejectsPlace | undefined;
  readonly apiKey: string;
  readonly log: Log;
  readonly analytics: Analytics;
  readonly now: () => number;
}): Rejects {
  let lines: string[] = [];
  let chars = 0;
  /** Characters that are handed over to be written. */
  let writing = 0;
  /** Whether anything was reported since the last flush. */
  let isUnflushed = false;
  let tail: Promise<void> = Promise.resolve();

  /** Writes what has gathered; what is `flushed` is on disk when it resolves. */
  const push = (place: RejectsPlace, isFlushed: boolean): Promise<void> => {
    const text = lines.length > 0 ? `${lines.join("\n")}\n` : "";
    lines = [];
    chars = 0;
    writing += text.length;
    tail = tail.then(() => place.write(text, isFlushed)).finally(() => (writing -= text.length));
    tail.catch(() => undefined);
    return tail;
  };
  return {
    report(rejection) {
      const { stream, line, text, key, stage, field, reason } = rejection;
      const traceless = WITHOUT_A_TRACE.has(reason);
      if (options.place && text !== undefined && !traceless) {
        const at = new Date(options.now()).toISOString();
        const kept = withMember(text, "rejection", JSON.stringify({ line, stage, field, reason, at }));
        lines.push(kept);
        chars += kept.length;
        isUnflushed = true;
        if (chars >= WRITE_CHARS) void push(options.place, false);
        return;
      }
      const hash = key === undefined ? "unknown" : contactHash(options.apiKey, key);
      options.log.warn(
        `rejected: stream ${stream}, line ${line}, contact ${hash}, stage ${stage}, field ${field ?? "-"}, reason ${reason}`,
      );
      options.analytics("rejection", { stream, line, contact: hash, stage, field: field ?? null, reason });
    },
    flush() {
      const { place } = options;
      if (!place || !isUnflushed) return tail;
      isUnflushed = false;
      return push(place, true);
    },
    room: () => (writing > WAITING_CHARS ? tail : undefined),
    async close() {
      await this.flush();
      await options.place?.close();
    },
  };
}

/** How logs refer to a contact: the same in every run with the same key, and of no use without it. */
export function contactHash(apiKey: string, key: string): string {
  return createHmac("sha256", apiKey).update(key).digest("hex").slice(0, 12);
}
