import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Packed } from "../../../destination-iterable/delivery/compact/packing.js";
import { createPacker } from "../../../destination-iterable/delivery/compact/packing.js";
import type { Contact } from "../../../destination-iterable/delivery/contact.js";
import type { Delivered } from "../../../destination-iterable/delivery/delivered.js";
import { inParts, partsOf } from "../../../destination-iterable/delivery/in-parts.js";
import { merge } from "../../../destination-iterable/delivery/order.js";
import { asUser } from "../../../destination-iterable/iterable/bodies.js";
import { type IterableSimulator, startIterable } from "../../../simulators/iterable.js";
import { write } from "../sitting.js";

type Sent = Contact<string>;

function contactOf(key: string, fields: Sent["fields"], at = 1): Sent {
  const layers = [{ cursor: { seconds: at, nanos: 0 }, fields }];
  return { key, identifier: `${key}@example.com`, mode: "overwrite", fields, layers, records: [key] };
}

/** Delivers contacts; `refuse` tells the requests, by their number, whose contacts are rejected. */
async function deliver(contacts: readonly Sent[], refuse: readonly number[] = []) {
  const pack = createPacker<string>((contact) => asUser(contact, "email"));
  const requests: unknown[][] = [];
  const sent = inParts<string>(
    pack,
    async (batch: readonly Packed<string>[]): Promise<Delivered<string>[]> => {
      const refused = refuse.includes(requests.length);
      requests.push(
        batch.map(({ page, start, bytes }) => JSON.parse(page.toString("utf8", start, start + bytes))),
      );
      return batch.map(({ contact }) => ({
        contact,
        outcome: refused ? { kind: "rejected", stage: "delivery", reason: "refused" } : { kind: "delivered" },
        dropped: [],
      }));
    },
  );
  const ended = await sent(contacts.map(pack));
  return { requests, ended };
}

const BOTH = { home: { zip: "1" }, "prefs.color": "red", size: 3 };

describe("a contact that replaces an object and writes into another", () => {
  test("is sent in two requests, the whole first, and ends once", async () => {
    const other = contactOf("ben", { size: 4 });
    const ann = contactOf("ann", BOTH);
    const { requests, ended } = await deliver([ann, other]);
    expect(requests).toEqual([
      [
        { email: "ann@example.com", dataFields: { home: { zip: "1" }, size: 3 } },
        { email: "ben@example.com", dataFields: { size: 4 } },
      ],
      [{ email: "ann@example.com", dataFields: { prefs: { color: "red" } }, mergeNestedObjects: true }],
    ]);
    expect(ended.map(({ contact, outcome }) => [contact.key, outcome.kind])).toEqual([
      ["ann", "delivered"],
      ["ben", "delivered"],
    ]);
    expect(ended[0]?.contact).toBe(ann);
  });

  test("ends as the part that is refused, and a second part does not follow a first that was", async () => {
    const second = await deliver([contactOf("ann", BOTH)], [1]);
    expect(second.ended).toMatchObject([{ outcome: { kind: "rejected", reason: "refused" } }]);
    const first = await deliver([contactOf("ann", BOTH)], [0]);
    expect(first.requests).toHaveLength(1);
    expect(first.ended).toMatchObject([{ outcome: { kind: "rejected" } }]);
  });
});

test.each([
  ["no field inside an object", { home: { zip: "1" }, size: 3 }],
  ["no whole object", { "prefs.color": "red", size: 3, tags: ["a"], gone: null }],
  ["nothing", {}],
  ["a name with a dot", { home: { zip: "1" }, "Q\\. 1": "x" }],
])("one request is enough for %s", (_what, fields) => {
  expect(partsOf(fields)).toBeUndefined();
});

test("an object that is cleared and written into is cleared first", () => {
  expect(partsOf({ home: null, "home.zip": "1" })).toEqual({
    whole: { home: null },
    inside: { "home.zip": "1" },
  });
});

test("a newer whole object replaces an older part of it, and a newer part stays beside an older whole", () => {
  const whole = { home: { zip: "1" } };
  const part = { "home.city": "Köln" };
  expect(merge(contactOf("ann", part, 1), contactOf("ann", whole, 2)).fields).toEqual(whole);
  expect(merge(contactOf("ann", whole, 1), contactOf("ann", part, 2)).fields).toEqual({ ...whole, ...part });
});

describe("in Iterable", () => {
  let iterable: IterableSimulator;
  beforeEach(async () => {
    iterable = await startIterable({
      fields: {
        home: "object",
        "home.zip": "string",
        "home.city": "string",
        prefs: "object",
        "prefs.color": "string",
      },
    });
  });
  afterEach(() => iterable.close());

  test("the whole object is replaced, and the other object's fields stay", async () => {
    const field_mapping = [
      { source: "home", target: "home" },
      { source: "color", target: "prefs.color" },
      { source: "size", target: "prefs.size" },
    ];
    const email = "ann@example.com";
    await write(iterable.url, [{ email, home: { zip: "1", city: "Köln" }, color: "red" }], { field_mapping });
    await write(iterable.url, [{ email, home: { zip: "2" }, color: "blue" }], { field_mapping });
    const { dataFields } = iterable.users.get(email)!;
    expect(dataFields).toMatchObject({ home: { zip: "2" }, prefs: { color: "blue" } });
    expect(dataFields.home).toEqual({ zip: "2" });
  });
});
