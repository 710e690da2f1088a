import { isoTime } from "./errors.js";

/** What is told of a wait: names in snake_case and times in ISO form, for programs. */
export type WaitEvent =
  | {
      readonly for: string;
      /** `no_answer`, `rate_limited`, `status_503`, `network_ECONNRESET`, … */
      readonly reason: string;
      readonly since: string;
      readonly attempt: number;
      /** Whether the service has answered anything since this program began. */
      readonly answered: boolean;
      /** When the next attempt begins at the latest; null while one is under way. */
      readonly next_at: string | null;
    }
  | { readonly for: string; readonly over: true };

/** Why something waits. */
export interface Trouble {
  readonly reason: string;
  /** The attempt that is under way or comes next, from 1. */
  readonly attempt: number;
  /** In ms since 1970; undefined while an attempt is under way. */
  readonly nextAt?: number | undefined;
}

export interface Wait {
  /** Something has changed. */
  note(trouble: Trouble): void;
  end(): void;
}

/** Everything that waits for one service. Of many waits the oldest is told. */
export interface Waits {
  begin(trouble: Trouble): Wait;
  /** The service has answered, whatever it said. */
  answered(): void;
}

/** How often is looked whether something waits. */
const LOOK_MS = 1_000;
/** What has waited so long is told: within five seconds, whenever it began. */
const TELL_AFTER_MS = 3_000;
/** A wait that changes is told again, at most so often. */
const AGAIN_MS = 5_000;

/** Tells through `tell` what waits for longer than a moment, what becomes of it, and when it is over. */
export function createWaits(options: {
  /** The service, as people call it. */
  readonly service: string;
  readonly tell: (event: WaitEvent) => void;
  readonly now: () => number;
}): Waits {
  const { service, tell, now } = options;
  const waiting = new Map<object, { readonly since: number; trouble: Trouble }>();
  let timer: NodeJS.Timeout | undefined;
  let hasAnswered = false;
  let told: { readonly text: string; readonly at: number } | undefined;

  const look = (): void => {
    const [oldest] = waiting.values();
    const isLong = oldest !== undefined && now() - oldest.since >= TELL_AFTER_MS;
    if (!isLong) {
      if (told) tell({ for: service, over: true });
      told = undefined;
    } else {
      const event = eventOf(service, oldest.since, oldest.trouble, hasAnswered);
      const text = JSON.stringify(event);
      if (told && (told.text === text || now() - told.at < AGAIN_MS)) return;
      told = { text, at: now() };
      tell(event);
    }
    if (waiting.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };

  return {
    answered() {
      hasAnswered = true;
    },
    begin(trouble) {
      const key = {};
      waiting.set(key, { since: now(), trouble });
      timer ??= setInterval(look, LOOK_MS).unref();
      return {
        note(changed) {
          const entry = waiting.get(key);
          if (entry) entry.trouble = changed;
        },
        end() {
          waiting.delete(key);
          // A process may end before it looks again.
          if (told) look();
        },
      };
    },
  };
}

function eventOf(
  service: string,
  since: number,
  { reason, attempt, nextAt }: Trouble,
  answered: boolean,
): WaitEvent {
  return {
    for: service,
    reason,
    since: isoTime(since),
    attempt,
    answered,
    next_at: nextAt === undefined ? null : isoTime(nextAt),
  };
}
