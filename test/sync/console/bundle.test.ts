import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { compiled } from "../../process.js";

/** What the pages may weigh together, as a browser fetches them. */
const MOST_BYTES = 40 * 1024;

test("the pages weigh 40 kB at most", () => {
  const sizes = ["index.html", "main.js", "style.css", "icon.svg"].map((name) => [
    name,
    gzipSync(readFileSync(compiled(`console/${name}`))).length,
  ]);
  const sum = sizes.reduce((total, [, bytes]) => total + Number(bytes), 0);
  expect(sum, `${sizes.join(", ")}`).toBeLessThanOrEqual(MOST_BYTES);
});

/** The modules that a program loads when it starts, by their paths in the repository. */
function modulesOf(program: string, seen = new Set<string>()): string[] {
  if (seen.has(program)) return [];
  seen.add(program);
  const code = readFileSync(program, "utf8");
  const { sources } = JSON.parse(readFileSync(`${program}.map`, "utf8")) as { sources: string[] };
  const imports = [...code.matchAll(/^(?:import|export)\b[^;]*?["'](\.\/[^"']+)["']/gm)];
  const others = imports.map(([, path]) => join(dirname(program), path as string));
  return [
    ...sources,
    ...others
      .filter((path) => !path.endsWith("rolldown-runtime.js"))
      .flatMap((path) => modulesOf(path, seen)),
  ];
}

test("no command but console loads anything of it", () => {
  const loaded = modulesOf(compiled("sync/main.js"));
  expect(loaded.some((path) => path.endsWith("sync/commands/status.ts"))).toBe(true);
  expect(loaded.filter((path) => /sync\/console\/|console-ui\//.test(path))).toEqual([]);
});
