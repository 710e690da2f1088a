import { afterEach, expect, test } from "vitest";
import { ended, type Project, setProject } from "../project.js";

let project: Project;
afterEach(() => project.close());

test("both sides are asked where no temporary file can be written, as in a container that is read-only", async () => {
  project = await setProject();
  const { code, messages } = await ended(project.start(["check", "--json"], { TMPDIR: "/proc" }));
  expect(code).toBe(0);
  expect(messages[0]).toMatchObject({ source: { works: true }, destination: { works: true } });
});
