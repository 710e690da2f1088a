import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "../architecture/files.js";

const NEXT = "0.99.0";
const MAJOR = "1.0.0";
/** Somebody who commits, whoever runs the tests. */
const env = { ...process.env };
for (const role of ["AUTHOR", "COMMITTER"]) {
  env[`GIT_${role}_NAME`] = "Release";
  env[`GIT_${role}_EMAIL`] = "release@example.com";
}

let folder: string;
const path = (name: string) => join(folder, name);
const read = (name: string) => readFileSync(path(name), "utf8");
const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, encoding: "utf8", env }).trim();
const commit = () => git("commit", "--quiet", "--all", "--message", "Something");

/** A repository of its own with the files of this one, as they are now. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "release-"));
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  for (const name of listed.split("\0").filter((one) => one !== "" && existsSync(join(ROOT, one)))) {
    mkdirSync(dirname(path(name)), { recursive: true });
    cpSync(join(ROOT, name), path(name), { preserveTimestamps: true });
  }
  link();
  git("init", "--quiet", "--initial-branch", "main");
  appendFileSync(path(".git/info/exclude"), "node_modules\ndist\n");
  appendFileSync(
    path("CHANGELOG.md"),
    `\n## ${NEXT}\n\n- Something new.\n\n## ${MAJOR}\n\n- Something else.\n`,
  );
  git("add", "--all");
  commit();
  git("tag", "start");
});
afterEach(() => {
  git("checkout", "--quiet", "--force", "-B", "main", "start");
  for (const tag of git("tag").split("\n")) if (tag !== "start") git("tag", "--delete", tag);
  // The packages are newer than the list of them that was just put back: nothing is to be installed.
  writeFileSync(path("node_modules/.package-lock.json"), "{}");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Lends the packages and the compiled programs, one by one: what is removed here is a link, and never what it leads to. */
function link() {
  mkdirSync(path("node_modules"));
  for (const name of readdirSync(join(ROOT, "node_modules"))) {
    if (name === ".package-lock.json") writeFileSync(path(`node_modules/${name}`), "{}");
    else symlinkSync(join(ROOT, "node_modules", name), path(`node_modules/${name}`));
  }
  symlinkSync(join(ROOT, "dist"), path("dist"));
}

const release = (...args: string[]) =>
  spawnSync(process.execPath, [path("scripts/release.mjs"), ...args], { encoding: "utf8", env });

/** Adds what users have to know of a version to a connector's metadata. */
function addBreakingChange(connector: string, more: string) {
  const file = `${connector}/metadata.yaml`;
  const text = `${read(file).trimEnd()}\n  releases:\n    breakingChanges:\n      ${MAJOR}:\n${more}`;
  writeFileSync(path(file), text);
}
const GOOD =
  '        message: The state of earlier versions is not read.\n        upgradeDeadline: "2027-01-31"\n';

describe("a release", () => {
  test("sets the version wherever it stands, commits, tags, and says how to publish", () => {
    const { status, stdout, stderr } = release(NEXT);
    expect([status, stderr]).toEqual([0, ""]);
    for (const name of [
      "package.json",
      "package-lock.json",
      "Dockerfile",
      "source-flowcode/metadata.yaml",
      "destination-iterable/metadata.yaml",
      "docs/airbyte.md",
      "examples/compose.yaml",
      "examples/kubernetes/cronjob.yaml",
    ]) {
      expect([name, read(name).includes(NEXT)]).toEqual([name, true]);
    }
    expect(git("status", "--porcelain")).toBe("");
    expect(git("log", "-1", "--format=%s")).toBe(`Release ${NEXT}`);
    expect(git("tag", "--points-at", "HEAD")).toBe(`v${NEXT}`);
    expect(git("tag", "--list", `v${NEXT}`, "--format=%(contents)")).toContain("Something new.");
    for (const command of [
      `git push origin main v${NEXT}`,
      "npm publish",
      "docker build --target flowcode-iterable",
    ])
      expect(stdout).toContain(command);
    expect(JSON.parse(read("package.json")).version).toBe(NEXT);
  });

  test("changes nothing when it is only tried", () => {
    const before = git("rev-parse", "HEAD");
    expect(release(NEXT, "--dry-run")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`Would set the version ${NEXT}`),
    });
    expect([git("rev-parse", "HEAD"), git("status", "--porcelain"), git("tag")]).toEqual([
      before,
      "",
      "start",
    ]);
  });

  test("of a new major version tells the users of both connectors what changes for them", () => {
    for (const connector of ["source-flowcode", "destination-iterable"]) addBreakingChange(connector, GOOD);
    commit();
    expect(release(MAJOR)).toMatchObject({ status: 0, stderr: "" });
    expect(git("tag").split("\n")).toContain(`v${MAJOR}`);
  });
});

describe("a release is refused", () => {
  /** The reasons that are given for it; and nothing may have changed. */
  function refused(...args: string[]): string {
    const state = () => [git("tag"), git("rev-parse", "HEAD"), git("status", "--porcelain")];
    const before = state();
    const { status, stdout, stderr } = release(...args);
    expect([status, stdout]).toEqual([1, ""]);
    expect(state()).toEqual(before);
    return stderr;
  }

  test("with every reason at once: another branch, open changes, stale files, nothing in the changelog", () => {
    git("checkout", "--quiet", "-b", "idea");
    writeFileSync(path("schemas/flows.json"), "{}\n");
    const metadata = "source-flowcode/metadata.yaml";
    writeFileSync(path(metadata), read(metadata).replace(/(dockerImageTag: ).*/, "$10.0.7"));
    const reasons = refused("0.98.0");
    expect(reasons).toContain("the branch is idea");
    expect(reasons).toContain("changes that are not committed");
    expect(reasons).toContain("schemas/flows.json is stale");
    expect(reasons).toContain(`${metadata} is stale`);
    expect(reasons).toContain("CHANGELOG.md says nothing of 0.98.0");
  });

  test("without a version, or with one that is no version", () => {
    expect(refused()).toContain("name the version");
    expect(refused("v0.99")).toContain("name the version");
  });

  test("of a version that is older, or tagged already", () => {
    git("tag", "v0.0.1");
    expect(refused("0.0.1")).toMatch(/v0\.0\.1 is tagged already[\s\S]*0\.0\.1 does not come after/);
  });

  test("of a new major version of which the users of a connector are told nothing, or no deadline", () => {
    addBreakingChange("source-flowcode", "        message: Something changes.\n");
    commit();
    const reasons = refused(MAJOR);
    expect(reasons).toMatch(/source-flowcode\/metadata.yaml: .* needs a message and an upgradeDeadline/);
    expect(reasons).toContain('destination-iterable/metadata.yaml has no releases.breakingChanges."1.0.0"');
  });
});
