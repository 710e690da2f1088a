import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { FieldVerdict, ProfileVerdict } from "../destination-iterable/look-up/held.js";
import type { LookedUp } from "../destination-iterable/look-up/looked-up.js";
import { TRANSFORM_NAMES, transformOf } from "../destination-iterable/mapping/transforms.js";
import type { StepVerdict } from "../destination-iterable/plan/steps.js";
import type { PlanVerdict } from "../destination-iterable/plan/verdict.js";
import type { JsonObject } from "../protocol/message.js";
import { ROOT } from "./architecture/files.js";
import { compiled, runNode } from "./process.js";

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const json = (path: string): JsonObject => JSON.parse(read(path));
const destination = read("destination-iterable/README.md");
const [readme, source] = [read("README.md"), read("source-flowcode/README.md")];

/** The cells of a page's tables, row by row. */
const rowsOf = (page: string): string[][] =>
  page
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .slice(1, -1)
        .split(" | ")
        .map((cell) => cell.replaceAll("|", "").trim()),
    );
/** What stands between backticks. */
const quotedIn = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] as string);

/** The rows that follow the one with this head. */
function tableBehind(page: string, head: string): string[][] {
  const rows = page.slice(page.indexOf(head)).split("\n\n", 1)[0] as string;
  return rowsOf(rows).slice(2);
}

// Every word of a union, which the compiler holds complete.
const PLAN: Record<PlanVerdict, 1> = {
  fits: 1,
  coerced: 1,
  created: 1,
  dropped: 1,
  looks_like: 1,
  cannot_fit: 1,
  not_sent: 1,
};
const STEPS: Record<StepVerdict, 1> = {
  sent: 1,
  coerced: 1,
  cleared: 1,
  empty: 1,
  left_out: 1,
  not_sent: 1,
};
const FIELDS: Record<FieldVerdict, 1> = {
  same: 1,
  differs: 1,
  missing: 1,
  left_alone: 1,
  no_such_field: 1,
};
const PROFILES: Record<ProfileVerdict | LookedUp["verdict"], 1> = {
  agrees: 1,
  differs: 1,
  absent: 1,
  left_alone: 1,
  kept: 1,
  rejected: 1,
  held: 1,
  unreadable: 1,
};

describe("the page of the destination lists", () => {
  test("every verdict of a plan", () => {
    const told = tableBehind(destination, "| `verdict` | meaning |").flatMap(([cell = ""]) => quotedIn(cell));
    expect(told).toEqual(Object.keys(PLAN));
  });

  test.each([
    ["`verdict`", PROFILES],
    ["`steps`", STEPS],
    ["`fields`", FIELDS],
  ])("every verdict of a look-up in the row %s", (key, verdicts) => {
    const row = tableBehind(destination, "| key | |").find(([cell]) => cell === key);
    for (const verdict of Object.keys(verdicts)) expect(quotedIn(row?.[1] ?? "")).toContain(verdict);
  });

  test("every transform, in the order of the code, with its parameter", () => {
    const [, list = "", rest = ""] = /`transform` \(a list of ([^)]+)\)([^\n]+)/.exec(destination) ?? [];
    expect(list.split(", ")).toEqual([...TRANSFORM_NAMES]);
    for (const name of TRANSFORM_NAMES) {
      const { parameter } = transformOf(name);
      if (parameter) expect(rest).toContain(`\`${parameter.name}\` for ${name}`);
    }
  });

  test("no reason that there is not", () => {
    const [before = ""] = destination.split("\n## The map of the room", 1);
    const prose = before.replace(/^\|.*$/gm, "");
    const reasons = Object.keys(json("schemas/reasons.json"));
    const told = [...prose.matchAll(/\(`([a-z]+(?:_[a-z0-9]+)*)`[),:]/g)].map(([, code]) => code);
    expect(told.length).toBeGreaterThan(5);
    const others = [
      "existing",
      "append_dedup",
      "data_center",
      "keep_existing",
      "fill_missing",
      "update",
      "consent",
    ];
    expect(told.filter((code) => !reasons.includes(code ?? "") && !others.includes(code ?? ""))).toEqual([]);
  });
});

/** Settings by their full names, with their defaults. */
function settingsOf(name: string): Map<string, unknown> {
  const { spec } = json(`spec/${name}.json`) as { spec: JsonObject };
  const connectionSpecification = spec.connectionSpecification as JsonObject;
  const settings = new Map<string, unknown>();
  const add = (properties: JsonObject, prefix: string) => {
    for (const [key, schema] of Object.entries(properties as Record<string, JsonObject>)) {
      if (key === "advanced") add(schema.properties as JsonObject, "advanced.");
      else settings.set(`${prefix}${key}`, schema.default);
    }
  };
  add(connectionSpecification.properties as JsonObject, "");
  return settings;
}

/** What a page's table of settings says of their defaults; "" where several share a cell that does not list as many. */
function toldBy(page: string, head: string): Map<string, string> {
  const told = new Map<string, string>();
  for (const [first = "", second = ""] of tableBehind(page, head)) {
    const names = quotedIn(first);
    const defaults = names.length > 1 ? second.split(", ") : [second];
    const prefix = names[0]?.startsWith("advanced.") ? "advanced." : "";
    for (const [index, name] of names.entries()) {
      const full = name.includes(".") ? name : `${prefix}${name}`;
      told.set(
        full,
        (defaults.length === names.length ? (defaults[index] as string) : "").replaceAll("`", ""),
      );
    }
  }
  return told;
}

describe.each([
  ["destination-iterable", destination, "| setting | default |"],
  ["source-flowcode", source, "| setting "],
])("the settings of %s", (name, page, head) => {
  test("are all in its page's table, with the defaults that hold", () => {
    const told = toldBy(page, head);
    for (const [setting, value] of settingsOf(name)) {
      const isListed = [...told.keys()].some((key) => key === setting || key.startsWith(`${setting}.`));
      expect([setting, isListed]).toEqual([setting, true]);
      const says = told.get(setting);
      if (typeof value === "object" || value === undefined || says === undefined || says === "") continue;
      expect([setting, says]).toEqual([setting, String(value)]);
    }
  });
});

describe("the page of the project", () => {
  let commands: string[];
  beforeAll(async () => {
    const { stdout } = await runNode(compiled("sync/main.js"), ["completion", "bash"]);
    commands = (/words='([a-z -]+) --help/.exec(stdout)?.[1] ?? "").split(" ");
  });

  test("names every command of the runner", () => {
    const [, line = ""] = /^flowcode-iterable +(.+)$/m.exec(readme) ?? [];
    expect(
      line
        .split(" | ")
        .map((name) => name.trim())
        .sort(),
    ).toEqual([...commands].sort());
    const told = tableBehind(readme, "| `flowcode-iterable …` | |").flatMap(([cell = ""]) => quotedIn(cell));
    const explained = new Set(told.map((text) => text.split(" ")[0]));
    expect(commands.filter((name) => !explained.has(name))).toEqual([]);
  });
});
