import { afterEach, describe, expect, test } from "vitest";
import { CUSTOM_FIELDS } from "../../simulators/expectation.js";
import { generatePeople } from "../../simulators/people.js";
import { ended, type Project, setProject, until } from "./project.js";

let project: Project;
afterEach(() => project.close());

const people = (count: number) => generatePeople(count, { seed: 5, endMs: Date.now() - 7_200_000 });
const me = (user: object = {}) => {
  const at = new Date().toISOString();
  return {
    user: { email: "Me@Example.com", name: "Me Myself", ...user },
    firstConvertedAt: at,
    lastConvertedAt: at,
  };
};

describe("sync --contact", () => {
  test("waits for the contact, sends it alone, leaves the state alone, and shows both sides", async () => {
    project = await setProject(people(50), { iterable: { fields: CUSTOM_FIELDS } });
    const child = project.start(["sync", "--contact", "me@example.com"]);
    let said = "";
    child.stderr.on("data", (text) => {
      said += text;
    });
    await until(() => said.includes("Not in Flowcode yet"));
    project.flowcode.add([me({ score: "7", birthday: "someday" })]);
    const { code, stdout } = await ended(child);
    expect(code, stdout).toBe(0);
    for (const words of [
      /^✓ In Flowcode, 1 conversion: .* ago\)$/m,
      /^✓ Mapped, 1 value left out$/m,
      /^✓ Sent by run 1\. The next sync is not affected\.$/m,
      /^✓ Iterable holds it:$/m,
      /^ {2}firstName +Me +Me +the same$/m,
      /^ {2}score +7 +7 +the same$/m,
    ])
      expect(stdout).toMatch(words);
    expect([...project.iterable.users.keys()]).toEqual(["me@example.com"]);
    expect(await project.names("state")).toEqual([]);
    expect((await project.log(1))[0]).toMatchObject({ trigger: "contact" });
    expect(JSON.stringify(await project.log(1))).not.toMatch(/me@example/i);
    await project.run("sync");
    expect((await project.log(2)).at(-1)?.read).toBeGreaterThan(40);
  });

  test("of somebody who cannot be sent says why", async () => {
    project = await setProject([me({ email: "me@@example.com" })]);
    const { code, stdout } = await project.run("sync", "--contact", "me@@example.com");
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/^✗ Rejected: The email is not a valid address/m),
    ]);
  });

  test("makes no sense with a schedule", async () => {
    project = await setProject();
    const { code, stderr } = await project.run("sync", "--contact", "a@example.com", "--every", "30m");
    expect([code, stderr]).toEqual([2, expect.stringContaining("mutually exclusive")]);
  });
});
