import { readFile } from "node:fs/promises";
import { afterEach, describe, expect, test } from "vitest";
import { CUSTOM_FIELDS, expect as promised } from "../../simulators/expectation.js";
import type { ContactRow } from "../../simulators/flowcode/row.js";
import { generatePeople } from "../../simulators/people.js";
import { errorsIn, statesIn, toldBy } from "../messages.js";
import { DIALECTS, type Stage, setStage } from "../stage.js";
import { sync } from "./pipe.js";

const BULK = "/api/users/bulkUpdate";
const NOBODY = new Set<string>();
let stage: Stage;
afterEach(() => stage.close());

const people = (count: number, seed = 5) => generatePeople(count, { seed, endMs: Date.now() - 7_200_000 });
/** Of two rows of one person the newer wins within a run alone, so that interrupted runs are tried with one row each. */
const distinct = (count: number) => people(count).filter(({ user }) => user.name !== "Converted Again");
const expected = (refused: ReadonlySet<string> = NOBODY) =>
  promised(stage.flowcode.rows, refused, () => false);

/** What Iterable holds, by email, as plain values. */
const held = () =>
  Object.fromEntries(
    [...stage.iterable.users].map(([email, { dataFields }]) => [
      email,
      JSON.parse(JSON.stringify(dataFields)),
    ]),
  );
const contents = (users: ReadonlyMap<string, unknown>) =>
  JSON.parse(JSON.stringify(Object.fromEntries(users)));

describe.each(DIALECTS)("a sync in %s", (dialect) => {
  test("puts exactly what was promised into Iterable, within its limit, and the next one carries only what is new", async () => {
    stage = await setStage(people(2000), {
      flowcode: { pageSize: 250, tokenSeconds: 2 },
      iterable: { fields: CUSTOM_FIELDS, strict: true, latencyMs: 30, extraKeys: true },
    });
    const destination = { advanced: { batch_size: 200 } };
    const first = await sync(stage, { dialect, destination });
    expect([first.source.code, first.destination.code]).toEqual([0, 0]);
    const { users, records, rejected } = expected();
    expect(held()).toEqual(contents(users));
    expect(stage.iterable.collisions).toEqual([]);
    expect(stage.iterable.journal.count(BULK, 429)).toBe(0);
    if (dialect === "airbyte") {
      const counts = statesIn(first.destination.lines, dialect).map((state) => state.counts);
      const sum = (name: string) => counts.reduce((total, each) => total + each[name], 0);
      expect([sum("recordCount"), sum("rejectedRecordCount")]).toEqual([records - rejected, rejected]);
    }

    const at = new Date().toISOString();
    const news: ContactRow[] = ["one", "two"].map((name) => ({
      user: { email: `${name}@example.com`, name: "New Person", "Shirt Size": "L" },
      firstConvertedAt: at,
      lastConvertedAt: at,
    }));
    stage.flowcode.add(news);
    const second = await sync(stage, { dialect, destination });
    expect([second.source.code, second.destination.code]).toEqual([0, 0]);
    expect(second.source.lines.filter((line) => line.startsWith('{"type":"RECORD"'))).toHaveLength(2);
    expect(held()).toEqual(contents(expected().users));
  });

  test("tells nobody who the contacts are, nor any secret", async () => {
    const planted = {
      email: "planted.person@example.org",
      name: "Planted Personne",
      phone: "+14155550199",
      "Shirt Size": "planted-size",
    };
    const at = new Date(Date.now() - 7_200_000).toISOString();
    const rows = [
      planted,
      { ...planted, email: "planted.person@@example.org" },
      { ...planted, email: "planted.gone@example.org" },
    ].map((user) => ({ user, firstConvertedAt: at, lastConvertedAt: at }));
    stage = await setStage([...people(60), ...rows], {
      iterable: { fields: CUSTOM_FIELDS, forgotten: ["planted.gone@example.org"] },
    });
    stage.flowcode.faults.script({
      path: "/abacus.v1.AbacusService/ListContacts",
      action: { kind: "html", status: 503 },
    });
    stage.iterable.faults.script({ path: BULK, action: { kind: "lost_answer" } });
    const { source, destination } = await sync(stage, { dialect });
    expect([source.code, destination.code]).toEqual([0, 0]);
    const told = `${toldBy(source)}\n${toldBy(destination)}\n${destination.stdout}`;
    const { clientSecret } = stage.flowcode.account;
    const secrets = [clientSecret, "0123456789abcdef", "token-1-", "lanted", "4155550199"];
    for (const secret of secrets) expect(told).not.toContain(secret);
    expect(await readFile(stage.path("state.jsonl"), "utf8")).not.toContain("lanted");
  });

  test("stops with an explanation when the key is withdrawn, and the next run brings what was left", async () => {
    stage = await setStage(distinct(600), {
      flowcode: { pageSize: 100 },
      iterable: { fields: CUSTOM_FIELDS },
    });
    const body = { msg: "Invalid API key", code: "BadApiKey", params: { ip: "192.0.2.1", endpoint: BULK } };
    stage.iterable.faults.script({
      path: BULK,
      from: 3,
      times: 100,
      action: { kind: "status", status: 401, body },
    });
    const destination = { advanced: { batch_size: 100, max_in_flight: 1 } };
    const first = await sync(stage, { dialect, destination });
    expect(first.destination.code).toBe(1);
    expect(toldBy(first.destination)).toMatch(/Server-side/);
    if (dialect === "airbyte") {
      expect(errorsIn(first.destination.messages)[0]).toMatchObject({ failure_type: "config_error" });
    }
    const arrived = stage.iterable.users.size;
    expect(arrived).toBeLessThan(expected().users.size);
    stage.iterable.faults.clear();
    const second = await sync(stage, { dialect, destination });
    expect([second.source.code, second.destination.code]).toEqual([0, 0]);
    expect(held()).toEqual(contents(expected().users));
  });
});

test("the two dialects leave the same contents behind", async () => {
  const rows = people(500, 11);
  const outcomes: unknown[] = [];
  for (const dialect of DIALECTS) {
    stage = await setStage(rows, { iterable: { fields: CUSTOM_FIELDS } });
    await sync(stage, { dialect });
    outcomes.push(held());
    if (dialect !== DIALECTS.at(-1)) await stage.close();
  }
  expect(outcomes[0]).toEqual(outcomes[1]);
  expect(Object.keys(outcomes[0] as object).length).toBeGreaterThan(400);
});
