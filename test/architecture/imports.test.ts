import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { files, importsOf, packageOf, ROOT, roomOf } from "./files.js";

/** Who may know whom: the rooms that a room may import from, beside itself. */
const CONNECTOR = ["connector", "protocol", "http"];
const MAY_KNOW: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  http: [],
  connector: ["protocol"],
  "source-flowcode": CONNECTOR,
  "destination-iterable": CONNECTOR,
  // It starts the connectors as processes and knows only their commands, and what is derived of them as data.
  sync: ["schemas"],
  simulators: [],
  // It knows only what the console's server answers.
  "console-ui": [],
};
/** Rooms that are not shipped and may look at everything. */
const FREE = new Set(["test", "bench", "scripts"]);

/** Files that compute and do nothing else. */
const PURE = [
  ...[
    "message",
    "airbyte",
    "singer",
    "splice",
    "state",
    "catalog",
    "instant",
    "schema/bounded",
    "schema/patterns",
    "schema/validation",
  ].map((name) => `protocol/${name}.ts`),
  ...["contacts", "passes"].map((name) => `source-flowcode/streams/${name}.ts`),
  ...["iterable/answers", "iterable/event-answers", "iterable/bodies", "iterable/field-types"].map(
    (name) => `destination-iterable/${name}.ts`,
  ),
  ...files
    .map(({ path }) => path)
    .filter(
      (path) =>
        /^destination-iterable\/(?:mapping|plan)\//.test(path) && !/\/(?:report|sample)\.ts$/.test(path),
    ),
  ...["batch", "contact", "order", "repair"].map((name) => `destination-iterable/delivery/${name}.ts`),
  ...["ledger", "outcome", "tally"].map((name) => `destination-iterable/accounting/${name}.ts`),
  "destination-iterable/look-up/held.ts",
  ...["advice", "chart", "html", "page", "reasons", "style", "tables"].map(
    (name) => `sync/report/${name}.ts`,
  ),
  ...["judgement", "reconciliation", "row"].map((name) => `sync/compare/${name}.ts`),
];
const IMPURE =
  /\b(?:Date\.now|performance|setTimeout|setInterval|setImmediate|queueMicrotask|Math\.random|fetch|process|globalThis)\b|\bnew Date\(\)/;
/** Packages that compute and do nothing else. */
const PURE_PACKAGES = new Set(["ajv", "re2js", "zod", "libphonenumber-js"]);

/** Files that may touch the process. Where the proxies are is read where they are used, as undici does; the runner looks whether others live, and hands connectors a part of its environment. */
const OWN_THE_PROCESS = new Set([
  "connector/run.ts",
  "http/proxies.ts",
  "sync/pipe/connector.ts",
  "sync/program.ts",
  "sync/runs/holder.ts",
]);

const shipped = files.filter(({ room }) => !FREE.has(room));

test("every room has its rule", () => {
  expect([...new Set(shipped.map(({ room }) => room))].filter((room) => !(room in MAY_KNOW))).toEqual([]);
});

describe("who may know whom", () => {
  test.each(shipped.map((file) => [file.path, file] as const))("%s", (_path, file) => {
    const known = importsOf(file).flatMap((specifier) => roomOf(file, specifier) ?? []);
    const strangers = known.filter((room) => room !== file.room && !MAY_KNOW[file.room]?.includes(room));
    expect(strangers, "imports a room that it must not know").toEqual([]);
  });

  test("is decided by imports that this test can read", () => {
    const run = files.find(({ path }) => path === "connector/run.ts")!;
    expect(importsOf(run)).toContain("../protocol/lines.js");
    expect(roomOf(run, "../protocol/lines.js")).toBe("protocol");
    expect(roomOf(run, "./cli.js")).toBe("connector");
    expect(roomOf(run, "node:fs")).toBeUndefined();
    expect(packageOf("@scope/name/deep.js")).toBe("@scope/name");
  });
});

describe("pure files", () => {
  const pure = PURE.map((path) => [path, files.find((file) => file.path === path)] as const);

  test.each(pure)("%s imports nothing of Node and no package that acts", (_path, file) => {
    expect(file, "the file is gone: correct the list").toBeDefined();
    const imports = importsOf(file!);
    const acting = imports.filter((specifier) => {
      const name = packageOf(specifier);
      return specifier.startsWith("node:") || (name !== undefined && !PURE_PACKAGES.has(name));
    });
    expect(acting).toEqual([]);
    expect(imports.filter((specifier) => roomOf(file!, specifier) === "http")).toEqual([]);
  });

  test.each(pure)("%s knows no clock, no chance and no network", (_path, file) => {
    expect(IMPURE.exec(file?.code ?? "")?.[0]).toBeUndefined();
  });
});

test("pure files of the mapping and the plan lead to nothing that acts, however far their imports are followed", () => {
  const reached = new Set(PURE.filter((path) => /^destination-iterable\/(?:mapping|plan)\//.test(path)));
  const acting: string[] = [];
  for (const path of reached) {
    const file = files.find((one) => one.path === path);
    if (!file) continue;
    const code = file.code.replace(/\bimport type [^;]*;/g, "");
    for (const specifier of importsOf({ ...file, code })) {
      const name = packageOf(specifier);
      if (specifier.startsWith("node:") || (name !== undefined && !PURE_PACKAGES.has(name)))
        acting.push(`${path}: ${specifier}`);
      if (specifier.startsWith("."))
        reached.add(new URL(specifier, `file:///${path}`).pathname.slice(1).replace(/\.js$/, ".ts"));
    }
    if (IMPURE.test(code)) acting.push(`${path}: ${IMPURE.exec(code)?.[0]}`);
  }
  expect(acting).toEqual([]);
  expect(reached.size).toBeGreaterThan(30);
});

test("the process and the console are touched by the files that own them alone", () => {
  const touching = shipped
    .filter(({ room }) => room !== "simulators")
    .filter(({ code }) =>
      /(?<!\/)\bprocess\.[a-zA-Z]|\bconsole\.(?:log|info|warn|error|debug|trace|table|dir)\b|from "node:process"/.test(
        code,
      ),
    )
    .map(({ path }) => path);
  expect(touching.filter((path) => !OWN_THE_PROCESS.has(path))).toEqual([]);
});

test("the images are built with every room that shipped code is bundled from", () => {
  const entries = readFileSync(`${ROOT}/.dockerignore`, "utf8").split("\n");
  const rooms = shipped.flatMap((file) => [file.room, ...importsOf(file).map((path) => roomOf(file, path))]);
  for (const room of new Set(rooms)) if (room) expect(entries).toContain(`!${room}`);
});
