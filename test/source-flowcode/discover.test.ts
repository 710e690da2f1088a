import { afterEach, describe, expect, it } from "vitest";
import { TransientError } from "../../connector/errors.js";
import { source } from "../../source-flowcode/source.js";
import {
  type Body,
  contextFor,
  json,
  pageOf,
  type Row,
  read,
  row,
  rowsFrom,
  type StandIn,
  settingsFor,
  startStandIn,
} from "./stand-in.js";

let standIn: StandIn;
afterEach(() => standIn.close());

const OLD = "2026-01-01T00:00:00Z";
const NOW = Date.parse("2026-08-01T12:00:00Z");
const RECENT = "2026-07-01T00:00:00Z";

async function discovered(settings: Row = {}, context = contextFor({ now: () => NOW })) {
  const [stream] = await source.discover(settingsFor(standIn, settings), context);
  const properties = stream?.jsonSchema.properties as Record<string, Row>;
  return { stream, properties, names: Object.keys(properties), lines: context.lines };
}
/** Refuses, or changes, what is asked for beyond the list from its beginning. */
const onExtras = (isExtra: (body: Body) => boolean, answer: (body: Body) => unknown) => {
  standIn.intervene = ({ path, body }, response) => {
    if (!path.endsWith("ListContacts") || !isExtra(body)) return false;
    const changed = answer(body);
    return json(response, changed === undefined ? 400 : 200, changed ?? { code: "invalid_argument" });
  };
};

describe("discover", () => {
  it("describes the stream, its fields in their order, and the share of contacts that fill them in", async () => {
    standIn = await startStandIn({ rows: [row(1, OLD, { size: "M" }), row(2, OLD), { user: {} }] });
    const { stream, names, properties } = await discovered();
    expect(stream).toMatchObject({
      name: "contacts",
      syncModes: ["full_refresh", "incremental"],
      primaryKey: ["contact_key"],
      cursorField: "lastConvertedAt",
    });
    const standard = ["contact_key", "email", "name", "phone", "firstConvertedAt", "lastConvertedAt"];
    expect(names).toEqual([...standard, "size"]);
    expect(properties.size).toEqual({ type: ["null", "string"], "x-filled": 0.5 });
    expect(properties).toMatchObject({ email: { "x-filled": 1 }, phone: { "x-filled": 0 } });
    // The page, and the empty one behind it: nothing is asked for twice where that was everybody.
    expect(standIn.lists()).toHaveLength(2);
  });

  it("finds a field that nobody among the first thousand by name has, but a recent contact or the last one", async () => {
    const rows = rowsFrom(0, 6000);
    rows[3500] = row(3500, RECENT, { recent: true });
    rows[5990] = row(5990, OLD, { last: true });
    rows[400] = row(400, OLD, { early: true });
    rows[3000] = row(3000, OLD, { hidden: true });
    standIn = await startStandIn({ rows, pageSize: 500 });
    const { names } = await discovered({ discover_contacts: 2000 });
    expect(names).toEqual(expect.arrayContaining(["early", "recent", "last"]));
    expect(names).not.toContain("hidden");
    expect((await discovered({ discover_contacts: 0 })).names).toContain("hidden");
    expect((await discovered({ discover_contacts: 6000 })).names).toContain("hidden");
  });

  it("counts nobody twice who is met at the end, lately and at the beginning", async () => {
    const rows = [...rowsFrom(0, 300, RECENT), row(500, RECENT, { size: "M" })];
    standIn = await startStandIn({ rows, pageSize: 50 });
    const { properties } = await discovered({ discover_contacts: 1000 });
    expect(properties.size?.["x-filled"]).toBe(0.003);
  });

  it.each<[string, (body: Body) => unknown]>([
    ["refused", () => undefined],
    ["ignored", ({ pagination }) => pageOf(standIn, { pagination: { ...pagination, order: "ORDER_ASC" } })],
  ])("goes on from the beginning where filter and order are %s", async (_name, answer) => {
    const rows = rowsFrom(0, 900);
    rows[880] = row(880, OLD, { last: true });
    standIn = await startStandIn({ rows });
    onExtras(({ filter, pagination }) => filter || pagination.order === "ORDER_DESC", answer);
    const { names } = await discovered({ discover_contacts: 1000 });
    expect(names).toContain("last");
    expect(standIn.lists().length).toBeLessThan(20);
  });

  it("warns of what could not be looked at, and fails only where the beginning cannot", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 400) });
    standIn.intervene = ({ body }, response) =>
      body.pagination?.order === "ORDER_DESC" && json(response, 500, { code: "internal" });
    const { names, lines } = await discovered({ discover_contacts: 300, advanced: { max_attempts: 1 } });
    expect(names).toContain("email");
    expect(lines.join()).toContain("warn The end of the list could not be read");
    standIn.intervene = ({ path }, response) => path.endsWith("ListContacts") && json(response, 500, {});
    await expect(discovered({ advanced: { max_attempts: 1 } })).rejects.toThrow(TransientError);
  });
});

describe("the inventory that read tells at its end", () => {
  it("names each field of the records with its types and how many fill it in", async () => {
    standIn = await startStandIn({
      rows: [row(1, OLD, { size: "M", n: 1 }), row(2, OLD, { size: "", n: "2" })],
    });
    const { told } = await read(settingsFor(standIn));
    expect(told.inventory).toMatchObject({ stream: "contacts", read: 2, more: false });
    const { fields } = told.inventory as { fields: Row[] };
    expect(fields).toEqual(
      expect.arrayContaining([
        { name: "email", types: ["string"], filled: 2 },
        { name: "n", types: ["string", "integer"], filled: 2 },
        { name: "size", types: ["string"], filled: 1 },
      ]),
    );
    expect(told.source_tally).toEqual({ stream: "contacts", emitted: 2, changed_type: 1 });
    expect(JSON.stringify(told)).not.toMatch(/@example\.com|Person/);
  });

  it("is told of a run that failed as well, and is bounded in bytes", async () => {
    const many = (n: number) =>
      Object.fromEntries(Array.from({ length: 20_000 }, (_, field) => [`odd field ${n} ${field}`, "x"]));
    standIn = await startStandIn({ rows: [0, 1, 2].map((n) => row(n, OLD, many(n))), pageSize: 2 });
    standIn.intervene = ({ body }, response) => body.pagination?.after === "2" && json(response, 403, {});
    const { told, emails, lines } = await read(settingsFor(standIn));
    expect(emails).toHaveLength(2);
    expect(told.inventory).toMatchObject({ read: 2, more: true });
    expect(JSON.stringify(told.inventory).length).toBeLessThan(1_000_000);
    expect(lines.join("").length).toBeLessThan(20_000);
  });
});
