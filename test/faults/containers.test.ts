import { execFileSync, spawn } from "node:child_process";
import { afterAll, expect, test } from "vitest";
import { CUSTOM_FIELDS, expect as promised } from "../../simulators/expectation.js";
import { generatePeople } from "../../simulators/people.js";
import { compiled, ended } from "../process.js";
import { held, type Project, setProject, until } from "../sync/project.js";
import { isWhole, report } from "./figures.js";

/** Whether this machine lets its tests have processes of their own, as containers have: each begins with process 1. */
const canContain = (() => {
  try {
    execFileSync("unshare", ["--pid", "--fork", "--mount-proc", "--uts", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

const rounds = Array.from({ length: isWhole ? 5 : 1 }, (_, seed) => seed);
let begun = 0;
afterAll(() => report("containers of one host name", begun));

/** The runner as process 1 of a container, on a machine that bears the same name as every other. */
function contained(project: Project, ...args: readonly string[]) {
  begun += 1;
  const command = [process.execPath, compiled("sync/main.js"), ...args, "--project", project.folder];
  return spawn(
    "unshare",
    [
      "--pid",
      "--fork",
      "--kill-child",
      "--mount-proc",
      "--uts",
      "sh",
      "-c",
      'hostname node; exec "$@"',
      "sh",
      ...command,
    ],
    { env: { PATH: process.env.PATH } },
  );
}

test.skipIf(!canContain).each(rounds)(
  "containers on one project folder, each with process 1, never sync at once, and lose nobody, round %i",
  async (seed) => {
    const rows = generatePeople(150, { seed: seed + 3, endMs: Date.now() - 7_200_000 });
    const project = await setProject(rows, {
      flowcode: { pageSize: 50 },
      iterable: { fields: CUSTOM_FIELDS, latencyMs: 1_500 },
    });
    try {
      await project.settings({ destination: { advanced: { batch_size: 50, max_in_flight: 1 } } });
      const first = contained(project, "sync");
      const firstEnd = ended(first);
      await until(async () => (await project.names("runs")).includes("1.jsonl"));
      const others = await Promise.all(["sync", "sync"].map((verb) => ended(contained(project, verb))));
      expect(others.map(({ code }) => code)).toEqual([3, 3]);
      expect((await firstEnd).code).toBe(0);
      expect(project.iterable.collisions).toEqual([]);

      if (!isWhole) return;

      // One that is killed with its container cannot be looked at from another: its silence tells.
      const killed = contained(project, "sync", "--full");
      const killedEnd = ended(killed);
      await until(async () => (await project.names("runs")).includes("2.jsonl"));
      killed.kill("SIGKILL");
      await killedEnd;
      const next = await ended(contained(project, "sync"));
      expect([next.code, next.stdout + next.stderr]).toEqual([0, expect.stringMatching(/succeeded/)]);
      const wanted = Object.fromEntries(promised(project.flowcode.rows, new Set(), () => false).users);
      expect(held(project)).toEqual(JSON.parse(JSON.stringify(wanted)));
      const left = (await project.names(".")).filter((name) => name.startsWith(".work-"));
      expect(left.length).toBeLessThanOrEqual(1);
    } finally {
      await project.close();
    }
  },
);
