import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { type KeptReason, type LostReason, REASONS } from "../../destination-iterable/accounting/reasons.js";
import type { StreamOutcome } from "../../destination-iterable/accounting/tally.js";
import { type IterableOptions, type IterableSimulator, startIterable } from "../../simulators/iterable.js";
import { writeLines } from "./sitting.js";

const GOOD = 1000;
const ODD = "odd@example.com";
const TEXT = { type: ["null", "string"] };

type Fields = Record<string, unknown>;
interface Case {
  /** What is odd of the contact: its fields beside the email, or the record as a whole. */
  readonly odd: Fields | { readonly record: unknown };
  /** What the others have beside their emails. */
  readonly good?: Fields;
  readonly settings?: Fields;
  readonly stream?: Fields;
  readonly properties?: Fields;
  readonly iterable?: IterableOptions;
  /** Profiles that are there before. */
  readonly profiles?: readonly string[];
  /** What becomes of the odd one: left out is one of its values alone. */
  readonly ends: "kept" | "rejected" | "left_out";
  /** How many end so in the first and in the second run: 1, unless the first run changes that. */
  readonly counts?: readonly [number, number];
}

const mapped = (...entries: readonly Fields[]) => ({ field_mapping: entries });
const into = (type: string, value: unknown): Case => ({
  odd: { value },
  iterable: { fields: { value: type } as never },
  ends: "left_out",
});
const transformed = (transform: string, value: unknown, more: Fields = {}): Case => ({
  odd: { value },
  settings: mapped({ source: "value", target: "phoneNumber", transform: [transform], ...more }),
  ends: "left_out",
});
const answered = (iterable: IterableOptions, odd: Fields = {}): Case => ({ odd, iterable, ends: "rejected" });
const refusedWith = (status: number, code: string): Case =>
  answered({ refusing: { [ODD]: { status, code } } });
const nested = (levels: number): unknown => (levels === 0 ? "x" : { in: nested(levels - 1) });
const goodKeys = Array.from({ length: GOOD }, (_, index) => `p${index}@example.com`);

/** One bad case for every reason that a contact or a value of a stream of contacts can have. */
const CASES: { readonly [reason in KeptReason | LostReason]?: Case } = {
  // In the second run everybody exists.
  exists: {
    odd: {},
    settings: { overwrite_mode: "keep_existing" },
    profiles: [ODD],
    ends: "kept",
    counts: [1, GOOD + 1],
  },
  absent: { odd: {}, stream: { destination_sync_mode: "update" }, profiles: goodKeys, ends: "kept" },
  condition: {
    odd: { test: "yes" },
    stream: { skip_if: { field: "test", equals: "yes" } },
    ends: "kept",
  },
  no_consent: {
    odd: { agreed: "no" },
    good: { agreed: "yes" },
    settings: { consent: { field: "agreed", agrees: ["yes"] } },
    ends: "kept",
  },
  deleted: {
    odd: { _sdc_deleted_at: "2026-01-01T00:00:00Z" },
    settings: { deletions: "reject" },
    ends: "rejected",
  },
  not_a_record: { odd: { record: "a text" }, ends: "rejected" },
  no_identifier: { odd: { record: { phone: "+14155550100" } }, ends: "rejected" },
  invalid_email: { odd: { record: { email: "odd@@example" } }, ends: "rejected" },
  invalid_user_id: {
    odd: { record: { userId: "\u00fc" } },
    settings: { identifier: "user_id" },
    iterable: { identifier: "user_id" },
    ends: "rejected",
  },
  missing_required: {
    odd: {},
    good: { name: "Ann" },
    settings: mapped({ source: "name", target: "firstName", required: true }),
    ends: "rejected",
  },
  beside_whole: {
    odd: { address: { zip: "1" }, "address.zip": "2" },
    settings: { unmapped_fields: "same_name" },
    iterable: { fields: { address: "object", "address.zip": "string" } },
    ends: "left_out",
  },
  looks_like: {
    odd: { "shirt size": "M" },
    settings: { unmapped_fields: "same_name", create_new_fields: true },
    iterable: { fields: { "Shirt Size": "string" } },
    ends: "left_out",
  },
  unusable_name: {
    odd: { _private: "M" },
    settings: { unmapped_fields: "same_name", create_new_fields: true },
    ends: "left_out",
  },
  // In the second run the field is there.
  type_not_decided: {
    odd: { value: 3 },
    good: { value: 1.5 },
    settings: { create_new_fields: true, ...mapped({ source: "value", target: "ratio" }) },
    properties: { email: TEXT, value: { type: "number" } },
    ends: "left_out",
    counts: [1, 0],
  },
  schema: {
    odd: { value: "three" },
    settings: { unmapped_fields: "same_name", create_new_fields: true },
    properties: { email: TEXT, value: { type: "integer" } },
    ends: "left_out",
  },
  nested_list: into("string", [["a"]]),
  too_deep: into("object", nested(40)),
  too_long: into("string", "x".repeat(40_000)),
  too_large: into("long", 2 ** 60),
  not_an_object: into("object", "text"),
  not_text: {
    odd: { phone: { number: 1 } },
    ends: "left_out",
  },
  not_a_number: into("double", "many"),
  not_an_integer: into("long", 1.5),
  not_a_boolean: into("boolean", "perhaps"),
  not_a_date: into("date", "soon"),
  not_a_location: into("geo_location", "Bern"),
  not_e164: { odd: { phone: "415 555 0100" }, ends: "left_out" },
  not_a_phone: transformed("phone", "12", { phone_country: "US" }),
  type_mismatch: {
    // Between getFields and the write somebody has created the field with another type.
    odd: { value: "text" },
    settings: { create_new_fields: true, ...mapped({ source: "value", target: "late" }) },
    iterable: { fields: { late: "unlisted" } as never },
    ends: "left_out",
  },
  contact_too_large: {
    odd: Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`f${index}`, "x".repeat(31_000)])),
    iterable: {
      fields: Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`f${index}`, "string"])) as never,
    },
    ends: "rejected",
  },
  forgotten: answered({ forgotten: [ODD] }),
  identity_conflict: refusedWith(409, "EmailAlreadyExists"),
  not_found: refusedWith(400, "UnknownEmailError"),
  invalid_data: answered(
    { typeMismatches: "per_user", fields: { value: "unlisted" } as never },
    { value: "text" },
  ),
  malformed: refusedWith(400, "BadJsonBody"),
  bad_params: refusedWith(400, "BadParams"),
  refused: refusedWith(400, "NeverHeardOf"),
  field_limit: {
    odd: { brandNew: "x" },
    settings: { unmapped_fields: "same_name", create_new_fields: true },
    iterable: { fieldLimit: 1 },
    ends: "left_out",
  },
  unreadable: {
    odd: {},
    settings: { overwrite_mode: "fill_missing" },
    iterable: { unreadable: [ODD] },
    profiles: [ODD],
    ends: "rejected",
  },
  server_error: answered({ poisoned: [ODD] }),
};
/** Reasons that no stream of contacts has, and the test that has them. */
const ELSEWHERE: { readonly [reason in KeptReason | LostReason]?: string } = {
  no_identifier_stream: "contract/destination-passed-over.test.ts",
  trial: "contract/singer.test.ts",
  created: "destination-iterable/write/undo.test.ts",
  unchanged: "destination-iterable/write/undo.test.ts",
  changed_since: "destination-iterable/write/undo.test.ts",
  not_an_undo: "destination-iterable/write/undo.test.ts",
  dry_run: "destination-iterable/write/undo.test.ts",
  empty: "destination-iterable/mapping/coercion.test.ts",
  no_such_field: "destination-iterable/plan/sample.test.ts",
};

let iterable: IterableSimulator;
afterEach(() => iterable.close());

const STATE =
  '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"contacts"},"stream_state":{"n":1}}}}';
const lineOf = (data: unknown) =>
  JSON.stringify({ type: "RECORD", record: { stream: "contacts", data, emitted_at: 1 } });

async function runOf({ odd, good = {}, settings = {}, stream = {}, properties = {} }: Case) {
  const byUserId = settings.identifier === "user_id";
  const others = goodKeys.map((key) => ({ ...(byUserId ? { userId: key } : { email: key }), ...good }));
  const record = "record" in odd ? odd.record : { email: ODD, ...odd };
  const lines = [record, ...others].map(lineOf);
  const advanced = { lookup_requests_per_second: 5000, max_attempts: 2 };
  const ran = await writeLines(
    iterable.url,
    [...lines, STATE],
    { ...settings, advanced },
    stream,
    properties,
  );
  const outcome = ran.told.find(([type]) => type === "stream_outcome")?.[1] as StreamOutcome | undefined;
  return { ...ran, outcome };
}

describe("one bad case, first in the order among a thousand good ones", () => {
  test.each(Object.entries(CASES) as [KeptReason | LostReason, Case][])(
    "%s: the thousand arrive and are acknowledged, and in the next run too",
    async (reason, one) => {
      const { profiles = [], iterable: options } = one;
      iterable = await startIterable({ limitsHeld: false, ...options });
      for (const email of profiles) iterable.put({ email, dataFields: {} });
      for (const run of [1, 2] as const) {
        const { failure, acknowledged, outcome } = await runOf(one);
        expect([run, failure]).toEqual([run, undefined]);
        expect([run, acknowledged.length]).toEqual([run, 1]);
        expect(outcome).toMatchObject({ read: GOOD + 1, unsettled: 0 });
        const { ends, counts = [1, 1] } = one;
        const count = counts[run - 1] as number;
        const found =
          ends === "left_out" ? outcome?.left_out : outcome?.reasons.filter(({ kind }) => kind === ends);
        expect(found?.filter((each) => each.reason === reason).map(({ count }) => count)).toEqual(
          count === 0 ? [] : [count],
        );
        expect(outcome?.rejected).toBe(ends === "rejected" ? 1 : 0);
      }
      expect(goodKeys.filter((key) => !iterable.users.has(key))).toEqual([]);
    },
  );

  test("every reason has a case here, or its test elsewhere", () => {
    for (const reason of Object.keys(REASONS) as (KeptReason | LostReason)[]) {
      const path = ELSEWHERE[reason];
      if (path === undefined) expect(CASES).toHaveProperty(reason);
      else expect([reason, textOf(path).includes(reason)]).toEqual([reason, true]);
    }
  });
});

const textOf = (path: string) => readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), "utf8");
