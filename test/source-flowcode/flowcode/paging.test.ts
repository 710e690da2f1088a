import { describe, expect, it } from "vitest";
import { createPaging } from "../../../source-flowcode/flowcode/paging.js";

const info = (endCursor: string | undefined, hasNextPage: boolean | undefined) => ({
  endCursor,
  hasNextPage,
});
type Page = [endCursor: string | undefined, hasNextPage: boolean | undefined, rows: number];

describe("paging", () => {
  it.each<[string, Page[], string]>([
    ["true with a new cursor goes on", [["a", true, 1]], "next"],
    ["true with a new cursor goes on behind an empty page", [["a", true, 0]], "next"],
    ["true without a cursor is broken", [[undefined, true, 1]], "broken"],
    [
      "true with an old cursor is broken",
      [
        ["a", true, 1],
        ["a", true, 1],
      ],
      "broken",
    ],
    [
      "true with the cursor of the pages before is broken",
      [
        ["a", true, 1],
        ["b", true, 1],
        ["a", true, 1],
      ],
      "broken",
    ],
    ["false ends, whatever the cursor", [["a", false, 1]], "end"],
    [
      "absent after true ends",
      [
        ["a", true, 1],
        ["b", undefined, 1],
      ],
      "end",
    ],
    [
      "absent and never seen goes on",
      [
        ["a", undefined, 1],
        ["b", undefined, 1],
      ],
      "next",
    ],
    [
      "absent with an empty page ends",
      [
        ["a", undefined, 1],
        ["b", undefined, 0],
      ],
      "end",
    ],
    [
      "absent with an old cursor ends",
      [
        ["a", undefined, 1],
        ["a", undefined, 1],
      ],
      "end",
    ],
    ["absent without a cursor ends", [[undefined, undefined, 5]], "end"],
  ])("%s", (_name, pages, kind) => {
    const paging = createPaging(undefined);
    const steps = pages.map(([cursor, more, rows]) => paging.step(info(cursor, more), rows));
    expect(steps.at(-1)?.kind).toBe(kind);
  });

  it("knows the cursor of the page before an interruption", () => {
    expect(createPaging("a").step(info("a", true), 1).kind).toBe("broken");
    expect(createPaging("a").step(info("a", undefined), 1).kind).toBe("end");
  });
});
