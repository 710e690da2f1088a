import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ROOT } from "./files.js";

const ACCEPTED = ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC"];

const read = (path: string) => JSON.parse(readFileSync(`${ROOT}/${path}`, "utf8"));
const lock: { packages: Record<string, { dev?: boolean; optional?: boolean }> } = read("package-lock.json");
const shipped = Object.entries(lock.packages)
  .filter(([path, { dev }]) => path !== "" && !dev)
  .map(([path]) => path)
  .filter((path) => existsSync(`${ROOT}/${path}`));

describe("everything that is installed beside this project", () => {
  test("is known", () => {
    expect(shipped.length).toBeGreaterThan(5);
  });

  test.each(shipped)("%s has a license that allows it", (path) => {
    expect(ACCEPTED).toContain(read(`${path}/package.json`).license);
  });
});

test("every version is exact, and no lock file names the host that it came from", () => {
  const { dependencies, devDependencies } = read("package.json");
  const versions: string[] = Object.values({ ...dependencies, ...devDependencies });
  expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  expect(readFileSync(`${ROOT}/package-lock.json`, "utf8")).not.toContain('"resolved"');
});
