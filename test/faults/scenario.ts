import { isDeepStrictEqual } from "node:util";
import { CUSTOM_FIELDS, expect as promised } from "../../simulators/expectation.js";
import type { ContactRow } from "../../simulators/flowcode/row.js";
import { type IterableOptions, SERVER_SIDE_KEY } from "../../simulators/iterable.js";
import { generatePeople } from "../../simulators/people.js";
import { statesIn, toldBy } from "../messages.js";
import { type Sync, sync } from "../pipe/pipe.js";
import type { Ended, Printed } from "../process.js";
import { type Dialect, type Stage, setStage } from "../stage.js";

export const MODES = ["overwrite", "keep_existing", "fill_missing"] as const;
export type Mode = (typeof MODES)[number];

export const PATHS = {
  token: "/identity/resources/auth/v1/api-token",
  page: "/abacus.v1.AbacusService/ListContacts",
  fields: "/api/users/getFields",
  lookup: "/api/users/getByEmail",
  bulk: "/api/users/bulkUpdate",
  list: "/api/lists/subscribe",
  event: "/api/events/trackBulk",
  export: "/api/export/start",
  /** The pages of the first job of a stand-in. */
  files: "/api/export/3562/files",
  /** Any file, on its own host. */
  file: undefined,
} as const;

/** The list that everybody is put on, and the event that everybody sends, where a scenario has them. */
const LIST = 42;
const EVENT = { name: "converted", field_mapping: [{ source: "Shirt Size", target: "size" }] };

/** A workspace full of people, some of whom Iterable knows already, and what has to be in Iterable in the end. */
export interface Scenario {
  readonly stage: Stage;
  readonly dialect: Dialect;
  readonly mode: Mode;
  /** One sync of all that is left. What it got wrong by what it acknowledged is noted. */
  run(sync?: Pick<Sync, "meanwhile">): Promise<{ readonly source: Ended; readonly destination: Ended }>;
  /** What is wrong: with what Iterable holds now, and with what was acknowledged before it held it. */
  problems(): string[];
  close(): Promise<void>;
}

const PAGE = 20;
const BATCH = 8;
/** Problems that a failed test lists. */
const SHOWN = 5;

/** The same people for the same seed; one row each, since of two rows the newer wins within a run alone. */
function peopleOf(seed: number, count: number): ContactRow[] {
  const rows = generatePeople(count, { seed, endMs: Date.now() - 7_200_000 });
  return rows.filter(({ user }) => user.name !== "Converted Again");
}

export async function createScenario(options: {
  readonly seed: number;
  readonly mode: Mode;
  readonly dialect: Dialect;
  readonly contacts?: number;
  /** Whether everybody is put on a list and sends an event. */
  readonly followUps?: boolean;
  /** Whether what exists is exported, and remembered from run to run. */
  readonly exports?: boolean;
  readonly iterable?: IterableOptions;
  readonly destination?: Printed;
}): Promise<Scenario> {
  const { mode, dialect } = options;
  const stage = await setStage(peopleOf(options.seed, options.contacts ?? 120), {
    flowcode: { pageSize: PAGE, tokenSeconds: 1, requestsPerSecond: 1000, keepBodies: false },
    iterable: {
      fields: CUSTOM_FIELDS,
      limits: { [PATHS.bulk]: 1000, [PATHS.lookup]: 1000 },
      latencyMs: 3,
      keepBodies: false,
      lists: [LIST],
      exportRowsPerFile: 25,
      ...options.iterable,
    },
  });
  const { users } = promised(stage.flowcode.rows, new Set(), () => false);
  // Two of three contacts are there before, with a value of its own and one that the form has not got.
  const before = [...users.keys()].filter((_, index) => index % 3 !== 0);
  for (const email of before) {
    stage.iterable.put({ email, dataFields: { firstName: "Already", signupSource: "Import" } });
  }
  const existing = new Map(before.map((email) => [email, stage.iterable.users.get(email)?.dataFields]));
  const expected = new Map(
    [...users].map(([email, fields]) => [email, plain(merged(mode, existing.get(email), fields))]),
  );
  const violations: string[] = [];
  const secrets = [...secretsOf(stage), ...stage.flowcode.rows.flatMap(({ user }) => personalData(user))];
  const held = (email: string) => plain(stage.iterable.users.get(email)?.dataFields);
  const isRight = (email: string) => isDeepStrictEqual(held(email), expected.get(email));
  /** What is wrong with somebody's list and events. */
  const missing = (email: string): string[] => {
    if (!options.followUps) return [];
    const sent = [...stage.iterable.events.values()].filter(({ key }) => key === email).length;
    return [
      ...(stage.iterable.lists.get(LIST)?.has(email) ? [] : [`${email} is not on the list`]),
      ...(sent === 1 ? [] : [`${email} has ${sent} events`]),
    ];
  };

  return {
    stage,
    dialect,
    mode,
    async run(how = {}) {
      const { advanced, ...destination } = options.destination ?? {};
      const ended = await sync(stage, {
        ...how,
        dialect,
        destination: {
          overwrite_mode: mode,
          ...(options.followUps && { list_id: LIST, events: [EVENT] }),
          ...(options.exports && { existing_contacts: { method: "export", path: stage.path("existing") } }),
          ...destination,
          advanced: {
            batch_size: BATCH,
            bulk_requests_per_second: 200,
            lookup_requests_per_second: 500,
            timeout_seconds: 2,
            ...advanced,
          },
        },
        source: { requests_per_second: 500, advanced: { timeout_seconds: 2 } },
      });
      for (const email of acknowledged(ended, dialect)) {
        if (expected.has(email) && !isRight(email))
          violations.push(`${email} was acknowledged before it was right`);
        if (expected.has(email)) {
          violations.push(...missing(email).map((problem) => `${problem}, and was acknowledged`));
        }
      }
      const told = `${toldBy(ended.source)}${toldBy(ended.destination)}${ended.destination.stdout}`;
      violations.push(
        ...secrets.filter((secret) => told.includes(secret)).map((secret) => `"${secret}" was printed`),
      );
      return ended;
    },
    problems() {
      const wrong = [...expected.keys()].filter((email) => !isRight(email));
      const extra = [...stage.iterable.users.keys()].filter((email) => !expected.has(email));
      const twice = stage.iterable.collisions.map((key) => `${key} was in flight twice`);
      const all = [
        ...wrong.map((email) => `${email} is wrong: ${JSON.stringify(held(email))}`),
        ...extra.map((email) => `${email} should not be there`),
        ...violations,
        ...twice,
        ...[...expected.keys()].flatMap(missing),
      ];
      return all.length > SHOWN ? [...all.slice(0, SHOWN), `and ${all.length - SHOWN} more`] : all;
    },
    close: () => stage.close(),
  };
}

/** What must never be printed, whatever happens: keys, tokens, and the caller's address in Iterable's refusals. */
const secretsOf = ({ flowcode }: Stage): string[] => [
  flowcode.account.clientSecret,
  SERVER_SIDE_KEY,
  "token-",
  "192.0.2.1",
];

/** What tells who somebody is, as far as it is long enough to be told from other text. */
const personalData = ({ email, phone, name }: Printed): string[] =>
  [email, phone, name].flatMap((value) =>
    typeof value === "string" && value.trim().length >= 7 ? [value.trim()] : [],
  );

const plain = (value: unknown): unknown =>
  value === undefined ? undefined : JSON.parse(JSON.stringify(value));

function merged(mode: Mode, existing: Printed | undefined, fields: Printed): Printed {
  if (!existing) return fields;
  if (mode === "keep_existing") return existing;
  return mode === "fill_missing" ? { ...fields, ...existing } : { ...existing, ...fields };
}

/** The emails of all records that came before the last state that the destination let go. */
function acknowledged(
  { source, destination }: { source: Ended; destination: Ended },
  dialect: Dialect,
): string[] {
  const states = statesIn(whole(destination), dialect);
  const last = states.at(-1);
  if (!last) return [];
  const lines = whole(source);
  const position = lines.findLastIndex((line) => isState(line, last.value, dialect));
  return lines.slice(0, Math.max(position, 0)).flatMap((line) => {
    const message: Printed = JSON.parse(line);
    if (message.type !== "RECORD") return [];
    const data = dialect === "singer" ? message.record : message.record.data;
    return typeof data.email === "string" ? [data.email.trim().toLowerCase()] : [];
  });
}

function isState(line: string, value: unknown, dialect: Dialect): boolean {
  if (!line.includes('"type":"STATE"')) return false;
  const message: Printed = JSON.parse(line);
  return isDeepStrictEqual(dialect === "singer" ? message.value : message.state.stream.stream_state, value);
}

/** Lines that were printed to their end: who is killed leaves half of one. */
const whole = ({ stdout }: Ended): string[] =>
  stdout
    .split("\n")
    .slice(0, -1)
    .filter((line) => line !== "");
