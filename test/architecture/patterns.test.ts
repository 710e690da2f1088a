import { checkSync } from "recheck";
import { parseAst } from "rolldown/parseAst";
import { describe, expect, test } from "vitest";
import { files } from "./files.js";

/** Rooms whose code is not shipped, or sees nothing that strangers have written. */
const ELSEWHERE = new Set(["test", "bench", "scripts", "simulators"]);

/** Patterns that are not linear for every text, or of which that cannot be shown, and why no text can make them slow. */
const HARMLESS: Readonly<Record<string, string>> = {
  "sync/pipe/environment.ts ^(SystemRoot|SystemDrive|windir":
    "names of environment variables, anchored at both ends",
};

/** Where patterns are put together at run time: each bounds what it runs over, and has tests of its own. */
const PUT_TOGETHER = ["destination-iterable/mapping/dates/date-format.ts"];

interface Pattern {
  readonly path: string;
  readonly source: string;
  readonly flags: string;
}

const literals: Pattern[] = [];
const builders = new Set<string>();
for (const { path, room, text } of files) {
  if (ELSEWHERE.has(room)) continue;
  visit(parseAst(text, { lang: path.endsWith("x") ? "tsx" : "ts" }), (node) => {
    if (node.regex) literals.push({ path, source: node.regex.pattern, flags: node.regex.flags });
    if (node.callee?.type === "Identifier" && node.callee.name === "RegExp") builders.add(path);
  });
}

interface Node {
  readonly type?: string;
  readonly regex?: { readonly pattern: string; readonly flags: string };
  readonly callee?: { readonly type: string; readonly name?: string };
}

function visit(value: unknown, see: (node: Node) => void): void {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) see(value as Node);
  for (const inner of Object.values(value)) visit(inner, see);
}

const unique = [...new Map(literals.map((one) => [`/${one.source}/${one.flags}`, one])).values()];
const isHarmless = ({ path, source }: Pattern) =>
  Object.keys(HARMLESS).some((known) => `${path} ${source}`.startsWith(known));

test("patterns are found where they stand", () => {
  expect(unique.length).toBeGreaterThan(100);
  expect(literals.some(({ path }) => path === "destination-iterable/mapping/coercion.ts")).toBe(true);
});

test("a pattern that is quadratic is told from one that is not", () => {
  expect(checkSync("\\s+$", "").status).toBe("vulnerable");
  expect(checkSync("^\\s*x", "").status).toBe("safe");
});

describe("no text makes a pattern take more than linear time", () => {
  test.each(
    unique.filter((one) => !isHarmless(one)).map((one) => [`/${one.source}/${one.flags}`, one] as const),
  )("%s", { timeout: 130_000 }, (_name, { path, source, flags }) => {
    const { status } = checkSync(source, flags, { timeout: 120_000 });
    expect({ path, status }).toEqual({ path, status: "safe" });
  });

  test("and those that are excepted are still there", () => {
    const gone = Object.keys(HARMLESS).filter(
      (known) => !literals.some(({ path, source }) => `${path} ${source}`.startsWith(known)),
    );
    expect(gone).toEqual([]);
  });
});

test("patterns are put together where that is known, and nowhere else", () => {
  expect([...builders].sort()).toEqual(PUT_TOGETHER);
});
