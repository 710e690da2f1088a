import { describe, expect, test } from "vitest";
import { adviceOn } from "../../../sync/report/advice.js";
import { duration, thinned } from "../../../sync/report/chart.js";
import { escaped, html } from "../../../sync/report/html.js";
import { pointsOf, reportPage } from "../../../sync/report/page.js";
import { meaningOf } from "../../../sync/report/reasons.js";
import type { Outcome, Run } from "../../../sync/runs/run.js";
import { FAILED, HOSTILE, INTERRUPTED, LONG, RUNS } from "../../report/runs.js";

const pageOf = (run: Run, outcome: Outcome = run.ended?.outcome ?? "interrupted") =>
  reportPage(run, outcome, { at: "2026-03-02T07:00:00Z", version: "1.2.3" });
/** What people read, with one space between any two words. */
const textOf = (page: string) =>
  page
    .replace(/<style>[\s\S]*?<\/style>/, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ");

describe("a report", () => {
  test("says how a run went: outcome, counts, reasons, fields, messages and times", () => {
    const text = textOf(pageOf(LONG));
    for (const words of [
      "Sync run 12: succeeded",
      "184,213 contacts read from Flowcode in 7 min 8 s, 430 a second.",
      "Delivered 181,770 Kept 2,130 Rejected 313 Unsettled 0",
      "email The email is not a valid address. Correct it in Flowcode, and let the form check addresses. 201",
      "the contact This person asked Iterable to be forgotten (GDPR). 2",
      "the contact The person has not agreed. 2,130",
      "phoneNumber The phone number is not in international form",
      "Favourite Colour created by Iterable",
      "conversion_campaign left out: Iterable does not have it",
      "GET /v1/contacts 185 429: 3, no answer: 1 POST /api/users/bulkUpdate 186 500: 1 GET /api/users/getFields 1 none",
      "source: the clocks are minutes apart",
      "Remarks (1)",
      "saved: the next sync goes on from here",
      "schedule",
    ])
      expect(text).toContain(words);
  });

  test("explains why a run failed", () => {
    const text = textOf(pageOf(FAILED));
    expect(text).toContain("Failed Iterable refused the API key (401 BadApiKey)");
    expect(text).toContain("Reported by the destination.");
    expect(text).toContain("120 contacts read from Flowcode in 1.2 s, 100 a second.");
  });

  test("of a run that was killed says what was last heard of it", () => {
    const text = textOf(pageOf(INTERRUPTED));
    expect(text).toContain("Interrupted 4,000 contacts read from Flowcode.");
    expect(text).toContain("Read 4,000 Delivered or kept 3,000 Rejected 0");
    expect(text).toContain("everything again");
  });

  test("draws the way of a long run, and says it in words and numbers too", () => {
    const page = pageOf(LONG);
    expect(page).toMatch(/<svg class="chart" [^>]*role="img" aria-labelledby="chart-title">/);
    expect(textOf(page)).toContain(
      "Contacts over time: 184,213 contacts read and 184,213 delivered, kept or rejected within 7 min 8 s.",
    );
    expect(pageOf(FAILED)).not.toContain("<svg");
  });

  test.each(Object.entries(RUNS))("%s stands alone: no script, and nothing from elsewhere", (_name, run) => {
    const page = pageOf(run);
    expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|form)\b/i);
    expect(page.replace(/<style>[\s\S]*?<\/style>/, "")).not.toMatch(/<[^>]*\s(src|href|on\w+)=/i);
    expect(page).not.toMatch(/url\(|@import|https?:/i);
    expect(page.match(/<h1>/g)).toHaveLength(1);
  });

  test("shows what others have written as text, whatever it is", () => {
    const page = pageOf(HOSTILE);
    expect(page).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;");
    expect(page).toContain("&amp;amp;");
    expect(page).not.toMatch(/[^\n\P{Cc}]/u);
  });

  test("does not grow without end", () => {
    const many = Array.from({ length: 5_000 }, (_, index) => {
      return { field: `field${index}`, reason: "not_text", count: 1 };
    });
    const { ended } = LONG;
    const contacts = { ...ended!.streams.contacts!, left_out: many };
    const said = Array.from({ length: 5_000 }, (_, index) => ({ ...LONG.said[0]!, message: `${index}` }));
    const page = pageOf({ ...LONG, said, ended: { ...ended!, streams: { contacts } } });
    expect(page.length).toBeLessThan(150_000);
    expect(textOf(page)).toContain("… and 4,800 more reasons");
    expect(textOf(page)).toContain("… and 4,950 more messages");
  });
});

describe("what to do next", () => {
  const wordsOf = (run: Run, outcome: Outcome) =>
    adviceOn(run, outcome).map(({ text, command }) => `${text} ${command ?? ""}`.trim());
  const failed = (failure_type: "config_error" | "transient_error" | "system_error"): Run => ({
    ...FAILED,
    ended: {
      ...FAILED.ended!,
      rejected: 0,
      streams: {},
      explanation: { by: "source", message: "", failure_type },
    },
  });

  test.each<[string, Run, Outcome, RegExp[]]>([
    [
      "a mistake is to be corrected",
      failed("config_error"),
      "failed",
      [/^Correct what is named above.* flowcode-iterable sync$/],
    ],
    ["what may pass is to be run again", failed("transient_error"), "failed", [/^This may pass by itself/]],
    ["a bug is to be reported", failed("system_error"), "failed", [/^Run again/, /it is a bug\. Report it/]],
    ["what was cut short goes on", INTERRUPTED, "interrupted", [/goes on from the last saved state/]],
    ["what is under way is waited for", INTERRUPTED, "running", [/how it ends: .* logs 12$/]],
    [
      "who was rejected is looked at and retried, and fields are seen to",
      LONG,
      "succeeded",
      [
        / logs 12 --failed$/,
        / retry-rejected 12$/,
        /Create the fields/,
        /Check the types/,
        /international form/,
        / verify 12$/,
      ],
    ],
  ])("%s", (_what, run, outcome, expected) => {
    const words = wordsOf(run, outcome);
    expect(words).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(words[index]).toMatch(pattern);
  });
});

test("a curve keeps its ends, however few of its points are shown", () => {
  const points = pointsOf(LONG);
  const few = thinned(points, 5);
  expect([few.length, few[0], few.at(-1)]).toEqual([5, points[0], points.at(-1)]);
  expect(points[0]).toEqual({ seconds: 0, read: 0, done: 0 });
});

test.each([
  [0.04, "0 s"],
  [9.96, "10 s"],
  [119.4, "119 s"],
  [428.4, "7 min 8 s"],
  [7322, "2 h 2 min"],
])("%d seconds are %s", (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});

test("a reason that is not known here is said in its own words", () => {
  expect(meaningOf("something_new").means).toBe("something new.");
});

test("whatever is inserted into HTML is escaped, and HTML is not escaped twice", () => {
  expect(escaped(`<a href="x" title='y'>&\u0007`)).toBe(
    "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp; ",
  );
  const inner = html`<b>${"<"}</b>`;
  expect(html`<p>${inner}${[inner, 1, undefined]}</p>`.html).toBe("<p><b>&lt;</b><b>&lt;</b>1</p>");
});
