import { afterEach, describe, expect, it } from "vitest";
import { ConfigError } from "../../../connector/errors.js";
import type { Assumption } from "../../../source-flowcode/probe/assumptions.js";
import { probe } from "../../../source-flowcode/probe/probe.js";
import {
  type Ask,
  contextFor,
  json,
  pageOf,
  type Row,
  row,
  type StandIn,
  settingsFor,
  startStandIn,
} from "../stand-in.js";

let standIn: StandIn;
afterEach(() => standIn.close());

const at = (day: number) => `2026-01-${String(day).padStart(2, "0")}T00:00:00Z`;
/** Contact number 7 converted on the first day and again on the last. */
const rows = (): Row[] => [
  ...Array.from({ length: 20 }, (_, n) => row(n, at(20 - n), { size: "M" })),
  { ...row(30, at(28)), firstConvertedAt: at(1) },
  { lastConvertedAt: at(3) },
];
const NOW = () => Date.parse("2099-12-31T23:59:00Z");

interface Report {
  contacts: number;
  anonymous: number;
  assumptions: Assumption[];
  fields: unknown[];
}
/** What the probe finds where Flowcode answers with what `lie` makes of a request and its page. */
async function probed(lie?: (page: Row, ask: Ask) => unknown, list = rows()) {
  standIn = await startStandIn({
    rows: list,
    pageSize: 10,
    suites: [{ id: "a", state: "ASSET_STATE_DRAFT" }],
  });
  standIn.intervene = (ask, response) => {
    const answer = ask.path.endsWith("ListContacts") && lie?.(pageOf(standIn, ask.body), ask);
    return answer ? json(response, 200, answer) : false;
  };
  const finding = await probe.run(settingsFor(standIn), [], contextFor({ now: NOW }));
  const report = finding.json as Report;
  return {
    ...finding,
    report,
    of: (id: string) => report.assumptions.find((assumption) => assumption.id === id),
    verdicts: Object.fromEntries(report.assumptions.map(({ id, verdict }) => [id, verdict])),
  };
}
const byTime = ({ body }: Ask) =>
  body.pagination.orderBy === "lastConvertedAt" &&
  pageOf(
    {
      ...standIn,
      rows: standIn.rows.map((one) => ({
        ...one,
        user: { ...(one.user as Row), name: one.lastConvertedAt },
      })),
    },
    body,
  );

describe("probe", () => {
  it("finds that everything holds where it does", async () => {
    const { verdicts, report, problem } = await probed((_page, ask) => byTime(ask));
    expect(verdicts).toEqual({
      order_by_name: "holds",
      order_by_lastConvertedAt: "holds",
      order_desc_kept: "holds",
      filter_kept: "holds",
      filter_tests_last: "holds",
      filter_place: "holds",
      page_size_kept: "holds",
      last_page_known: "holds",
      flows_listed: "holds",
      clocks_agree: "holds",
    });
    expect(report).toMatchObject({ contacts: 22, anonymous: 1 });
    expect(problem).toBeUndefined();
  });

  it.each<[string, string, (page: Row, ask: Ask) => unknown, RegExp]>([
    [
      "a filter that is passed over",
      "filter_kept",
      (_page, { body }) => pageOf(standIn, { pagination: body.pagination }),
      /requests_per_second/,
    ],
    [
      "a filter that tests the first conversion",
      "filter_tests_last",
      (_page, { body }) => {
        const from = Date.parse(body.filter?.date_filter?.start_time ?? at(1));
        const kept = standIn.rows.filter((one) => Date.parse(String(one.firstConvertedAt)) >= from);
        return pageOf({ ...standIn, rows: kept }, { pagination: body.pagination });
      },
      /full_pass_days/,
    ],
    [
      "an order that is not kept",
      "order_by_name",
      (page, { body }) =>
        body.pagination.orderBy === "name" && {
          ...page,
          conversions: ((page.conversions ?? []) as Row[]).toReversed(),
        },
      /full_pass_days|contacts_order_by/,
    ],
    [
      "a list that cannot be had from its end",
      "order_desc_kept",
      (_page, { body }) =>
        pageOf(standIn, { ...body, pagination: { ...body.pagination, order: "ORDER_ASC" } }),
      /discover_contacts/,
    ],
    [
      "a page size that is passed over",
      "page_size_kept",
      (_page, { body }) => pageOf(standIn, { ...body, pagination: { ...body.pagination, first: undefined } }),
      /page_size/,
    ],
    [
      "a last page that announces another",
      "last_page_known",
      (page) => ({ ...page, pageInfo: { hasNextPage: true } }),
      /support/,
    ],
  ])("finds %s, and says what to do", async (_name, id, lie, advice) => {
    const { of } = await probed(lie);
    expect(of(id)).toMatchObject({ verdict: "fails", advice: expect.stringMatching(advice) });
  });

  const filterOf = (body: Ask["body"], place: "inside" | "top_level") =>
    place === "inside" ? body.filter : body.date_filter && { date_filter: body.date_filter };
  it.each<[string, ("inside" | "top_level")[], string, string, RegExp]>([
    ["inside `filter` alone", ["inside"], "holds", "inside `filter`: kept; at the top level: ignored", /^$/],
    [
      "at the top level alone",
      ["top_level"],
      "fails",
      "inside `filter`: ignored; at the top level: kept",
      /report/,
    ],
    ["nowhere", [], "fails", "inside `filter`: ignored; at the top level: ignored", /sync less often/],
  ])("tells that the filter counts %s", async (_name, places, verdict, seen, advice) => {
    const { of } = await probed((_page, { body }) => {
      const filter = places.map((place) => filterOf(body, place)).find((found) => found !== undefined);
      return pageOf(standIn, { pagination: body.pagination, filter });
    });
    expect(of("filter_place")).toMatchObject({ verdict, seen });
    expect(of("filter_place")?.advice ?? "").toMatch(advice);
  });

  it("tells that a service which refuses unknown keys keeps the filter where it stands", async () => {
    standIn = await startStandIn({ rows: rows(), pageSize: 10, unknownKeys: "refused" });
    const { json: report } = await probe.run(settingsFor(standIn), [], contextFor({ now: NOW }));
    const found = (report as Report).assumptions.find(({ id }) => id === "filter_place");
    expect(found).toMatchObject({
      verdict: "holds",
      seen: "inside `filter`: kept; at the top level: refused",
    });
  });

  it("finds an order by time that is passed over, and does not advise it", async () => {
    const { of } = await probed();
    expect(of("order_by_lastConvertedAt")).toMatchObject({ verdict: "fails" });
    expect(of("order_by_lastConvertedAt")?.advice).toBeUndefined();
  });

  it("advises the order by time where it alone is kept", async () => {
    const { of } = await probed((page, ask) => {
      if (ask.body.pagination.orderBy === "lastConvertedAt") return byTime(ask);
      return { ...page, conversions: ((page.conversions ?? []) as Row[]).toReversed() };
    });
    expect(of("order_by_name")?.advice).toBe("set advanced.contacts_order_by to lastConvertedAt");
  });

  it("knows what it cannot know in an empty workspace", async () => {
    const { verdicts } = await probed(undefined, []);
    expect(verdicts).toMatchObject({
      order_by_name: "unknown",
      filter_kept: "unknown",
      page_size_kept: "unknown",
      last_page_known: "holds",
    });
  });

  it("takes a refusal of something out of the usual for a finding", async () => {
    standIn = await startStandIn({ rows: rows(), pageSize: 10 });
    standIn.intervene = (ask, response) =>
      (ask.body.pagination?.first === 2 || ask.body.pagination?.orderBy === "lastConvertedAt") &&
      json(response, 400, { code: "invalid_argument" });
    const { json: report } = await probe.run(settingsFor(standIn), [], contextFor({ now: NOW }));
    const failed = (report as Report).assumptions.filter(({ verdict }) => verdict === "fails");
    expect(failed.map(({ id }) => id)).toEqual([
      "order_by_lastConvertedAt",
      "page_size_kept",
      "flows_listed",
    ]);
  });

  it("ends with what is wrong where contacts cannot be read at all", async () => {
    standIn = await startStandIn({ rows: [] });
    standIn.intervene = (ask, response) => ask.path.endsWith("ListContacts") && json(response, 403, {});
    await expect(probe.run(settingsFor(standIn), [], contextFor())).rejects.toThrow(ConfigError);
  });

  it("prints field names and numbers, and nothing of anybody", async () => {
    const { text, report } = await probed();
    expect(text).toContain("size");
    expect(text).toMatch(/yes {2}Contacts come in the order by name/);
    expect(text + JSON.stringify(report)).not.toMatch(/@example\.com|Person|suite|token/);
  });

  it("only lists", async () => {
    await probed();
    const paths = new Set(standIn.asks.map(({ path }) => path.split("/").at(-1)));
    expect([...paths].sort()).toEqual(["ListContacts", "ListSuites", "api-token"]);
  });
});
