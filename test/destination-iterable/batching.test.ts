import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bodyOf,
  createBatch,
  createPacker,
  fitsAlone,
  type Packed,
} from "../../destination-iterable/batching.js";
import { asUser } from "../../destination-iterable/user.js";

function packed(key: string, size = 10, mark = ""): Packed<string> {
  const json = JSON.stringify({ email: key, mark, pad: "x".repeat(size) });
  const contact = {
    key,
    identifier: key,
    mode: "overwrite",
    fields: {},
    layers: [],
    records: [mark],
  } as const;
  return { contact, json, bytes: Buffer.byteLength(json) };
}

/** The request as it goes out, with the longest flag that it can have. */
const request = (members: readonly Packed<string>[]) =>
  `{"users":[${members.map(({ json }) => json).join(",")}],"createNewFields":false}`;

describe("a batch", () => {
  test("is full at the number of contacts that Iterable takes", () => {
    const batch = createBatch<string>(2, 1_000_000);
    batch.add(packed("a"));
    expect(batch.isFull).toBe(false);
    batch.add(packed("b"));
    expect(batch.isFull).toBe(true);
  });

  test("hands over its contacts in the order in which they came, and begins anew", () => {
    const batch = createBatch<string>(10, 1_000_000);
    for (const key of ["b", "a", "c"]) batch.add(packed(key));
    expect(batch.take().map(({ contact }) => contact.key)).toEqual(["b", "a", "c"]);
    expect(batch.size).toBe(0);
    expect(batch.get("a")).toBeUndefined();
    expect(batch.wouldOverflow(999_000)).toBe(false);
  });

  test("has one place for each contact, and counts the bytes of the one that is there", () => {
    const batch = createBatch<string>(10, 1000);
    batch.add(packed("a", 700, "first"));
    batch.add(packed("b", 10));
    batch.replace(packed("a", 10, "second"));
    expect(batch.size).toBe(2);
    expect(batch.get("a")?.contact.records).toEqual(["second"]);
    expect(batch.wouldOverflow(packed("c", 600).bytes)).toBe(false);
    expect(batch.take().map(({ contact }) => contact.key)).toEqual(["a", "b"]);
  });

  test("never becomes a request of more bytes than allowed, whatever the contacts hold", () => {
    const size = fc.integer({ min: 0, max: 900 });
    const key = fc.string({ unit: "binary", minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(key, size), { selector: ([name]) => name, maxLength: 60 }),
        (contacts) => {
          const limit = 2000;
          const batch = createBatch<string>(1000, limit);
          const requests: string[] = [];
          for (const [name, bytes] of contacts) {
            const one = packed(name, bytes);
            expect(fitsAlone(one.bytes, limit)).toBe(true);
            if (batch.wouldOverflow(one.bytes)) requests.push(request(batch.take()));
            batch.add(one);
            if (batch.isFull) requests.push(request(batch.take()));
          }
          if (batch.size > 0) requests.push(request(batch.take()));
          for (const text of requests) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit);
          const sent = requests.flatMap((text) =>
            JSON.parse(text).users.map(({ email }: { email: string }) => email),
          );
          expect(sent).toEqual(contacts.map(([name]) => name));
        },
      ),
      { seed: 11 },
    );
  });

  test.each([
    [935, true],
    [936, false],
  ])("with a limit of 1000 bytes, a contact of %i bytes fits into a request: %s", (bytes, fits) => {
    expect(fitsAlone(bytes, 1000)).toBe(fits);
  });
});

describe("packed contacts", () => {
  const fields = fc.dictionary(
    fc.oneof(fc.string({ unit: "binary", maxLength: 8 }), fc.constantFrom("a.b", "a.c", "d.e.f")),
    fc.jsonValue({ maxDepth: 10, stringUnit: "binary" }) as fc.Arbitrary<unknown>,
    { maxKeys: 8 },
  );
  const contacts = fc.array(fc.tuple(fc.string({ unit: "binary" }), fields), { minLength: 1, maxLength: 10 });
  const room = fc.constantFrom(0, 200, 1000, 1_000_000);

  test.each(["email", "user_id"] as const)(
    "take no more room than was reckoned, and are sent as they are, by %s",
    (kind) => {
      fc.assert(
        fc.property(contacts, room, (given, roomEach) => {
          const asEntry = (contact: Packed<string>["contact"]) => asUser(contact, kind);
          const pack = createPacker(asEntry, roomEach);
          const members = given.map(([identifier, values]) =>
            pack({ ...packed(identifier).contact, fields: values }),
          );
          const entries = members.map(({ contact }) => asEntry(contact));
          entries.forEach((entry, index) => {
            const bytes = Buffer.byteLength(JSON.stringify(entry));
            expect(bytes).toBeLessThanOrEqual(members[index]?.bytes ?? 0);
          });
          const body = bodyOf({ listId: 1 }, "users", members, asEntry);
          expect(Buffer.from(body).toString()).toBe(JSON.stringify({ listId: 1, users: entries }));
        }),
        { seed: 20261124 },
      );
    },
  );
});
