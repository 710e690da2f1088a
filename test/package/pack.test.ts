import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "../architecture/files.js";

const { bin, version }: { bin: Record<string, string>; version: string } = JSON.parse(
  readFileSync(`${ROOT}/package.json`, "utf8"),
);
const folder = mkdtempSync(join(tmpdir(), "package-"));
let packed: readonly string[];

const npm = (...args: string[]) =>
  execFileSync("npm", args, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
const installed = (name: string) => join(folder, "prefix", "bin", name);
const run = (name: string, ...args: string[]) =>
  execFileSync(installed(name), args, { cwd: folder, encoding: "utf8" });

beforeAll(() => {
  const [{ filename, files }] = JSON.parse(
    npm("pack", "--json", "--ignore-scripts", "--pack-destination", folder),
  );
  packed = files.map(({ path }: { path: string }) => path);
  npm("install", "--global", "--prefix", join(folder, "prefix"), "--ignore-scripts", join(folder, filename));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("holds what is needed to run, to read and to comply, and nothing else", () => {
  const others = packed.filter((path) => !/^(dist|spec|schemas)\//.test(path)).sort();
  expect(others).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "package.json"]);
  expect(packed.filter((path) => /^dist\/(simulators|test|bench|scripts)\//.test(path))).toEqual([]);
  expect(packed).toEqual(expect.arrayContaining(["spec/source-flowcode.json", "schemas/contacts.json"]));
});

test.each(Object.keys(bin))("%s runs from wherever it was installed", (name) => {
  expect(run(name, "--version").trim()).toContain(version);
});

test.each(["source-flowcode", "destination-iterable"])("%s prints its specification", (name) => {
  expect(JSON.parse(run(name, "spec"))).toEqual(
    JSON.parse(readFileSync(`${ROOT}/spec/${name}.json`, "utf8")),
  );
});

test.each(["tap-flowcode", "target-iterable"])("%s says what it is", (name) => {
  expect(JSON.parse(run(name, "--about", "--format", "json"))).toMatchObject({ name, version });
});
