import type { ContactRow } from "../simulators/flowcode/row.js";
import type { IterableOptions } from "../simulators/iterable.js";
import type { Printed } from "./process.js";
import { type Stage, setStage } from "./stage.js";

/** The lists of the settings below: everybody, and who is large. */
export const LISTS = { all: 11, large: 12 } as const;
const LARGE = { field: "size", in: ["L", "XL"] };

/** Conversions that go onto lists and send events, some of them on a condition, and only of who has agreed. */
export const SETTINGS: Printed = {
  create_new_fields: true,
  field_mapping: [{ source: "size", target: "size" }],
  consent: { field: "newsletter", agrees: ["yes"] },
  lists: [{ id: LISTS.all }, { id: LISTS.large, when: LARGE }],
  events: [
    { name: "converted", field_mapping: [{ source: "size", target: "size" }] },
    { name: "large", when: LARGE },
  ],
};
export const QUICK = { batch_size: 4, bulk_requests_per_second: 200, lookup_requests_per_second: 500 };
/** Limits that leave the quick settings alone. */
const LIMITS = {
  "/api/users/bulkUpdate": 1000,
  "/api/users/getByEmail": 1000,
  "/api/events/trackBulk": 1000,
};

const BEGIN = Date.UTC(2026, 0, 1);
const SIZES = ["S", "M", "L", "XL"];
const ANSWERS = ["yes", "no", undefined, "yes", "yes"];

/** People with their answers, every sixth of whom has converted twice. */
export function conversionsOf(people: number): ContactRow[] {
  return Array.from({ length: people }, (_, number) => {
    const email = `person${number}@example.com`;
    const newsletter = ANSWERS[number % ANSWERS.length];
    // A person keeps the row by the email as it was typed: somebody who types it otherwise has two.
    const row = (size: number, day: number, typed = email) => {
      const at = new Date(BEGIN + day * 86_400_000 + number * 1000).toISOString();
      const user = { email: typed, size: SIZES[size % SIZES.length], ...(newsletter && { newsletter }) };
      return { user, firstConvertedAt: at, lastConvertedAt: at };
    };
    return number % 6 === 0 ? [row(number, 0, email.toUpperCase()), row(number + 1, 1)] : [row(number, 0)];
  }).flat() as unknown as ContactRow[];
}

export const stageOf = (rows: readonly ContactRow[], iterable: IterableOptions = {}): Promise<Stage> =>
  setStage(rows, {
    flowcode: { pageSize: 10, requestsPerSecond: 1000, tokenSeconds: 60 },
    iterable: {
      fields: { size: "string" },
      lists: Object.values(LISTS),
      limits: LIMITS,
      latencyMs: 3,
      ...iterable,
    },
  });

/** What Iterable has to hold of these conversions, and nothing else: an event of a name, whose, when and with what. */
export function wantedEvents(rows: readonly ContactRow[]): string[] {
  return agreed(rows)
    .flatMap((row) => {
      const { size } = row.user as Printed;
      const email = emailOf(row);
      const seconds = Math.floor(Date.parse(row.lastConvertedAt as string) / 1000);
      return [
        `converted ${email} ${seconds} ${size}`,
        ...(isLarge(row) ? [`large ${email} ${seconds} undefined`] : []),
      ];
    })
    .sort();
}

export const heldEvents = ({ iterable }: Stage): string[] =>
  [...iterable.events.values()]
    .map(
      ({ eventName, key, createdAt, dataFields }) => `${eventName} ${key} ${createdAt} ${dataFields?.size}`,
    )
    .sort();

/** Who has to be on which list. */
export function wantedLists(rows: readonly ContactRow[]): Record<number, string[]> {
  const emails = (of: readonly ContactRow[]) => [...new Set(of.map(emailOf))].sort();
  return { [LISTS.all]: emails(agreed(rows)), [LISTS.large]: emails(agreed(rows).filter(isLarge)) };
}

export const heldLists = ({ iterable }: Stage): Record<number, string[]> =>
  Object.fromEntries([...iterable.lists].map(([id, on]) => [id, [...on].sort()]));

const emailOf = ({ user }: ContactRow) => String(user.email).toLowerCase();
const agreed = (rows: readonly ContactRow[]) => rows.filter(({ user }) => user.newsletter === "yes");
const isLarge = ({ user }: ContactRow) => user.size === "L" || user.size === "XL";
