import type { IterableOptions } from "../../../simulators/iterable.js";

export type Data = Record<string, unknown>;

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** One odd contact before a thousand good ones. */
export interface Case {
  /** What is odd of it, beside its email; a text: the whole record. */
  readonly odd: Data | string;
  readonly settings?: Data;
  /** More of the stream's entry in the catalog. */
  readonly stream?: Data;
  /** The schemas of the stream's fields. */
  readonly properties?: Data;
  readonly iterable?: IterableOptions;
  /** Who is in Iterable before. */
  readonly before?: readonly {
    readonly email: string;
    readonly userId?: string;
    readonly dataFields: Data;
  }[];
  /** How the summary calls it, where it is not its code. */
  readonly told?: string;
  /** By what the contacts are told apart. */
  readonly identifier?: "user_id";
  /** Whether the thousand are there before, as a mode needs that writes nobody new. */
  readonly allExist?: true;
  /** What Iterable answers to a bulk update that has the odd contact in it, at this place among so many. */
  readonly answer?: (index: number, users: number) => Answer;
}

export const ODD = "odd@example.com";
export const FIELDS = {
  city: "string",
  score: "long",
  ltv: "double",
  vip: "boolean",
  born: "date",
  place: "geo_location",
  box: "object",
  phoneNumber: "string",
} as const;
const mapped = (source: string, target = source, more: Data = {}) => ({
  field_mapping: [
    { source: "city", target: "city" },
    { source, target, ...more },
  ],
});
const sixty = "x".repeat(60);
const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });
const refused = (code: string, params: unknown = null, status = 400): Answer => ({
  status,
  body: { msg: "no", code, params },
});

/** An answer that names the odd contact in one of the lists of failures, and says that the others were written. */
const failed =
  (list: string) =>
  (_index: number, users: number): Answer => ({
    status: 200,
    body: { successCount: users - 1, failCount: 1, failedUpdates: { [list]: [ODD] } },
  });

/** Reasons that no record of a source can end with, and the test that has them. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  no_identifier_stream: "test/contract/destination-passed-over.test.ts: a stream beside others",
  trial: "the test of a connection sends it, beside no contact",
  created: "test/destination-iterable/write/undo.test.ts: of an undo alone",
  unchanged: "test/destination-iterable/write/undo.test.ts: of an undo alone",
  changed_since: "test/destination-iterable/write/undo.test.ts: of an undo alone",
  not_an_undo: "test/destination-iterable/write/undo.test.ts: of an undo alone",
  dry_run: "nobody arrives in a dry run",
  no_such_field: "said by plan alone: in a run Iterable leaves the field out, and names it",
  empty: "said of values that a transform leaves nothing of; nothing is lost",
};

export const CASES: Readonly<Record<string, Case>> = {
  exists: {
    odd: {},
    settings: { overwrite_mode: "keep_existing" },
    before: [{ email: ODD, dataFields: {} }],
  },
  absent: { odd: {}, stream: { destination_sync_mode: "update" }, allExist: true },
  condition: {
    odd: { skip: "yes" },
    settings: { streams: [{ name: "contacts", skip_if: { field: "skip", equals: "yes" } }] },
  },
  no_consent: { odd: { agreed: "no" }, settings: { consent: { field: "agreed", agrees: ["yes"] } } },
  not_a_record: { odd: "7" },
  deleted: { odd: { _ab_cdc_deleted_at: "2026-01-01T00:00:00Z" } },
  no_identifier: { odd: { email: "" } },
  invalid_email: { odd: { email: "nobody" } },
  invalid_user_id: { odd: { userId: sixty }, identifier: "user_id" },
  missing_required: {
    odd: { city: "" },
    settings: { field_mapping: [{ source: "city", target: "city", required: true }] },
  },
  beside_whole: {
    odd: { box: { a: 1 }, "box.b": "x" },
    settings: { unmapped_fields: "same_name", create_new_fields: true },
    iterable: { fields: { ...FIELDS, "box.b": "string" } },
  },
  looks_like: { odd: { City: "Rome" }, settings: { unmapped_fields: "same_name", create_new_fields: true } },
  unusable_name: {
    odd: { [sixty.repeat(10)]: "x" },
    settings: { unmapped_fields: "same_name", create_new_fields: true },
  },

  type_not_decided: {
    odd: { total: 3 },
    settings: { ...mapped("total", "total", { type: "double" }), create_new_fields: true },
  },
  schema: {
    odd: { shoe: "x" },
    properties: { email: {}, city: {}, shoe: { type: "integer" } },
    settings: { ...mapped("shoe"), create_new_fields: true },
  },
  nested_list: { odd: { city: [["x"]] } },
  too_deep: { odd: { box: deep(40) } },
  too_long: { odd: { city: "x".repeat(40_000) } },
  too_large: { odd: { score: "123456789012345678901234567890" } },
  not_an_object: { odd: { box: "x" } },
  not_text: { odd: { city: { a: 1 } } },
  not_a_number: { odd: { ltv: "much" } },
  not_an_integer: { odd: { score: 1.5 } },
  not_a_boolean: { odd: { vip: "maybe" } },
  not_a_date: { odd: { born: "someday" } },
  not_a_location: { odd: { place: "here" } },
  not_e164: { odd: { phone: "4155550100" } },
  not_a_phone: {
    odd: { phone: "12" },
    settings: mapped("phone", "phoneNumber", { transform: ["phone"], phone_country: "US" }),
  },
  contact_too_large: {
    odd: Object.fromEntries(Array.from({ length: 40 }, (_, number) => [`f${number}`, "x".repeat(30_000)])),
    settings: { advanced: { batch_bytes: 1_000_000 } },
    iterable: {
      fields: {
        ...FIELDS,
        ...Object.fromEntries(Array.from({ length: 40 }, (_, number) => [`f${number}`, "string" as const])),
      },
    },
  },
  forgotten: { odd: {}, iterable: { forgotten: [ODD] } },
  unreadable: {
    odd: {},
    settings: { overwrite_mode: "fill_missing" },
    before: [{ email: ODD, dataFields: {} }],
    iterable: { unreadable: [ODD] },
  },
  server_error: { odd: {}, iterable: { poisoned: [ODD] } },
  identity_conflict: { odd: {}, answer: () => refused("EmailAlreadyExists", null, 409) },
  not_found: { odd: {}, answer: failed("notFoundEmails") },
  invalid_data: { odd: {}, answer: failed("invalidDataEmails") },
  malformed: {
    odd: {},
    answer: (index) => refused("BadJsonBody", { [`obj.users[${index}].dataFields`]: "Object expected" }),
  },
  bad_params: { odd: {}, answer: () => refused("BadParams") },
  refused: { odd: {}, answer: () => refused("error.project.neverHeardOf") },
  type_mismatch: {
    odd: {},
    answer: () =>
      refused("RequestFieldsTypesMismatched", {
        validationErrors: { city: { category: "user", expectedType: "long", incomingTypes: ["string"] } },
      }),
    told: "city",
  },
  field_limit: {
    odd: { brandNew: "x" },
    settings: { unmapped_fields: "same_name", create_new_fields: true },
    iterable: { fieldLimit: 12 },
  },
};
