import type { Context } from "../connector.js";

/** What is known of a wait for a service; times in ISO form. */
export type Waiting =
  | {
      readonly for: string;
      /** In snake_case: `rate_limited`, `status_503`, `no_answer`, `network_ECONNRESET`. */
      readonly reason: string;
      readonly since: string;
      readonly attempt: number;
      /** Whether the service has answered anything since this program began. */
      readonly answered: boolean;
      /** At the latest; null while an attempt is under way. */
      readonly next_at: string | null;
    }
  | { readonly for: string; readonly over: true };

/** How often a wait that goes on is logged, in ms. As data every change is told. */
const LOG_MS = 60_000;

/** Tells of waits as data (`waiting`), and now and then in the log. */
export function tellWaiting({
  log,
  analytics,
  now,
}: Pick<Context, "log" | "analytics" | "now">): (waiting: Waiting) => void {
  let logged: number | undefined;
  return (waiting) => {
    analytics("waiting", waiting);
    if ("over" in waiting) {
      if (logged !== undefined) log.info(`${waiting.for} answers again`);
      logged = undefined;
    } else if (logged === undefined || now() - logged >= LOG_MS) {
      logged = now();
      log.info(inWords(waiting));
    }
  };
}

function inWords(waiting: Extract<Waiting, { since: string }>): string {
  const { for: service, reason, since, attempt, next_at: nextAt } = waiting;
  const why = REASONS[reason] ?? reason.replace("_", " ");
  const next =
    nextAt === null ? `attempt ${attempt} is under way` : `attempt ${attempt} follows by ${nextAt}`;
  return `waiting for ${service} since ${since}: ${why}; ${next}`;
}

const REASONS: Readonly<Record<string, string>> = {
  no_answer: "no answer yet",
  rate_limited: "it asks for a pause (429)",
};
