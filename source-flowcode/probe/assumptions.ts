import { type Instant, instantToMs, parseInstant } from "../../protocol/instant.js";
import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import { toSecond } from "../streams/passes.js";
import { type Look, rowsOf } from "./look.js";

/** Something that the source takes for granted and nobody has published, and whether it is so in this workspace. */
export interface Assumption {
  readonly id: string;
  readonly claim: string;
  readonly verdict: "holds" | "fails" | "unknown";
  /** What was seen, without a word of anybody's data. */
  readonly seen: string;
  /** Which setting to change. */
  readonly advice?: string;
}

const first = (row: JsonObject) => parseInstant(row.firstConvertedAt);
const last = (row: JsonObject) => parseInstant(row.lastConvertedAt);
const isBefore = (instant: Instant | undefined, ms: number) =>
  instant !== undefined && instantToMs(instant) < ms;

/** A start for the filter that about half of the rows lie before; undefined where their times do not differ. */
export function middleOf(rows: readonly JsonObject[]): string | undefined {
  const seconds = [...new Set(rows.flatMap((row) => last(row)?.seconds ?? []))].sort((a, b) => a - b);
  const middle = seconds[Math.floor(seconds.length / 2)];
  return seconds.length < 2 || middle === undefined ? undefined : toSecond(middle * 1000);
}

/** The latest time of the rows, as a start for the filter that few others lie behind. */
export function latestOf(rows: readonly JsonObject[]): string | undefined {
  const seconds = rows.flatMap((row) => last(row)?.seconds ?? []);
  return seconds.length === 0 ? undefined : toSecond(Math.max(...seconds) * 1000);
}

/** Whether rows come in the order that was asked for. What else `orderBy` may name is not known. */
export function judgeOrder(orderBy: string, found: Look | undefined): Assumption {
  const claim = { id: `order_by_${orderBy}`, claim: `Contacts come in the order by ${orderBy}` };
  if (!found) return { ...claim, verdict: "fails", seen: "the request was refused" };
  const rows = rowsOf(found);
  const times = rows.map(last).filter((time) => time !== undefined);
  const names = textsIn(rows, orderBy);
  const byTime = orderBy === "lastConvertedAt";
  const sorted = byTime ? rises(times, bySecond) : ORDERS.some((compare) => rises(names, compare));
  const seen = `looked at ${rows.length} contacts in ${found.pages.length} pages`;
  const different = new Set<unknown>(byTime ? times.map(instantToMs) : names).size;
  if (different < 3) return { ...claim, verdict: "unknown", seen: `${seen}, of which too few differ` };
  return { ...claim, verdict: sorted ? "holds" : "fails", seen };
}

const collator = new Intl.Collator("en", { sensitivity: "base" });
const lower = (a: string, b: string) => byCode(a.toLowerCase(), b.toLowerCase());
const byCode = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
/** Databases sort texts in one of these ways. */
const ORDERS = [byCode, lower, (a: string, b: string) => collator.compare(a, b)];

function textsIn(rows: readonly JsonObject[], field: string): string[] {
  return rows.flatMap(({ user }) => {
    const value = isJsonObject(user) ? user[field] : undefined;
    return typeof value === "string" && value !== "" ? [value] : [];
  });
}

/** Flowcode may sort the texts, in which a fraction stands before none. */
const bySecond = (a: Instant, b: Instant) => a.seconds - b.seconds;

function rises<T>(values: readonly T[], compare: (a: T, b: T) => number): boolean {
  return values.every((value, index) => index === 0 || compare(values[index - 1] as T, value) <= 0);
}

/** Whether the list can be had from its end, where `discover` looks for fields as well. */
export function judgeDescending(all: Look, found: Look | undefined): Assumption {
  const claim = { id: "order_desc_kept", claim: "The list can be read from its end (ORDER_DESC)" };
  const advice = "nothing is lost: discover reads more from the beginning instead; raise discover_contacts";
  if (!found) return { ...claim, verdict: "fails", seen: "the request was refused", advice };
  const names = rowsOf(found).flatMap((row) => textsIn([row], "name"));
  if (new Set(names).size < 3) return { ...claim, verdict: "unknown", seen: "too few contacts differ" };
  const falls = ORDERS.some((compare) => rises(names.toReversed(), compare));
  const isSame = JSON.stringify(rowsOf(all)[0]) === JSON.stringify(rowsOf(found)[0]);
  const seen = `looked at ${names.length} names${isSame ? "; the first is that of the ascending order" : ""}`;
  return falls && !isSame
    ? { ...claim, verdict: "holds", seen }
    : { ...claim, verdict: "fails", seen, advice };
}

/** Whether the filter is kept, and which of the two times it tests. `all` was asked for without it. */
export function judgeFilter(since: string | undefined, all: Look, found: Look | undefined): Assumption[] {
  const kept = { id: "filter_kept", claim: "The filter by date is kept" };
  const tests = { id: "filter_tests_last", claim: "The filter tests lastConvertedAt" };
  if (since === undefined || !found) {
    const seen = since === undefined ? "too few contacts with different times" : "the request was refused";
    const verdict = since === undefined ? "unknown" : "fails";
    return [
      { ...kept, verdict, seen },
      { ...tests, verdict: "unknown", seen },
    ];
  }
  const from = Date.parse(since);
  const rows = rowsOf(found);
  const before = rows.filter((row) => isBefore(last(row), from)).length;
  if (before > 0) {
    return [
      {
        ...kept,
        verdict: "fails",
        seen: `${before} of ${rows.length} contacts had converted last before its start`,
        advice:
          "nothing is lost, as the source leaves them out, but every run reads every contact: sync less often, or raise requests_per_second; check advanced.timezone",
      },
      { ...tests, verdict: "unknown", seen: "the filter is not kept" },
    ];
  }
  const returned = (row: JsonObject) => isBefore(first(row), from) && last(row) && !isBefore(last(row), from);
  const came = rows.filter(returned).length;
  const expected = rowsOf(all).filter(returned).length;
  return [
    {
      ...kept,
      verdict: rows.length > 0 ? "holds" : "fails",
      seen: keptSeen(rows.length),
      ...keptAdvice(rows),
    },
    came > 0
      ? { ...tests, verdict: "holds", seen: `${came} contacts came who had converted first before its start` }
      : expected > 0 && found.end === "end"
        ? {
            ...tests,
            verdict: "fails",
            seen: `${expected} contacts who converted again after its start did not come`,
            advice:
              "only full passes find who converts again: set full_pass_days to 1, or to 0 for every run",
          }
        : {
            ...tests,
            verdict: "unknown",
            seen: "nobody was seen to convert both before and after its start",
          },
  ];
}

/** In which of the two places the filter is kept: inside `filter`, where the source sends it, or at the top level. */
export function judgeFilterPlace(
  since: string | undefined,
  inside: Look | undefined,
  topLevel: Look | undefined,
): Assumption {
  const claim = { id: "filter_place", claim: "The filter by date counts inside `filter`, where it is sent" };
  if (since === undefined) {
    return { ...claim, verdict: "unknown", seen: "too few contacts with different times" };
  }
  const [here, there] = [inside, topLevel].map((found) => treatment(since, found));
  const seen = `inside \`filter\`: ${here}; at the top level: ${there}`;
  if (here === "kept") return { ...claim, verdict: "holds", seen };
  const advice =
    there === "kept"
      ? "nothing is lost, but every run reads every contact: report this finding, so that the filter can be moved"
      : "nothing is lost, but every run reads every contact: sync less often, or raise requests_per_second";
  return { ...claim, verdict: "fails", seen, advice };
}

function treatment(since: string, found: Look | undefined): "kept" | "ignored" | "refused" {
  if (!found) return "refused";
  return rowsOf(found).some((row) => isBefore(last(row), Date.parse(since))) ? "ignored" : "kept";
}

const keptSeen = (count: number) =>
  count > 0 ? `all of ${count} contacts had converted after its start` : "no contact came, though some have";
const keptAdvice = (rows: readonly JsonObject[]) =>
  rows.length > 0 ? {} : { advice: "set full_pass_days to 0, so that no run relies on the filter" };

/** Whether `first` decides how many rows a page has. */
export function judgePageSize(asked: number, all: Look, found: Look | undefined): Assumption {
  const claim = { id: "page_size_kept", claim: "The size of a page is kept" };
  const usual = all.pages[0]?.rows.length ?? 0;
  if (!found) return { ...claim, verdict: "fails", seen: "the request was refused", advice: OUT };
  const count = found.pages[0]?.rows.length ?? 0;
  const seen = `asked for ${asked}, got ${count}; ${usual} where nothing is asked for`;
  if (rowsOf(all).length <= asked) return { ...claim, verdict: "unknown", seen: "too few contacts" };
  if (count !== asked) return { ...claim, verdict: "fails", seen, advice: OUT };
  return { ...claim, verdict: "holds", seen, advice: "advanced.page_size may be raised, for fewer requests" };
}
const OUT = "leave advanced.page_size out";

/** Whether pages can be followed to the end of the list. */
export function judgePaging(found: Look): Assumption {
  const claim = { id: "last_page_known", claim: "The last page can be told from the others" };
  const infos = found.pages.flatMap(({ info }) => info ?? []);
  const told = (value: unknown) => (value === undefined ? "left out" : String(value));
  const shapes = infos.map(
    ({ endCursor, hasNextPage }, index) =>
      `${found.pages[index]?.rows.length === 0 ? "empty, " : ""}hasNextPage ${told(hasNextPage)}, ${endCursor === undefined ? "no cursor" : "a cursor"}`,
  );
  const seen = `${found.pages.length} pages; the last: ${shapes.at(-1) ?? "too large to look at"}${shapes.length > 1 ? `; the first: ${shapes[0]}` : ""}`;
  switch (found.end) {
    case "end":
      return { ...claim, verdict: "holds", seen };
    case "more":
      return { ...claim, verdict: "unknown", seen: `the end was not reached; ${seen}` };
    case "broken":
      return {
        ...claim,
        verdict: "fails",
        seen,
        advice:
          "no setting helps: reading will fail where the pages cannot be followed; tell Flowcode's support what was seen",
      };
  }
}
