import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createBatch, fitsAlone } from "../../../destination-iterable/delivery/batch.js";
import { bodyOf, type Packed } from "../../../destination-iterable/delivery/compact/packing.js";

function packed(key: string, size = 10, mark = ""): Packed<string> {
  const page = Buffer.from(`${JSON.stringify({ email: key, mark, pad: "x".repeat(size) })},`);
  const contact = {
    key,
    identifier: key,
    mode: "overwrite",
    fields: {},
    layers: [],
    records: [mark],
  } as const;
  return { contact, page, start: 0, bytes: page.length - 1 };
}

/** The request as it goes out, with the longest flag that it can have. */
const request = (members: readonly Packed<string>[]) =>
  Buffer.from(bodyOf({ createNewFields: false }, "users", members)).toString();

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
