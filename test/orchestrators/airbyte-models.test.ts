import { execFile, spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { ROOT } from "../architecture/files.js";
import { ended } from "../process.js";
import { executable } from "./environments.js";

test("Airbyte's own models know every message that either connector prints in the suites of contracts and pipes", async () => {
  const folder = await mkdtemp(join(tmpdir(), "printed-"));
  const vitest = spawn(
    process.execPath,
    [join(ROOT, "node_modules", "vitest", "vitest.mjs"), "run", "test/contract", "test/pipe"],
    { cwd: ROOT, env: { PATH: process.env.PATH, RECORD_PRINTED: folder, NO_COLOR: "1" } },
  );
  vitest.stdin.end();
  // Whether these suites pass is the affair of `npm test`; here it is what was printed that counts.
  await ended(vitest);
  expect((await readdir(folder)).length).toBeGreaterThan(50);

  const script = join(ROOT, "test", "orchestrators", "pyairbyte", "models.py");
  const { stdout } = await promisify(execFile)(executable("pyairbyte", "python"), [script, folder]);
  const { kinds, problems } = JSON.parse(stdout);
  expect(problems).toEqual([]);
  expect(Object.keys(kinds)).toEqual(
    expect.arrayContaining([
      "SPEC",
      "CONNECTION_STATUS",
      "CATALOG",
      "DESTINATION_CATALOG",
      "RECORD",
      "STATE",
      "LOG",
      "ERROR",
      "STREAM_STATUS",
    ]),
  );
  await rm(folder, { recursive: true });
});
