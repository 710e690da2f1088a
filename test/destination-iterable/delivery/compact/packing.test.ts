import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bodyOf, createPacker, namesIn } from "../../../../destination-iterable/delivery/compact/packing.js";
import type { Contact } from "../../../../destination-iterable/delivery/contact.js";
import { asSubscriber, asUser } from "../../../../destination-iterable/iterable/bodies.js";

const fields = fc.dictionary(
  fc.oneof(
    fc.string({ unit: "binary", maxLength: 8 }),
    fc.constantFrom("a.b", "a.c", "d.e.f", "__proto__", "dataFields"),
  ),
  fc.jsonValue({ maxDepth: 6, stringUnit: "binary" }) as fc.Arbitrary<unknown>,
  { maxKeys: 8 },
);
const long = fc
  .integer({ min: 10_000, max: 80_000 })
  .map((length): Record<string, unknown> => ({ long: "é".repeat(length) }));
const people = fc.array(
  fc.tuple(fc.string({ unit: "binary" }), fc.oneof({ weight: 9, arbitrary: fields }, long)),
  { minLength: 1, maxLength: 12 },
);

const contact = (identifier: string, values: Record<string, unknown>, cursor?: number): Contact<string> => ({
  key: identifier.toLowerCase(),
  identifier,
  mode: "overwrite",
  fields: values,
  layers: [{ cursor: cursor === undefined ? undefined : { seconds: cursor, nanos: 1 }, fields: values }],
  records: [identifier],
});
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe.each(["email", "user_id"] as const)("contacts packed by %s", (kind) => {
  const asEntry = (one: Contact<string>) => asUser(one, kind);

  test("are sent as they are, all of them or any part, in any order", () => {
    fc.assert(
      fc.property(people, fc.infiniteStream(fc.boolean()), fc.boolean(), (given, isMeant, backwards) => {
        const pack = createPacker<string>(asEntry);
        const packed = given.map(([identifier, values]) => pack(contact(identifier, values)));
        const entries = given.map(([identifier, values]) => asEntry(contact(identifier, values)));
        for (const [index, { bytes }] of packed.entries())
          expect(bytes).toBe(Buffer.byteLength(JSON.stringify(entries[index])));
        const all = packed.map((_, index) => index);
        const part = all.filter((index) => isMeant.next().value || index === all.length - 1);
        for (const indices of [all, backwards ? part.toReversed() : part]) {
          const members = indices.map((index) => packed[index] as (typeof packed)[number]);
          const users = indices.map((index) => entries[index]);
          expect(text(bodyOf({ listId: 1 }, "users", members))).toBe(JSON.stringify({ listId: 1, users }));
        }
      }),
      { seed: 20261124 },
    );
  });

  test("say the same as before, and can be packed again", () => {
    fc.assert(
      fc.property(people, fc.option(fc.nat(), { nil: undefined }), (given, cursor) => {
        const pack = createPacker<string>(asEntry);
        const subscribe = createPacker<string>((one) => asSubscriber(one, kind));
        for (const [identifier, values] of given) {
          // As it came in: read out of JSON.
          const before = contact(identifier, JSON.parse(JSON.stringify(values)), cursor);
          const { contact: after } = pack(before);
          const { key, mode, records, fields: found, layers } = after;
          expect({ key, identifier: after.identifier, mode, records }).toEqual({
            key: before.key,
            identifier,
            mode: before.mode,
            records: before.records,
          });
          expect(found).toEqual(before.fields);
          expect(layers.map((layer) => [layer.cursor, layer.fields])).toEqual([
            [before.layers[0]?.cursor, before.fields],
          ]);
          expect([...namesIn(after)]).toEqual(Object.keys(before.fields));
          const again = pack(subscribe(after).contact);
          expect(text(bodyOf({ a: 1 }, "users", [again]))).toBe(
            JSON.stringify({ a: 1, users: [asEntry(before)] }),
          );
        }
      }),
      { seed: 20261124 },
    );
  });
});
