import { afterEach, describe, expect, test } from "vitest";
import { CUSTOM_FIELDS } from "../../simulators/expectation.js";
import { generatePeople } from "../../simulators/people.js";
import { type Project, setProject } from "./project.js";

let project: Project;
afterEach(() => project.close());

const people = (count: number) => generatePeople(count, { seed: 5, endMs: Date.now() - 7_200_000 });

describe("explain", () => {
  test("follows a contact from its row to its profile", async () => {
    project = await setProject(
      [
        {
          user: { email: " Ann@Example.com ", name: "Ann Lee", score: "7", birthday: "someday" },
          firstConvertedAt: "2026-01-01T00:00:00Z",
          lastConvertedAt: "2026-01-01T00:00:00Z",
        },
        ...people(200),
      ],
      { iterable: { fields: CUSTOM_FIELDS } },
    );
    await project.run("sync");
    project.iterable.put({ email: "ann@example.com", dataFields: { lastName: "Li" } });
    const { code, stdout } = await project.run("explain", "ANN@example.com");
    expect(code).toBe(0);
    for (const words of [
      /^FLOWCODE: contacts, row 1 of 1$/m,
      /^ {2}score +7 +score +7 +changed to fit/m,
      /^ {2}birthday +someday +birthday +left out: It is not a date/m,
      /"lastName": "Lee"/,
      /No run that is remembered has rejected it\.\n {2}Run 1 was the first to come to its end/,
      /Iterable has the profile ann@example\.com, and it differs/,
      /^ {2}lastName +Lee +Li +differs$/m,
      /^ {2}firstName +Ann +Ann +the same$/m,
    ])
      expect(stdout).toMatch(words);
    const { messages } = await project.run("explain", "ann@example.com", "--json");
    expect(messages[0]).toMatchObject({
      rows: [{ stream: "contacts", data: { name: "Ann Lee" } }],
      mapped: [{ verdict: "differs" }],
      held: { verdict: "held" },
      rejections: [],
      readBy: 1,
    });
  });

  test("says which run has rejected it and why, by whatever names the contact", async () => {
    const at = "2026-01-01T00:00:00Z";
    project = await setProject(
      [
        { user: { phone: "+14150000001", name: "No Mail" }, firstConvertedAt: at, lastConvertedAt: at },
        { user: { email: "gone@example.com" }, firstConvertedAt: at, lastConvertedAt: at },
      ],
      { iterable: { forgotten: ["gone@example.com"] } },
    );
    await project.run("sync");
    const nameless = await project.run("explain", "+14150000001");
    expect([nameless.code, nameless.stdout]).toEqual([
      0,
      expect.stringMatching(
        /Run 1 of .* rejected it: email: The contact has no identifier.*\(no_identifier, mapping\)/,
      ),
    ]);
    const gone = await project.run("explain", "gone@example.com");
    expect(gone.stdout).toMatch(/Run 1 of .* rejected it: .*\(forgotten, delivery\)/);
    expect(gone.stdout).toContain("Iterable has no profile of gone@example.com.");
  });

  test("ends with 1 where neither side knows who that is", async () => {
    project = await setProject(people(20));
    const { code, stdout } = await project.run("explain", "nobody@example.com");
    expect([code, stdout]).toEqual([1, expect.stringContaining("is or mentions nobody@example.com")]);
  });
});
