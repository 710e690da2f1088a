import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { files, importsOf, packageOf, ROOT } from "./files.js";

const readJson = (path: string) => JSON.parse(readFileSync(`${ROOT}/${path}`, "utf8"));
const manifest = readJson("package.json");

const MOST_LINES = 250;
const MOST_FILES = 18;
/** Names that say nothing of what is inside. */
const EMPTY_NAMES = /^(utils?|helpers?|common|shared|misc|types?|constants?|index|base)\.tsx?$/;
const LICENCES = /^(MIT|ISC|Apache-2\.0|0BSD|BSD-[23]-Clause)$/;

const shipped = files.filter(({ room }) => room !== "test" && room !== "bench");

test("no file has grown so long that nobody reads it", () => {
  const long = shipped
    .map(({ path, text }) => [path, text.trimEnd().split("\n").length] as const)
    .filter(([, lines]) => lines > MOST_LINES);
  expect(long).toEqual([]);
});

test("no room has so many files side by side that a newcomer loses count", () => {
  const folders = shipped.map(({ path }) => dirname(path));
  const crowded = [...new Set(folders)].filter(
    (folder) => folders.filter((one) => one === folder).length > MOST_FILES,
  );
  expect(crowded).toEqual([]);
});

test("every file has a name that says what is inside", () => {
  expect(files.map(({ path }) => path).filter((path) => EMPTY_NAMES.test(basename(path)))).toEqual([]);
});

describe("executables", () => {
  test.each(Object.entries<string>(manifest.bin))("%s begins with a line that finds Node", (_name, path) => {
    const source = path.replace(/^dist\//, "").replace(/\.js$/, ".ts");
    const file = files.find((one) => one.path === source);
    expect(file?.text.split("\n")[0]).toBe("#!/usr/bin/env node");
    expect(file?.text.split("\n").length).toBeLessThan(10);
  });
});

describe("dependencies", () => {
  test("are named with their exact versions, so that a build of today is a build of next year", () => {
    const loose = Object.entries<string>({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
    );
    expect(loose).toEqual([]);
  });

  test("that are shipped, and theirs, have licences that ask for no more than to be named", () => {
    const packages = Object.entries<{ dev?: boolean; license?: string }>(
      readJson("package-lock.json").packages,
    );
    const shippedPackages = packages.filter(([path, { dev }]) => path !== "" && !dev);
    expect(shippedPackages.length).toBeGreaterThan(0);
    expect(shippedPackages.filter(([, { license }]) => !LICENCES.test(license ?? ""))).toEqual([]);
  });

  test("are those that the shipped rooms import: none is missing, none is left over", () => {
    const imported = new Set(
      shipped
        .filter(({ room }) => room !== "scripts" && room !== "simulators")
        .flatMap((file) => importsOf(file).flatMap((specifier) => packageOf(specifier) ?? [])),
    );
    expect([...imported].sort()).toEqual(Object.keys(manifest.dependencies).sort());
  });
});
