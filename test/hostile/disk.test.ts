import { execFileSync } from "node:child_process";
import { afterEach, describe, expect, test } from "vitest";
import { generatePeople } from "../../simulators/people.js";
import { compiled, ended, folderOf, runNode, startNode } from "../process.js";
import { held, type Project, setProject, until } from "../sync/project.js";
import { isWhole, report } from "./figures.js";

/** Runs a command that needs the right to mount; false where this machine does not give it. */
function may(...[program, ...args]: readonly [string, ...string[]]): boolean {
  try {
    execFileSync(program, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

let disk: string | undefined;
let project: Project | undefined;
afterEach(async () => {
  if (disk) may("umount", disk);
  await project?.close();
});

/** A project on a disk of 2 MB; undefined where none can be mounted. */
async function small() {
  const files = await folderOf({});
  const path = files.path("disk");
  execFileSync("mkdir", [path]);
  if (!may("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", path)) return undefined;
  disk = path;
  project = await setProject(generatePeople(50, { endMs: Date.now() - 7_200_000 }));
  execFileSync("cp", [`${project.folder}/flowcode-iterable.json`, path]);
  const program = compiled("sync/main.js");
  return {
    iterable: project.iterable,
    run: (...args: string[]) => runNode(program, [...args, "--project", path]),
    start: (...args: string[]) => startNode(program, [...args, "--project", path]),
    fill: () => void may("sh", "-c", `cat /dev/zero > ${path}/fill`),
    free: () => void may("rm", `${path}/fill`),
    readOnly: () => void may("mount", "-o", "remount,ro", path),
  };
}

describe("a disk", () => {
  test("that is full is named, and what could not be sent is sent when there is room", async ({ skip }) => {
    const place = await small();
    if (!place) return skip();
    place.fill();
    const begun = performance.now();
    const full = await place.run("sync");
    expect([full.code, full.stderr]).toEqual([
      1,
      expect.stringMatching(/the disk is full\. Free some space\./),
    ]);
    expect((await place.run("status")).code).toBe(0);
    place.free();
    const { code, stdout } = await place.run("sync");
    expect([code, stdout]).toEqual([0, expect.stringMatching(/succeeded/)]);
    report({ bytes: 0, ms: performance.now() - begun });
  });

  test("that is read-only is explained, and still read", async ({ skip }) => {
    const place = await small();
    if (!place) return skip();
    expect((await place.run("sync")).code).toBe(0);
    place.readOnly();
    for (const command of [["sync"], ["sync", "--every", "1h"], ["console", "--port", "0"]]) {
      const { code, stderr } = await place.run(...command);
      expect([code, stderr]).toEqual([2, expect.stringMatching(/mounted read-only\. Mount it writable\./)]);
    }
    expect((await place.run("status")).code).toBe(0);
    expect((await place.run("logs", "1")).code).toBe(0);
  });

  test.runIf(isWhole)(
    "that is full for a minute when a schedule begins does not end it",
    async ({ skip }) => {
      const place = await small();
      if (!place) return skip();
      place.fill();
      const begun = performance.now();
      const child = place.start("sync", "--every", "1h");
      const end = ended(child);
      await new Promise((resolve) => child.stderr.once("data", resolve));
      place.free();
      await until(() => place.iterable.users.size > 0);
      child.kill("SIGTERM");
      expect((await end).stderr).toMatch(/the disk is full\. Free some space\./);
      if (project) expect(Object.keys(held(project)).length).toBeGreaterThan(0);
      report({ bytes: 0, ms: performance.now() - begun });
    },
  );
});
