import { afterEach, describe, expect, test } from "vitest";
import { CUSTOM_FIELDS, expect as promised } from "../../simulators/expectation.js";
import { generatePeople } from "../../simulators/people.js";
import { ended, printed } from "../process.js";
import { held, type Project, setProject, until } from "./project.js";

const BULK = "/api/users/bulkUpdate";
let project: Project;
afterEach(() => project.close());

/** One row for each person: of two rows the newer wins within a run alone, and these runs are cut short. */
const people = (count: number) =>
  generatePeople(count, { seed: 5, endMs: Date.now() - 7_200_000 }).filter(
    ({ user }) => user.name !== "Converted Again",
  );
const onStage = async (count: number, latencyMs: number) => {
  project = await setProject(people(count), {
    flowcode: { pageSize: 50 },
    iterable: { fields: CUSTOM_FIELDS, latencyMs },
  });
  await project.settings({ destination: { advanced: { batch_size: 50, max_in_flight: 1 } } });
};
const contents = () =>
  JSON.parse(
    JSON.stringify(Object.fromEntries(promised(project.flowcode.rows, new Set(), () => false).users)),
  );
const sent = (count: number) => until(() => project.iterable.journal.count(BULK) >= count);
const endOf = async (run: number) => (await project.log(run)).find(({ event }) => event === "ended");

describe("a runner that is killed", () => {
  test.each([1, 4])(
    "in a scheduled run, after %i requests, leaves a project whose next run completes",
    async (requests) => {
      await onStage(600, 50);
      const child = project.start(["sync", "--every", "30m"]);
      const end = ended(child);
      await sent(requests);
      child.kill("SIGKILL");
      expect((await end).signal).toBe("SIGKILL");
      expect(await endOf(1)).toBeUndefined();
      const next = await project.run("sync");
      expect([next.code, next.stdout]).toEqual([0, expect.stringContaining("Run 2 succeeded")]);
      expect(held(project)).toEqual(contents());
      expect(project.iterable.collisions).toEqual([]);
      expect((await project.run("logs")).stdout).toMatch(/^1 .*interrupted/m);
      expect(await project.names("work")).toEqual([]);
    },
  );

  test("and started again by its schedule makes up for the run that was cut short at once", async () => {
    await onStage(300, 50);
    const first = project.start(["sync", "--every", "30m"]);
    const end = ended(first);
    await sent(2);
    first.kill("SIGKILL");
    await end;
    const second = project.start(["sync", "--every", "30m"]);
    const stopped = ended(second);
    await until(
      async () => (await project.names("runs")).includes("2.jsonl") && (await endOf(2)) !== undefined,
    );
    second.kill("SIGTERM");
    expect((await stopped).signal).toBe("SIGTERM");
    expect((await endOf(2))?.outcome).toBe("succeeded");
    expect(held(project)).toEqual(contents());
  });
});

describe("two runners at once", () => {
  test("are never two syncs: the second is refused and says why", async () => {
    await onStage(400, 1_500);
    const first = project.start(["sync"]);
    const end = ended(first);
    await sent(1);
    const second = await project.run("sync");
    expect([second.code, second.stderr]).toEqual([
      3,
      expect.stringMatching(/run 1 of this project is under way/),
    ]);
    expect((await end).code).toBe(0);
    expect(await project.names("runs")).toEqual(["1.jsonl"]);
    expect((await project.run("sync")).code).toBe(0);
  });

  test("started in the same moment do one sync between them", async () => {
    await onStage(200, 2_000);
    const ends = await Promise.all(Array.from({ length: 5 }, () => project.run("sync")));
    expect(ends.map(({ code }) => code).sort()).toEqual([0, 3, 3, 3, 3]);
    expect(await project.names("runs")).toEqual(["1.jsonl"]);
    expect(project.iterable.collisions).toEqual([]);
  });
});

describe("a signal", () => {
  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "%s stops both cleanly: what is safe is saved, and the next run completes",
    async (signal) => {
      await onStage(1500, 40);
      const child = project.start(["sync"]);
      const end = ended(child);
      await until(async () => (await project.names("state")).length > 0);
      child.kill(signal);
      const { signal: diedBy, stdout } = await end;
      expect([diedBy, stdout]).toEqual([signal, expect.stringContaining("Run 1 stopped")]);
      const stop = await endOf(1);
      expect(stop).toMatchObject({ outcome: "stopped", state: true });
      expect(stop?.streams.contacts.unsettled).toBe(0);
      const before = project.iterable.users.size;
      expect(before).toBeLessThan(Object.keys(contents()).length);
      const next = await project.run("sync");
      expect(next.code).toBe(0);
      expect((await endOf(2))?.read).toBeLessThan(project.flowcode.rows.length);
      expect(held(project)).toEqual(contents());
    },
  );

  test("while the next sync is waited for ends the program at once", async () => {
    await onStage(20, 0);
    const child = project.start(["sync", "--every", "30m", "--json"]);
    const end = ended(child);
    await printed(child, '"event":"waiting"');
    child.kill("SIGTERM");
    expect((await end).signal).toBe("SIGTERM");
    expect((await endOf(1))?.outcome).toBe("succeeded");
  });

  test("a second time ends everything at once", async () => {
    await onStage(300, 6_000);
    const child = project.start(["sync"]);
    const end = ended(child);
    await sent(1);
    const told = new Promise((resolve) => child.stderr.once("data", resolve));
    child.kill("SIGTERM");
    expect(String(await told)).toContain("a second signal stops it at once");
    const asked = Date.now();
    child.kill("SIGTERM");
    expect((await end).signal).toBe("SIGTERM");
    expect(Date.now() - asked).toBeLessThan(4_000);
    expect(await endOf(1)).toMatchObject({ outcome: "stopped" });
  });
});
