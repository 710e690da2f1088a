import { expect, test } from "vitest";
import { ConfigError, TransientError } from "../../../connector/errors.js";
import type { DataCenter } from "../../../destination-iterable/iterable/api.js";
import { explainDataCenter } from "../../../destination-iterable/iterable/data-center.js";
import { RefusedKey } from "../../../destination-iterable/iterable/read-errors.js";

const unknown = new RefusedKey("refused", '{"msg":"Invalid API key"}');
const insufficient = new RefusedKey("not allowed", '{"msg":"Disabled API key or insufficient privileges"}');

async function explain(error: Error, dataCenter: DataCenter, there?: Error) {
  const asked: DataCenter[] = [];
  const failure = await explainDataCenter(error, dataCenter, async (other) => {
    asked.push(other);
    if (there) throw there;
  }).catch((reason: Error) => reason);
  return { asked, failure };
}

test.each<[DataCenter, DataCenter]>([
  ["us", "eu"],
  ["eu", "us"],
])("a key that %s does not know and %s accepts belongs there", async (here, there) => {
  const { asked, failure } = await explain(unknown, here);
  expect(asked).toEqual([there]);
  expect(failure).toBeInstanceOf(ConfigError);
  expect((failure as Error).message).toBe(
    `this API key belongs to Iterable's other data center: set data_center to "${there}"`,
  );
});

test("a key that the other data center knows, and does not let read, belongs there too", async () => {
  expect((await explain(unknown, "us", insufficient)).failure).toMatchObject({
    message: expect.stringContaining('set data_center to "eu"'),
  });
});

test.each([
  ["knows neither", unknown],
  ["cannot be reached", new TransientError("refused")],
])("where the other %s, the key itself is blamed", async (_what, there) => {
  expect((await explain(unknown, "us", there)).failure).toBe(unknown);
});

test.each([
  ["a key that is known here", insufficient],
  ["a failure that has nothing to do with keys", new TransientError("down")],
])("nobody else is asked for %s", async (_what, error) => {
  expect(await explain(error, "us")).toEqual({ asked: [], failure: error });
});
