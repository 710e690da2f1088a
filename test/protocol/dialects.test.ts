import fc from "fast-check";
import { expect, test } from "vitest";
import { airbyte } from "../../protocol/airbyte.js";
import { parseExact } from "../../protocol/exact.js";
import type { Codec, JsonObject, Message } from "../../protocol/message.js";
import { createSinger } from "../../protocol/singer.js";

const AT = 1_700_000_000_000;

/** What a reader of one dialect makes of a scenario that was written in it. */
function carried(codec: Codec, scenario: readonly Message[]): Message[] {
  return scenario.flatMap((message) => {
    const line = codec.encode(message, AT);
    return line === undefined ? [] : [codec.decode(parseExact(line) as JsonObject)];
  });
}

const records = (messages: readonly Message[]) => messages.filter(({ kind }) => kind === "record");

const record = fc
  .dictionary(fc.string({ unit: "binary" }), fc.jsonValue(), { noNullPrototype: true })
  // V8 of Node 26 takes these two names for each other once it has seen both.
  .filter((data) => !['"', "\\", "__proto__"].some((name) => Object.hasOwn(data, name)))
  .map((data): Message => ({ kind: "record", stream: "contacts", data }));
const state = fc
  .dictionary(fc.string({ unit: "binary" }), fc.jsonValue(), { minKeys: 1, noNullPrototype: true })
  .filter((value) => !Object.hasOwn(value, "__proto__"))
  .map((value): Message => ({ kind: "state", stream: "contacts", value, recordCount: 1 }));
const scenario = fc.array(fc.oneof({ weight: 4, arbitrary: record }, state), { maxLength: 12 });

test("whatever dialect a scenario is written in, the same records come out, in the same order", () => {
  fc.assert(
    fc.property(scenario, (messages) => {
      const inAirbyte = records(carried(airbyte, messages));
      expect(records(carried(createSinger(), messages))).toEqual(inAirbyte);
      expect(inAirbyte).toHaveLength(records(messages).length);
    }),
  );
});

test("a stream's states say the same in both, although one of Singer's covers every stream", () => {
  fc.assert(
    fc.property(scenario, (messages) => {
      const values = (codec: Codec) =>
        carried(codec, messages).flatMap((message) => (message.kind === "state" ? [message.value] : []));
      const bookmarks = values(createSinger()).map(
        (value) => (value as { bookmarks: { contacts: unknown } }).bookmarks.contacts,
      );
      expect(bookmarks).toEqual(values(airbyte));
    }),
  );
});
