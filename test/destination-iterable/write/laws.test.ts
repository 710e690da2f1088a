import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { REASONS } from "../../../destination-iterable/accounting/reasons.js";
import { type IterableSimulator, startIterable } from "../../../simulators/iterable.js";
import { writeLines } from "../sitting.js";
import { CASES, type Case, type Data, ELSEWHERE, FIELDS, ODD } from "./odd-contacts.js";

let iterable: IterableSimulator;
let front: Server | undefined;
afterEach(async () => {
  front?.close();
  front?.closeAllConnections();
  front = undefined;
  await iterable?.close();
});

/** Stands before the simulator, and answers itself what has the odd contact in it; the rest of such a request is written. */
async function inFront(answer: NonNullable<Case["answer"]>): Promise<string> {
  front = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const users: { email: string; dataFields?: Data }[] = text === "" ? [] : (JSON.parse(text).users ?? []);
    const index = users.findIndex(({ email, dataFields }) => email === ODD && dataFields !== undefined);
    if (index >= 0) {
      const { status, body } = answer(index, users.length);
      if (status === 200) for (const user of users) if (user.email !== ODD) iterable.put(user as never);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      return;
    }
    const headers = { "api-key": String(request.headers["api-key"]), "content-type": "application/json" };
    const given = await fetch(`${iterable.url}${request.url}`, {
      method: request.method ?? "GET",
      headers,
      ...(text !== "" && { body: text }),
    });
    response.writeHead(given.status, { "content-type": "application/json" }).end(await given.text());
  });
  await new Promise<void>((resolve) => front?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
}

const good = Array.from({ length: 1000 }, (_, number) => ({
  email: `p${number}@example.com`,
  userId: `p${number}`,
  city: "Bonn",
  agreed: "yes",
}));
const state = (value: number) =>
  JSON.stringify({
    type: "STATE",
    state: { type: "STREAM", stream: { stream_descriptor: { name: "contacts" }, stream_state: { value } } },
  });

async function run(url: string, { odd, settings = {}, stream, properties, identifier }: Case) {
  const line = (data: string) =>
    `{"type":"RECORD","record":{"stream":"contacts","data":${data},"emitted_at":1}}`;
  const first =
    typeof odd === "string"
      ? odd
      : JSON.stringify({ email: ODD, userId: "odd", city: "Rome", agreed: "yes", ...odd });
  const lines = [line(first), state(1), ...good.map((one) => line(JSON.stringify(one))), state(2)];
  const advanced = { lookup_requests_per_second: 1000, ...(settings.advanced as Data) };
  return writeLines(
    url,
    lines,
    { ...(identifier && { identifier }), ...settings, advanced },
    stream,
    properties,
  );
}

test("every reason of the table has a case here, or says where else it has one", () => {
  expect(Object.keys({ ...CASES, ...ELSEWHERE }).sort()).toEqual(Object.keys(REASONS).sort());
});

describe("one odd contact, first among a thousand good ones, that comes back in every run", () => {
  test.each(Object.entries(CASES))(
    "%s: the thousand arrive, and every state is acknowledged",
    async (reason, one) => {
      iterable = await startIterable({
        fields: FIELDS,
        identifier: one.identifier ?? "email",
        ...one.iterable,
      });
      iterable.switches.limitsHeld = false;
      for (const person of one.before ?? []) iterable.put(person);
      if (one.allExist) for (const { email } of good) iterable.put({ email, dataFields: {} });
      const url = one.answer ? await inFront(one.answer) : iterable.url;
      for (let turn = 0; turn < 2; turn += 1) {
        const { failure, acknowledged, summary } = await run(url, one);
        expect(failure).toBeUndefined();
        expect(acknowledged).toHaveLength(2);
        expect(summary).toContain(one.told ?? reason);
        expect(summary).toContain("1001 read");
        expect(summary).toContain("0 unsettled");
        const keys = good.map(({ email, userId }) => (one.identifier ? userId : email));
        expect(keys.filter((key) => !iterable.users.has(key))).toEqual([]);
      }
    },
  );
});
