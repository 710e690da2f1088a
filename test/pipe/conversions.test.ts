import { readdir, readFile, rm } from "node:fs/promises";
import { afterEach, describe, expect, test } from "vitest";
import { type IterableOptions, SERVER_SIDE_KEY } from "../../simulators/iterable.js";
import {
  conversionsOf,
  heldEvents,
  heldLists,
  QUICK,
  SETTINGS,
  stageOf,
  wantedEvents,
  wantedLists,
} from "../conversions.js";
import { errorsIn, say, toldBy } from "../messages.js";
import type { Printed } from "../process.js";
import type { Stage } from "../stage.js";
import { sync } from "./pipe.js";

let stage: Stage;
afterEach(() => stage.close());

const ROWS = conversionsOf(30);
const BULK = "/api/users/bulkUpdate";
const TRACK = "/api/events/trackBulk";
const start = async (iterable: IterableOptions = {}) => {
  stage = await stageOf(ROWS, iterable);
};
const run = async (more: Printed = {}) => {
  const { advanced, ...settings } = more;
  const ended = await sync(stage, {
    destination: { ...SETTINGS, ...settings, advanced: { ...QUICK, ...advanced } },
  });
  return { ...ended.destination, told: `${toldBy(ended.source)}${toldBy(ended.destination)}` };
};
/** Rejected contacts, as they are kept. */
async function rejectedIn(folder: string): Promise<Printed[]> {
  const names = await readdir(folder);
  const texts = await Promise.all(names.map((name) => readFile(`${folder}/${name}`, "utf8")));
  return texts.flatMap((text) =>
    text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  );
}

test("two full runs leave each conversion's event once, and nobody without consent gets one", async () => {
  await start();
  const first = await run();
  expect([first.code, first.told]).toEqual([0, expect.stringContaining("kept: no_consent")]);
  await rm(stage.path("state.jsonl"));
  expect((await run()).code).toBe(0);
  expect(heldEvents(stage)).toEqual(wantedEvents(ROWS));
  expect(heldLists(stage)).toEqual(wantedLists(ROWS));
  const events = [...stage.iterable.events.values()];
  expect(events.every(({ times }) => times === 2)).toBe(true);
  const [agreed = []] = Object.values(wantedLists(ROWS));
  expect([...stage.iterable.users.keys()].sort()).toEqual(agreed);
  // A run that has nothing new to bring sends no event again.
  const before = stage.iterable.journal.count(TRACK);
  expect((await run()).code).toBe(0);
  expect(stage.iterable.journal.count(TRACK)).toBe(before);
}, 120_000);

describe("what Iterable does not take of an event", () => {
  test("is the value alone where the type was frozen by the first one", async () => {
    await start();
    stage.iterable.put({ email: "other@example.com" });
    // Another integration was first to send the event, with a number for the size.
    const dataFields = { size: 4 };
    const first = { eventName: "converted", email: "other@example.com", dataFields, createNewFields: true };
    await fetch(`${stage.iterable.url}${TRACK}`, {
      method: "POST",
      headers: { "api-key": SERVER_SIDE_KEY, "content-type": "application/json" },
      body: JSON.stringify({ events: [first] }),
    });
    const { code, told } = await run();
    expect([code, told]).toEqual([0, expect.stringMatching(/values left out: converted\.size/)]);
    const mine = heldEvents(stage).filter((event) => !event.includes("other@"));
    const bare = (event: string) => event.split(" ").slice(0, 3).join(" ");
    expect(mine.map(bare)).toEqual(wantedEvents(ROWS).map(bare));
    expect(mine.every((event) => event.endsWith("undefined"))).toBe(true);
  });

  test("stops the run at the first answer where the name is not allowed, as an error of the configuration", async () => {
    await start({ disallowedEventNames: ["large"] });
    const { code, messages, told } = await run();
    expect(code).toBe(1);
    expect(errorsIn(messages)).toMatchObject([
      { failure_type: "config_error", message: expect.stringContaining('does not take the event "large"') },
    ]);
    expect(stage.iterable.journal.count(TRACK), told).toBeLessThan(20);
    // Once it is allowed, the next run brings whatever is missing.
    stage.iterable.switches.disallowedEventNames = [];
    expect((await run()).code).toBe(0);
    expect(heldEvents(stage)).toEqual(wantedEvents(ROWS));
  });

  test("rejects whose event fails and who is unknown, each alone; the file sends the events alone", async () => {
    await start({ poisonedEvents: ["person3@example.com"] });
    const folder = stage.path("rejects");
    const rejected_records = { storage: "file", path: folder };
    const { code, told } = await run({ rejected_records, advanced: { max_attempts: 2 } });
    expect(code, told).toBe(0);
    const rejected = await rejectedIn(folder);
    expect(
      rejected.map(({ record, rejection }) => [record.data.email, rejection.stage, rejection.reason]),
    ).toEqual([["person3@example.com", "event", "server_error"]]);
    stage.iterable.switches.poisonedEvents = [];
    const before = stage.iterable.journal.count(BULK);
    const replay = (settings: Printed = {}) =>
      stage.destination("write", {
        settings: { ...SETTINGS, ...settings, advanced: QUICK },
        input: `${rejected.map((line) => JSON.stringify(line)).join("\n")}\n${say.end("airbyte")}`,
      });
    const sent = await replay();
    expect(sent.code, toldBy(sent)).toBe(0);
    expect(stage.iterable.journal.count(BULK)).toBe(before);
    expect(heldEvents(stage)).toEqual(wantedEvents(ROWS));
    // Whose profile was deleted meanwhile is unknown to events, is rejected again, and is not created.
    (stage.iterable.users as Map<string, unknown>).delete("person3@example.com");
    const unknown = await replay();
    expect([unknown.code, toldBy(unknown)]).toEqual([
      0,
      expect.stringMatching(/stage event, field -, reason not_found/),
    ]);
    expect(stage.iterable.users.has("person3@example.com")).toBe(false);
  });
});
