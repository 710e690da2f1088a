import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compiled, runNode } from "../process.js";

/** The compiled programs without anything that they depend on. */
const folder = mkdtempSync(join(tmpdir(), "alone-"));
const dist = dirname(dirname(compiled("source-flowcode/main.js")));
beforeAll(() => {
  cpSync(dist, join(folder, "dist"), { recursive: true });
  for (const name of ["spec", "package.json"]) {
    cpSync(join(dist, "..", name), join(folder, name), { recursive: true });
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each(["source-flowcode", "destination-iterable"])(
  "%s spec prints a derived file, and loads no dependency for it",
  async (name) => {
    const { code, lines, stderr } = await runNode(join(folder, "dist", name, "main.js"), ["spec"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      JSON.parse(readFileSync(join(folder, "spec", `${name}.json`), "utf8")),
    ]);
  },
);
