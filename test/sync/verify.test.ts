import { readFile, rm, writeFile } from "node:fs/promises";
import { afterEach, describe, expect, test } from "vitest";
import { CUSTOM_FIELDS } from "../../simulators/expectation.js";
import { generatePeople } from "../../simulators/people.js";
import type { Printed } from "../process.js";
import { type Project, setProject } from "./project.js";

let project: Project;
afterEach(() => project.close());

const HOURS = 3_600_000;
const people = (count: number) => generatePeople(count, { seed: 5, endMs: Date.now() - 2 * HOURS });
const onStage = async (count: number, iterable: object = {}) => {
  project = await setProject(people(count), {
    flowcode: { pageSize: 100 },
    iterable: { fields: CUSTOM_FIELDS, limits: { "/api/users/getByEmail": 1000 }, ...iterable },
  });
  await project.settings({ destination: { advanced: { lookup_requests_per_second: 500 } } });
};
const verified = async (...args: string[]): Promise<Printed> => {
  const { code, messages } = await project.run("verify", "--json", ...args);
  return { code, ...messages[0] };
};
/** Makes a run one of an hour ago, as far as its log says. */
async function makeOld(run: number): Promise<void> {
  const path = `${project.folder}/runs/${run}.jsonl`;
  const text = await readFile(path, "utf8");
  const earlier = (_: string, at: string) => `"at":"${new Date(Date.parse(at) - HOURS).toISOString()}"`;
  await writeFile(path, text.replace(/"at":"([^"]+)"/g, earlier));
}
/** Somebody whose profile has this field. */
const somebodyWith = (field: string) =>
  [...project.iterable.users].find(([, { dataFields }]) => field in dataFields)![0];

describe("verify", () => {
  test("after a sync finds that everybody is there, and that the counts add up", async () => {
    await onStage(300);
    await project.run("sync");
    const sample = await project.run("verify");
    expect(sample).toMatchObject({ code: 0, stdout: expect.stringContaining("✓ Everything agrees.") });
    expect(sample.stdout).toMatch(/Iterable now, 20 contacts compared/);
    const all = await verified("--all");
    expect(all).toMatchObject({ code: 0, agrees: true, window: "beginning", since: 0 });
    const { judgements, delivered, rejected, read } = all.counts;
    expect([all.again, judgements.rejected]).toEqual([read, rejected]);
    expect(judgements.agrees).toBe(project.iterable.users.size);
    expect(delivered).toBeGreaterThan(0);
  });

  test("of a later run compares what that run has read, and nothing of the run before", async () => {
    await onStage(100);
    await project.run("sync");
    const at = new Date(Date.now() - HOURS / 2).toISOString();
    project.flowcode.add([
      { user: { email: "new@example.com", name: "New One" }, firstConvertedAt: at, lastConvertedAt: at },
    ]);
    await project.run("sync");
    expect(await verified("2", "--all")).toMatchObject({
      code: 0,
      window: "state",
      again: 1,
      counts: { judgements: { agrees: 1 } },
    });
  });

  test("finds who has gone and whose values differ, and names nobody unless it is asked to", async () => {
    await onStage(100);
    await project.run("sync");
    await makeOld(1);
    const changed = somebodyWith("Shirt Size");
    const gone = [...project.iterable.users.keys()].find((email) => email !== changed) as string;
    (project.iterable.users as Map<string, unknown>).delete(gone);
    project.iterable.put({ email: changed, dataFields: { "Shirt Size": "no size" } });
    const { code, stdout } = await project.run("verify", "--all");
    expect(code).toBe(1);
    expect(stdout).toMatch(/contact [0-9a-f]{12}: is missing in Iterable/);
    expect(stdout).toMatch(
      /contact [0-9a-f]{12}: has a profile that was changed since the run: Shirt Size differs/,
    );
    expect(stdout).toContain("Wrong: 1 of");
    for (const word of [gone, "no size", "@example"]) expect(stdout).not.toContain(word);
    const shown = await project.run("verify", "--all", "--show-data");
    expect(shown.stdout).toContain(`${gone}: is missing in Iterable`);
    expect(shown.stdout).toMatch(/Shirt Size: sent ".*", held "no size"/);
  });

  test("tells who was converted again since the run from who is missing", async () => {
    await onStage(50);
    await project.run("sync");
    await makeOld(1);
    const now = new Date().toISOString();
    project.flowcode.add([
      { user: { email: "late@example.com" }, firstConvertedAt: now, lastConvertedAt: now },
    ]);
    expect(await verified("--all")).toMatchObject({
      code: 0,
      since: 1,
      counts: { judgements: { changed_in_flowcode: 1 }, problems: [] },
    });
  });

  test("finds a contact from before the run that the run has not read", async () => {
    await onStage(50);
    await project.run("sync");
    const before = new Date(Date.now() - 3 * HOURS).toISOString();
    project.flowcode.add([
      { user: { email: "lost@example.com" }, firstConvertedAt: before, lastConvertedAt: before },
    ]);
    await makeOld(1);
    const { code, counts } = await verified("--all");
    expect([code, counts.problems]).toEqual([
      1,
      [
        expect.stringContaining("1 contacts from before the run that it has not read"),
        expect.stringContaining("1 of"),
      ],
    ]);
  });

  test("waits for what was written a moment ago and cannot be read yet", async () => {
    await onStage(20, { visibilityMs: 4_000 });
    await project.run("sync");
    expect(await verified("--all")).toMatchObject({ code: 0, counts: { problems: [] } });
  });

  test("does not take for a difference what the overwrite mode leaves alone", async () => {
    await onStage(60);
    const advanced = { lookup_requests_per_second: 500 };
    await project.settings({ destination: { overwrite_mode: "keep_existing", advanced } });
    const { user } = project.flowcode.rows.find(
      ({ user: { email, name } }) => /^[a-z\d]+@example\.com$/.test(String(email)) && name,
    )!;
    project.iterable.put({ email: String(user.email), dataFields: { firstName: "Nobody's" } });
    await project.run("sync");
    expect(await verified("--all")).toMatchObject({ code: 0, counts: { judgements: { left_alone: 1 } } });
  });

  test("asks by user id where these tell contacts apart", async () => {
    await onStage(40, { identifier: "user_id" });
    const field_mapping = [
      { source: "contact_key", target: "userId" },
      { source: "name", target: "firstName", transform: ["first_name"] },
    ];
    const advanced = { lookup_requests_per_second: 500 };
    await project.settings({ destination: { identifier: "user_id", field_mapping, advanced } });
    await project.run("sync");
    const { code, counts } = await verified("--all");
    expect([code, counts.judgements.agrees]).toEqual([0, project.iterable.users.size]);
  });

  test("of rejected contacts that were retried reads these, and of a run with a limit as many as it has read", async () => {
    await onStage(100);
    await project.run("sync", "--limit", "5");
    const limited = await verified("--all");
    expect([limited.code, limited.again]).toEqual([0, 5]);
    await project.run("sync");
    await project.run("retry-rejected");
    expect(await verified("3", "--all")).toMatchObject({ code: 0, window: "files" });
    await rm(`${project.folder}/rejects/2`, { recursive: true });
    expect((await project.run("verify", "3")).stderr).toMatch(/not kept any more/);
    const { code, counts } = await verified("2");
    expect([code, counts.problems[0]]).toEqual([1, expect.stringContaining("only 0 of them are kept")]);
  });

  test("says so where the state that a run started from is gone", async () => {
    await onStage(30);
    await project.settings({ keep: { states: 2 } });
    for (let run = 1; run <= 4; run += 1) await project.run("sync");
    const { window, counts } = await verified("3");
    expect([window, counts.remarks]).toEqual(["forgotten", [expect.stringContaining("not kept any more")]]);
  });

  test.each([
    [["verify"], /has not run yet/],
    [["verify", "--sample", "0"], /--sample/],
    [["explain"], /Not enough|email/],
    [["explain", " "], /takes an email/],
  ])("%j on a project without a run is refused with an explanation", async (args, words) => {
    project = await setProject();
    const { code, stderr } = await project.run(...args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(words)]);
  });
});
