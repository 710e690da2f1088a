import { afterAll, describe, expect, test } from "vitest";
import { CUSTOM_FIELDS, expect as promised } from "../../simulators/expectation.js";
import { generatePeople } from "../../simulators/people.js";
import { createRandom } from "../../simulators/random.js";
import { ended } from "../process.js";
import { held, setProject } from "../sync/project.js";
import { isWhole, report } from "./figures.js";

const KILLS = isWhole ? 5 : 2;
const kills = Array.from({ length: isWhole ? 40 : 1 }, (_, seed) => seed);
const starts = Array.from({ length: isWhole ? 10 : 1 }, (_, seed) => seed);
const AT_ONCE = 5;

let killed = 0;
let started = 0;
afterAll(() => {
  report("kills of the runner", killed);
  report("double starts", started);
});

/** One row for each person: of two rows the newer wins within a run alone, and these runs are cut short. */
const people = (count: number, seed: number) =>
  generatePeople(count, { seed, endMs: Date.now() - 7_200_000 }).filter(
    ({ user }) => user.name !== "Converted Again",
  );
const onStage = async (count: number, seed: number, latencyMs: number) => {
  const project = await setProject(people(count, seed), {
    flowcode: { pageSize: 50 },
    iterable: { fields: CUSTOM_FIELDS, latencyMs },
  });
  await project.settings({ destination: { advanced: { batch_size: 50, max_in_flight: 1 } } });
  return project;
};
const contents = (project: Awaited<ReturnType<typeof onStage>>) =>
  JSON.parse(
    JSON.stringify(Object.fromEntries(promised(project.flowcode.rows, new Set(), () => false).users)),
  );
/** What a project may hold after its runs, whatever happened to them. */
const NAMES = /^(flowcode-iterable\.json|fields\.json|runs|state|rejects|existing|scheduler\.json)$/;

describe.concurrent("the runner that is killed (-9), and whenever", () => {
  test.each(kills)("leaves a project whose next run completes, seed %i", async (seed) => {
    const random = createRandom(seed + 71);
    const project = await onStage(400, seed + 5, 25);
    try {
      for (let kill = 0; kill < KILLS; kill += 1) {
        const child = project.start(kill % 2 === 0 ? ["sync"] : ["sync", "--every", "30m"]);
        const end = ended(child);
        const timer = setTimeout(() => child.kill("SIGKILL"), 200 + random() * 4_000);
        if ((await end).signal === "SIGKILL") killed += 1;
        clearTimeout(timer);
      }
      const { code, stdout, stderr } = await project.run("sync");
      expect([code, stdout + stderr]).toEqual([0, expect.stringMatching(/succeeded/)]);
      expect(held(project)).toEqual(contents(project));
      expect(project.iterable.collisions).toEqual([]);
      const names = await project.names(".");
      expect(names.filter((name) => !NAMES.test(name))).toEqual([]);
      expect((await project.names("runs")).filter((name) => !/^\d+\.jsonl$/.test(name))).toEqual([]);
      expect((await project.names("state")).filter((name) => !/^\d+\.json$/.test(name))).toEqual([]);
    } finally {
      await project.close();
    }
  });
});

test.each(starts)(
  "runners that are started in the same moment do one sync between them, round %i",
  async (seed) => {
    const project = await onStage(150, seed + 5, 1_500);
    try {
      const ends = await Promise.all(Array.from({ length: AT_ONCE }, () => project.run("sync")));
      started += AT_ONCE;
      const runs = (await project.names("runs")).filter((name) => name.endsWith(".jsonl"));
      // On a busy machine one may begin only after another has ended: then it is a run of its own.
      expect(ends.filter(({ code }) => code === 0).length).toBe(runs.length);
      expect(ends.map(({ code }) => code).filter((code) => code !== 0 && code !== 3)).toEqual([]);
      expect(project.iterable.collisions).toEqual([]);
      expect(held(project)).toEqual(contents(project));
    } finally {
      await project.close();
    }
  },
);
