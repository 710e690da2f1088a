import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ROOT } from "../architecture/files.js";
import { inspect, run, TARGETS } from "./engine.js";

const { version } = JSON.parse(readFileSync(`${ROOT}/package.json`, "utf8"));
const HOME = "/airbyte/integration_code";
const PROGRAMS = {
  "source-flowcode": "dist/source-flowcode/main.js",
  "destination-iterable": "dist/destination-iterable/main.js",
  "flowcode-iterable": "dist/sync/main.js",
};
const CONNECTORS = ["source-flowcode", "destination-iterable"] as const;

describe.each(TARGETS)("the image of %s", (target) => {
  const shell = async (script: string) =>
    (await run(target, ["-c", script], { entrypoint: "/bin/sh" })).lines;

  test("runs its program as somebody who is not root", async () => {
    const { User, Entrypoint } = await inspect(target);
    expect([User, Entrypoint]).toEqual(["1000:1000", ["node", `${HOME}/${PROGRAMS[target]}`]]);
    expect(await shell("id -u; id -g")).toEqual(["1000", "1000"]);
  });

  test("says what it is", async () => {
    const { Labels } = await inspect(target);
    expect(Labels).toMatchObject({
      "org.opencontainers.image.title": target,
      "org.opencontainers.image.version": version,
      "org.opencontainers.image.licenses": "MIT",
    });
    expect((await run(target, ["--version"])).stdout).toContain(version);
  });

  test("holds a shell and its own programs, with the licenses of what is in them, and nothing else", async () => {
    const programs =
      target === "flowcode-iterable"
        ? ["console", "destination-iterable", "source-flowcode", "sync"]
        : [target];
    expect(await shell(`cd ${HOME}/dist && ls`)).toEqual(programs);
    expect(await shell(`cd ${HOME} && ls`)).toEqual(["LICENSE", "dist", "package.json", "spec"]);
    const licenses = programs.map((program) => `${HOME}/dist/${program}/third-party-licenses.txt`);
    expect(await shell(`cat ${licenses.join(" ")}`)).toContainEqual(
      expect.stringMatching(/^undici \S+ \(MIT\)$/),
    );
    expect(await shell("command -v npm npx corepack || echo none")).toEqual(["none"]);
  });
});

describe.each(CONNECTORS)("for Airbyte, the image of %s", (target) => {
  test("names its entry point as Airbyte reads it, itself and its version", async () => {
    const { Env, Entrypoint, Labels } = await inspect(target);
    expect(Env).toContain(`AIRBYTE_ENTRYPOINT=${Entrypoint.join(" ")}`);
    const metadata = readFileSync(`${ROOT}/${target}/metadata.yaml`, "utf8");
    expect(metadata).toContain(`dockerRepository: ${Labels["io.airbyte.name"]}\n`);
    expect(metadata).toContain(`dockerImageTag: ${Labels["io.airbyte.version"]}\n`);
  });

  test("prints its specification when the platform's shell starts it", async () => {
    const { stdout, code } = await run(target, ["-c", 'eval "$AIRBYTE_ENTRYPOINT spec"'], {
      entrypoint: "/bin/sh",
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync(`${ROOT}/spec/${target}.json`, "utf8")));
  });
});
