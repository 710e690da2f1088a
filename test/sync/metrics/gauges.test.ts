import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exposition } from "../../../sync/metrics/exposition.js";
import { gaugesOf, type Measured } from "../../../sync/metrics/gauges.js";
import { LONG } from "../../report/runs.js";
import { setProject } from "../project.js";

const MEASURED: Measured = {
  version: "1.2.3",
  newest: LONG,
  outcome: "succeeded",
  last: LONG,
  lastSuccess: LONG,
  failures: 0,
  outlook: { schedule: undefined, scheduler: undefined, next: undefined },
};
/** A line of the text form, by its grammar. */
const LINE = /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+\{([a-z_]+="(\\[\\"n]|[^"\\\n])*",?)+\} -?[0-9][0-9.e+]*)$/;

test("every line is one that Prometheus takes, and every name says its kind once", () => {
  const lines = exposition(gaugesOf(MEASURED), { project: 'my "sync"\\\n' }).trimEnd().split("\n");
  expect(lines.filter((line) => !LINE.test(line))).toEqual([]);
  const types = lines.filter((line) => line.startsWith("# TYPE"));
  expect(new Set(types).size).toBe(types.length);
  expect(lines).toContain(
    'flowcode_iterable_last_run_outcome{project="my \\"sync\\"\\\\\\n",outcome="succeeded"} 1',
  );
});

test("a project that has not run yet has no numbers of a run", () => {
  const text = exposition(
    gaugesOf({ ...MEASURED, newest: undefined, last: undefined, lastSuccess: undefined }),
    {},
  );
  expect(text).not.toContain("last_run");
  expect(text).toContain("flowcode_iterable_scheduler_up 0");
});

test("the command prints them, or puts them whole into a file that everybody may read", async () => {
  const project = await setProject([], {});
  const folder = await mkdtemp(join(tmpdir(), "metrics-"));
  try {
    await project.run("sync");
    const { code, stdout } = await project.run("metrics");
    expect([code, stdout]).toEqual([0, expect.stringContaining('outcome="succeeded"} 1')]);
    const file = join(folder, "a.prom");
    for (const _ of [1, 2]) expect((await project.run("metrics", "--file", file)).code).toBe(0);
    expect(await readFile(file, "utf8")).toBe(stdout);
    expect((await stat(file)).mode & 0o777).toBe(0o644);
    const mine = join(folder, "mine.prom");
    await writeFile(mine, "mine");
    expect((await project.run("metrics", "--file", mine)).code).toBe(2);
    expect(await readFile(mine, "utf8")).toBe("mine");
  } finally {
    await project.close();
    await rm(folder, { recursive: true });
  }
});
