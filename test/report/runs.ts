import { type Counts, type Ended, type Event, counts as kind, type Started } from "../../sync/runs/events.js";
import { type Run, runOf } from "../../sync/runs/run.js";

const BEGUN = Date.parse("2026-03-02T06:00:00Z");
const at = (seconds: number) => new Date(BEGUN + seconds * 1000).toISOString();

/** What was counted may be named as in older logs. */
const counts = (more: object = {}): Counts =>
  kind.parse({ read: 0, delivered: 0, kept: 0, rejected: 0, unsettled: 0, ...more });

const started = (more: Partial<Started> = {}): Started => ({
  event: "started",
  at: at(0),
  run: 12,
  trigger: "schedule",
  version: "1.2.3",
  holder: { host: "here", pid: 1, birth: "" },
  ...more,
});

const ended = (seconds: number, more: Partial<Ended> = {}): Ended => ({
  event: "ended",
  at: at(seconds),
  outcome: "succeeded",
  read: 0,
  settled: 0,
  rejected: 0,
  streams: {},
  fields_created: [],
  fields_filtered: [],
  state: true,
  ...more,
});

const run = (...events: Event[]): Run => runOf(events) as Run;

/** A long run that brought almost everybody. */
export const LONG = run(
  started(),
  ...Array.from({ length: 42 }, (_, index): Event => {
    const seconds = (index + 1) * 10;
    const read = Math.min(184_213, seconds * 480);
    return {
      event: "progress",
      at: at(seconds),
      read,
      settled: Math.min(183_900, Math.max(0, (seconds - 20) * 450)),
      rejected: Math.floor(seconds / 2),
    };
  }),
  { event: "said", at: at(3), by: "source", level: "warn", message: "the clocks are minutes apart" },
  { event: "said", at: at(4), by: "destination", level: "info", message: "contacts: 10 read = 10 delivered" },
  ended(428.4, {
    read: 184_213,
    settled: 183_900,
    rejected: 313,
    fields_created: ["Favourite Colour"],
    requests: [
      { by: "source", endpoint: "GET /v1/contacts", count: 185, failed: { "429": 3, "no answer": 1 } },
      { by: "destination", endpoint: "POST /api/users/bulkUpdate", count: 186, failed: { "500": 1 } },
      { by: "destination", endpoint: "GET /api/users/getFields", count: 1, failed: {} },
    ],
    fields_filtered: ["conversion_campaign", "conversion_assetLabel"],
    streams: {
      contacts: counts({
        read: 184_213,
        delivered: 181_770,
        kept: 2_130,
        rejected: 313,
        reasons: {
          "kept: no_consent": 2_130,
          "email invalid_email": 201,
          "email no_identifier": 110,
          forgotten: 2,
        },
        left_out: {
          "phoneNumber not_e164": 18_233,
          "birthday not_a_date": 4_011,
          "score not_an_integer": 12,
        },
      }),
    },
  }),
);

/** A run that somebody has to do something about. */
export const FAILED = run(
  started({ trigger: "by hand" }),
  ended(1.2, {
    outcome: "failed",
    read: 120,
    rejected: 100,
    state: false,
    streams: {
      contacts: counts({ read: 120, rejected: 100, unsettled: 20, reasons: { "email no_identifier": 100 } }),
    },
    explanation: {
      by: "destination",
      message:
        "Iterable refused the API key (401 BadApiKey): create a Server-side key, not Read-only, under Integrations → API keys",
      failure_type: "config_error",
    },
  }),
);

/** A run that was killed. */
export const INTERRUPTED = run(started({ full: true }), {
  event: "progress",
  at: at(10),
  read: 4_000,
  settled: 3_000,
  rejected: 0,
});

/** A run whose names come from forms of people who wish us ill. */
const NASTY = `<script>alert("1")</script><img src=x onerror='alert(2)'>&amp;\u0000\u001b[31m`;
export const HOSTILE = run(
  started({ trigger: "retry", retry_of: 7, version: NASTY }),
  { event: "said", at: at(1), by: "destination", level: "warn", message: NASTY },
  ended(5, {
    outcome: "failed",
    read: 3,
    rejected: 2,
    fields_created: [NASTY, "x".repeat(400)],
    fields_filtered: ["ปลายฟ้า ใจดี", "שם פרטי"],
    streams: {
      contacts: counts({
        read: 3,
        rejected: 2,
        unsettled: 1,
        reasons: { [`${NASTY} refused`]: 2 },
        left_out: { [`${"long name ".repeat(40)} not_text`]: 1 },
      }),
      [NASTY]: counts(),
    },
    explanation: { by: "source", message: NASTY, failure_type: "system_error" },
  }),
);

export const RUNS = { LONG, FAILED, INTERRUPTED, HOSTILE } as const;
