import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError, TransientError } from "../../../../connector/errors.js";
import { createDelivery } from "../../../../destination-iterable/delivery/bulk/delivery.js";
import {
  bodyOf,
  createPacker,
  type Packed,
} from "../../../../destination-iterable/delivery/compact/packing.js";
import type { DeliveryOptions } from "../../../../destination-iterable/delivery/delivered.js";
import type { Answer } from "../../../../destination-iterable/iterable/verdict.js";
import { UTC } from "../../../../destination-iterable/mapping/dates/time-zone.js";
import type { RateLimiter } from "../../../../http/rate-limit.js";

interface SentUser {
  email: string;
  dataFields: Record<string, unknown>;
}

/** Everything goes through at once, and pauses are noted. */
function openLimiter(): RateLimiter & { pauses: number[] } {
  const pauses: number[] = [];
  return { run: (work) => work(), pause: (ms) => void pauses.push(ms), pausedUntil: 0, waiting: 0, pauses };
}

const pack = createPacker<string>(({ identifier, fields }) => ({ email: identifier, dataFields: fields }));

function people(count: number, fields: Record<string, unknown> = {}): Packed<string>[] {
  return Array.from({ length: count }, (_, index) => {
    const key = `p${index}@example.com`;
    return pack({ key, identifier: key, fields, layers: [], mode: "overwrite", records: [key] });
  });
}

const status = (code: number, body: unknown): Answer => ({
  kind: "status",
  status: code,
  body: JSON.stringify(body),
  retryAfterMs: undefined,
});
const generic = status(500, { msg: "An error occurred.", code: "GenericError", params: null });
const accepted = (users: readonly SentUser[], failed: readonly string[] = [], failCount = failed.length) =>
  status(200, {
    successCount: users.length - failCount,
    failCount,
    failedUpdates: { invalidEmails: failed },
  });

/** Delivers a batch to an Iterable that answers as told, and counts the requests. */
async function deliver(
  batch: readonly Packed<string>[],
  answer: (users: readonly SentUser[], call: number) => Answer,
  overrides: Partial<DeliveryOptions<string>> = {},
) {
  const sent: SentUser[][] = [];
  const limiter = openLimiter();
  const run = createDelivery<string>({
    post: async (body) => {
      const { users } = JSON.parse(Buffer.from(body).toString()) as { users: SentUser[] };
      sent.push(users);
      return answer(users, sent.length);
    },
    limiter,
    pack,
    unchanging: (contact) => ({ ...contact, fields: {} }),
    stage: "delivery",
    bodyOf: (members) => bodyOf({ createNewFields: false }, "users", members),
    onInvalidValue: "drop_field",
    zone: UTC,
    maxAttempts: 4,
    firstDelayMs: 0,
    signal: new AbortController().signal,
    onFields: () => undefined,
    onFieldTypes: () => undefined,
    onOddCounts: () => undefined,
    isKnownField: () => true,
    onFieldLimit: () => undefined,
    otherIdentifier: "userId",
    ...overrides,
  });
  const results = await run(batch).catch((error: unknown) => error as Error);
  const ended = results instanceof Error ? [] : results;
  const rejected = Object.fromEntries(
    ended.flatMap(({ contact, outcome }) =>
      outcome.kind === "rejected" ? [[contact.key, outcome.reason]] : [],
    ),
  );
  return { results, ended, rejected, sent, calls: sent.length, limiter, run };
}

describe("a poisoned contact that is alone at the end", () => {
  const alone = people(4).slice(3);
  const key = "p3@example.com";

  /** One batch after the other through one delivery, the last of them of a single contact. */
  async function lastOf(first: readonly Packed<string>[], isDown: (call: number) => boolean) {
    const sent: SentUser[][] = [];
    const results = await deliver([], () => generic, {
      post: async (body) => {
        const { users } = JSON.parse(Buffer.from(body).toString()) as { users: SentUser[] };
        sent.push(users);
        return isDown(sent.length) || users.some(({ email }) => email === key) ? generic : accepted(users);
      },
    }).then(async ({ run }) => {
      if (first.length > 0) await run(first);
      return run(alone).catch((error: unknown) => error as Error);
    });
    return { results, sent };
  }

  test("costs that contact, once somebody who was delivered goes through again, with nothing to write", async () => {
    const { results, sent } = await lastOf(people(3), () => false);
    expect(results).toMatchObject([{ outcome: { kind: "rejected", reason: "server_error" } }]);
    const control = sent.slice(1).filter(([user]) => user?.email === "p2@example.com");
    expect(control).toEqual([[{ email: "p2@example.com", dataFields: {} }]]);
  });

  test("is an outage where that one fails too", async () => {
    const { results } = await lastOf(people(3), (call) => call > 2);
    expect(results).toMatchObject({ name: "TransientError" });
  });

  test("waits for others where nobody was delivered before", async () => {
    const { results } = await lastOf([], () => false);
    expect(results).toMatchObject([{ outcome: { kind: "postponed", error: { name: "TransientError" } } }]);
  });
});

describe("one poisoned contact among 1,000", () => {
  test.each([0, 1, 499, 500, 731, 999])(
    "costs at most 25 further calls and nobody else anything, at place %i",
    async (place) => {
      const poisoned = `p${place}@example.com`;
      const { ended, rejected, calls } = await deliver(people(1000), (users) =>
        users.some(({ email }) => email === poisoned) ? generic : accepted(users),
      );
      expect(rejected).toEqual({ [poisoned]: "server_error" });
      expect(ended).toHaveLength(1000);
      expect(calls).toBeLessThanOrEqual(1 + 25);
    },
  );

  test("is found too when its failure is counted but not named", async () => {
    const poisoned = "p421@example.com";
    const { ended, rejected, calls } = await deliver(people(1000), (users) =>
      accepted(users, [], users.some(({ email }) => email === poisoned) ? 1 : 0),
    );
    expect(rejected).toEqual({ [poisoned]: "refused" });
    expect(ended).toHaveLength(1000);
    expect(calls).toBeLessThanOrEqual(1 + 25);
  });
});

describe("many poisoned contacts among 1,000", () => {
  test.each([
    ["spread evenly", (index: number) => index % 10 === 3],
    ["all at the beginning", (index: number) => index < 100],
    ["all at the end", (index: number) => index >= 900],
  ])("still end right, %s", async (_, isPoisoned) => {
    const bad = new Set(
      people(1000)
        .filter((_person, index) => isPoisoned(index))
        .map(({ contact }) => contact.key),
    );
    const { ended, rejected } = await deliver(people(1000), (users) =>
      users.some(({ email }) => bad.has(email)) ? generic : accepted(users),
    );
    expect(new Set(Object.keys(rejected))).toEqual(bad);
    expect(ended).toHaveLength(1000);
  });
});

describe("an outage", () => {
  test.each([
    ["GenericError", generic],
    ["503", status(503, {})],
    ["answers that get lost", { kind: "lost", problem: "cut", transient: true } as const],
    ["200 from somebody else", status(200, { hello: "world" })],
  ])("of %s rejects nobody and asks to run again", async (_, answer) => {
    const { results, calls } = await deliver(people(1000), () => answer);
    expect(results).toBeInstanceOf(TransientError);
    expect(calls).toBeLessThan(70);
  });

  test("that ends is survived", async () => {
    const { ended, rejected, calls } = await deliver(people(10), (users, call) =>
      call < 3 ? status(503, {}) : accepted(users),
    );
    expect([ended.length, rejected, calls]).toEqual([10, {}, 3]);
  });
});

describe("a request that is refused as a whole", () => {
  test("is halved until it fits when it is too large", async () => {
    const { ended, rejected, sent } = await deliver(people(8), (users) =>
      users.length > 2 ? status(413, {}) : accepted(users),
    );
    expect([ended.length, rejected]).toEqual([8, {}]);
    expect(sent.map((users) => users.length)).toEqual([8, 4, 2, 2, 4, 2, 2]);
  });

  test("loses only the row that is malformed", async () => {
    const { rejected, calls } = await deliver(people(5), (users) => {
      const row = users.findIndex(({ email }) => email === "p3@example.com");
      return row < 0
        ? accepted(users)
        : status(400, {
            code: "BadJsonBody",
            params: { [`obj.users[${row}].preferUserId`]: "Boolean value expected" },
          });
    });
    expect([rejected, calls]).toEqual([{ "p3@example.com": "malformed" }, 2]);
  });

  test("stops the run as a configuration error when the key is refused", async () => {
    const { results, calls } = await deliver(people(5), () => status(401, { code: "BadApiKey" }));
    expect([results instanceof ConfigError, calls]).toEqual([true, 1]);
  });

  test("waits for as long as Iterable asks after a 429, and costs no attempt", async () => {
    const { ended, limiter } = await deliver(people(5), (users, call) =>
      call < 20 ? { ...status(429, { code: "RateLimitExceeded" }), retryAfterMs: 4000 } : accepted(users),
    );
    expect(ended).toHaveLength(5);
    expect(limiter.pauses).toEqual(Array(19).fill(4000));
  });
});

describe("a value that does not have the type of its field", () => {
  const mismatch = (field: string, expectedType: string) =>
    status(400, {
      code: "RequestFieldsTypesMismatched",
      params: { validationErrors: { [field]: { expectedType } } },
    });
  /** An Iterable whose field size is a long. */
  const typed = (users: readonly SentUser[]) =>
    users.every(({ dataFields }) => !("size" in dataFields) || Number.isInteger(dataFields.size))
      ? accepted(users)
      : mismatch("size", "long");
  const batch = () =>
    [{ size: 1 }, { size: "2" }, { size: "M", name: "Ann" }, {}].map((fields, index) => {
      const key = `p${index}@example.com`;
      return pack({ key, identifier: key, fields, layers: [], mode: "overwrite", records: [key] });
    });

  test("is coerced where that is safe, else left out; nobody else is touched", async () => {
    const { ended, rejected, sent } = await deliver(batch(), typed);
    expect(rejected).toEqual({});
    expect(sent.at(-1)?.map(({ dataFields }) => dataFields)).toEqual([
      { size: 1 },
      { size: 2 },
      { name: "Ann" },
      {},
    ]);
    expect(ended.flatMap(({ dropped }) => dropped)).toMatchObject([{ field: "size" }]);
  });

  test("costs the contact where the configuration says so", async () => {
    const { rejected } = await deliver(batch(), typed, { onInvalidValue: "reject_contact" });
    expect(Object.keys(rejected)).toEqual(["p2@example.com"]);
  });

  test("is found by halving when every value seems to fit", async () => {
    const { ended, rejected } = await deliver(people(8, { size: 5 }), (users) =>
      users.some(({ email, dataFields }) => email === "p5@example.com" && "size" in dataFields)
        ? mismatch("size", "long")
        : accepted(users),
    );
    expect(rejected).toEqual({});
    expect(ended.filter(({ dropped }) => dropped.length > 0).map(({ contact }) => contact.key)).toEqual([
      "p5@example.com",
    ]);
  });
});

describe("one contact among 1,000 that conflicts with another profile", () => {
  /** Conflicts in the words that Iterable may find for them. */
  const conflictsAs =
    (name: (user: SentUser) => string, isCounted: boolean, bad: ReadonlySet<string>) =>
    (users: readonly SentUser[]) => {
      const failed = users.filter(({ email }) => bad.has(email));
      const failCount = isCounted ? failed.length : 0;
      return status(200, {
        successCount: users.length - failed.length,
        failCount,
        failedUpdates: { conflictEmails: failed.map(name) },
      });
    };
  const owner = () => "owner@example.com";
  const own = ({ email }: SentUser) => email;
  const innocent = () => "p7@example.com";

  test.each([
    ["itself", own, 3],
    ["its other identifier", ({ dataFields }: SentUser) => String(dataFields.userId), 3],
    ["the profile in the way", owner, 1 + 10 + 1],
    ["the profile in the way, which is in the batch too", innocent, 2 + 10 + 2],
  ])("is found with the fewest requests where the answer names %s", async (_what, name, most) => {
    for (const isCounted of [true, false]) {
      for (const place of [0, 421, 999]) {
        const key = `p${place}@example.com`;
        const batch = people(1000).map(({ contact }) =>
          contact.key === key ? pack({ ...contact, fields: { userId: "u-1" }, layers: [] }) : pack(contact),
        );
        const { ended, rejected, calls } = await deliver(batch, conflictsAs(name, isCounted, new Set([key])));
        expect(rejected).toEqual({ [key]: "identity_conflict" });
        expect(ended).toHaveLength(1000);
        expect(calls).toBeLessThanOrEqual(most);
      }
    }
  });

  test("is found where everybody conflicts, without asking more often than halving would", async () => {
    const bad = new Set(people(100).map(({ contact }) => contact.key));
    const { rejected, calls } = await deliver(people(100), conflictsAs(owner, false, bad));
    expect(Object.keys(rejected)).toHaveLength(100);
    expect(calls).toBeLessThan(200);
  });
});

describe("the project's limit of fields", () => {
  const known = new Set(["name"]);
  const limited = (named: readonly string[]) => (users: readonly SentUser[]) =>
    users.some(({ dataFields }) => Object.keys(dataFields).some((field) => !known.has(field)))
      ? status(400, { code: "UniqueFieldsLimitExceeded", params: { limit: 1000, newFields: named } })
      : accepted(users);
  const batch = () => [
    ...people(1, { name: "Ann", shoe: 42, hat: 7 }),
    ...people(1000, { name: "Bob" }).slice(1),
  ];

  test.each([[["shoe", "hat"]], [["shoe"]], [[]]])(
    "costs one contact its new fields, and nobody else anything: the answer names %j",
    async (named) => {
      const refused: string[] = [];
      const { ended, rejected, calls } = await deliver(batch(), limited(named), {
        isKnownField: (field) => known.has(field),
        onFieldLimit: (fields) => void refused.push(...fields),
      });
      expect(rejected).toEqual({});
      expect(ended).toHaveLength(1000);
      expect(new Set(refused)).toEqual(new Set(["shoe", "hat"]));
      expect(ended.flatMap(({ dropped }) => dropped.map(({ reason }) => reason))).toEqual([
        "field_limit",
        "field_limit",
      ]);
      expect(calls).toBeLessThanOrEqual(3);
    },
  );

  test("costs the contact where the configuration says so", async () => {
    const { rejected } = await deliver(batch(), limited(["shoe", "hat"]), {
      isKnownField: (field) => known.has(field),
      onInvalidValue: "reject_contact",
    });
    expect(rejected).toEqual({ "p0@example.com": "field_limit" });
  });
});

test.each([
  ["500 with a code that nobody has heard of", status(500, { code: "x.y" })],
  ["502 of a gateway", { kind: "status", status: 502, body: "<html/>", retryAfterMs: undefined } as const],
  ["503", status(503, {})],
])("a contact that is answered with %s again and again costs nobody else anything", async (_what, answer) => {
  const { ended, rejected } = await deliver(people(1000), (users) =>
    users.some(({ email }) => email === "p0@example.com") ? answer : accepted(users),
  );
  expect(rejected).toEqual({ "p0@example.com": "server_error" });
  expect(ended).toHaveLength(1000);
});

test("counts that do not add up are told, and believed by nobody", async () => {
  let told = 0;
  const { ended, rejected, calls } = await deliver(
    people(10),
    () => status(200, { successCount: 0, failCount: 0, failedUpdates: {} }),
    {
      onOddCounts() {
        told += 1;
      },
    },
  );
  expect([ended.length, rejected, calls, told]).toEqual([10, {}, 1, 1]);
});

test("every contact ends exactly once, whatever Iterable makes of it", async () => {
  const fates = ["fine", "fine", "fine", "generic", "named", "unnamed", "conflict", "refused"] as const;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...fates), { minLength: 1, maxLength: 60 }),
      async (assigned) => {
        const fateOf = new Map(assigned.map((fate, index) => [`p${index}@example.com`, fate]));
        const { ended, rejected, results } = await deliver(people(assigned.length), (users) => {
          const having = (fate: string) =>
            users.filter(({ email }) => fateOf.get(email) === fate).map(({ email }) => email);
          if (having("generic").length > 0) return generic;
          if (having("refused").length > 0) return status(400, { code: "BadParams" });
          const [named, unnamed, conflict] = [having("named"), having("unnamed"), having("conflict")];
          const failCount = named.length + unnamed.length + conflict.length;
          return status(200, {
            successCount: users.length - failCount,
            failCount,
            failedUpdates: {
              invalidEmails: named,
              conflictEmails: conflict.map((email) => `owner-of-${email}`),
            },
          });
        });
        const postponed = new Set(
          ended.flatMap(({ contact, outcome }) => (outcome.kind === "postponed" ? [contact.key] : [])),
        );
        if (results instanceof TransientError || postponed.size > 0) {
          // Only where no request could succeed is poison the same as an outage.
          expect(assigned.some((fate) => fate !== "generic" && fate !== "refused")).toBe(false);
          if (results instanceof TransientError) return;
        }
        expect(ended.map(({ contact }) => contact.key).sort()).toEqual([...fateOf.keys()].sort());
        const bad = [...fateOf]
          .filter(([key, fate]) => fate !== "fine" && !postponed.has(key))
          .map(([key]) => key);
        expect(Object.keys(rejected).sort()).toEqual(bad.sort());
      },
    ),
    { seed: 20260101, numRuns: 150 },
  );
});
