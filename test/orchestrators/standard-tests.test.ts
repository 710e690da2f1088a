import { execFile } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { SERVER_SIDE_KEY } from "../../simulators/iterable.js";
import { generatePeople } from "../../simulators/people.js";
import { ROOT } from "../architecture/files.js";
import { compiled } from "../process.js";
import { type Stage, setStage } from "../stage.js";
import { executable } from "./environments.js";

const run = promisify(execFile);
const NAMES = { source: "source-flowcode", destination: "destination-iterable" } as const;
/** Both have tests of their own: the images under an engine, and images that are published. */
const OTHERS = "not docker_image and not image";

let stage: Stage;
let folder: string;
beforeEach(async () => {
  stage = await setStage(generatePeople(30, { seed: 3, endMs: Date.now() - 3_600_000 }));
  folder = await mkdtemp(join(tmpdir(), "standard-"));
});
afterEach(async () => {
  await stage.close();
  await rm(folder, { recursive: true, force: true });
});

/** A connector's folder as Airbyte's repository has it, with the suite in it. */
async function connectorFolder(kind: keyof typeof NAMES, good: object, bad: object): Promise<string> {
  const root = join(folder, NAMES[kind]);
  await mkdir(join(root, "secrets"), { recursive: true });
  await cp(join(ROOT, NAMES[kind], "metadata.yaml"), join(root, "metadata.yaml"));
  await cp(join(ROOT, "test/orchestrators/standard-tests"), join(root, "tests"), { recursive: true });
  await writeFile(join(root, "secrets/config.json"), JSON.stringify(good));
  await writeFile(join(root, "secrets/invalid.json"), JSON.stringify(bad));
  const config = { config_path: "secrets/config.json" };
  const connection = [
    { ...config, status: "succeed" },
    { config_path: "secrets/invalid.json", status: "failed" },
  ];
  const acceptance_tests = {
    spec: { tests: [config] },
    connection: { tests: connection },
    ...(kind === "source" && {
      discovery: { tests: [config] },
      basic_read: { tests: [config] },
      full_refresh: { tests: [config] },
    }),
  };
  const declared = { connector_image: `airbyte/${NAMES[kind]}:dev`, acceptance_tests };
  await writeFile(join(root, "acceptance-test-config.yml"), stringify(declared));
  return root;
}

async function suite(kind: keyof typeof NAMES, root: string): Promise<string> {
  const args = ["-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", "-k", OTHERS, "tests"];
  const { stdout } = await run(executable("pyairbyte", "python"), args, {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      NODE: process.execPath,
      PROGRAM: compiled(`${NAMES[kind]}/main.js`),
      KIND: kind,
    },
    maxBuffer: 1e8,
  }).catch((error: { stdout: string; stderr: string }) => {
    throw new Error(`${error.stdout}\n${error.stderr}`);
  });
  return stdout;
}

describe("Airbyte's standard tests", () => {
  test("pass for the source", async () => {
    const { orgId, workspaceId, clientId, clientSecret } = stage.flowcode.account;
    const good = {
      org_id: orgId,
      workspace_id: workspaceId,
      credentials: { auth_type: "api_client", client_id: clientId, client_secret: clientSecret },
      requests_per_second: 50,
      advanced: { api_base_url: stage.flowcode.url, auth_base_url: stage.flowcode.url },
    };
    const bad = { ...good, credentials: { ...good.credentials, client_secret: "another-secret" } };
    const said = await suite("source", await connectorFolder("source", good, bad));
    for (const name of ["test_spec", "test_check", "test_discover", "test_basic_read", "bad_catalog"])
      expect(said).toMatch(new RegExp(`PASSED .*${name}`));
  });

  test("pass for the destination", async () => {
    const good = { api_key: SERVER_SIDE_KEY, advanced: { base_url: stage.iterable.url } };
    const bad = { ...good, api_key: "f".repeat(32) };
    const said = await suite("destination", await connectorFolder("destination", good, bad));
    expect(said).toMatch(/PASSED .*test_check/);
  });
});

/** Its streams have no people: an address is made of each record's id. */
test("PyAirbyte's smoke test of destinations passes", async () => {
  const config = await stage.write("smoke.json", {
    api_key: SERVER_SIDE_KEY,
    field_mapping: [{ template: "someone{id}@example.com", target: "email" }],
    advanced: { base_url: stage.iterable.url },
  });
  const program = [process.execPath, compiled("destination-iterable/main.js")].join(" ");
  const destination = await stage.write("destination-iterable", `#!/bin/sh\nexec ${program} "$@"\n`);
  await chmod(destination, 0o755);
  const pyab = executable("pyairbyte", "pyab");
  const { stdout } = await run(
    pyab,
    ["destination-smoke-test", `--destination=${destination}`, `--config=${config}`],
    {
      // Its source stands beside it.
      env: {
        PATH: `${dirname(pyab)}${delimiter}${process.env.PATH}`,
        HOME: folder,
        AIRBYTE_OFFLINE_MODE: "1",
        DO_NOT_TRACK: "1",
      },
      maxBuffer: 1e8,
    },
  );
  expect(JSON.parse(stdout.slice(stdout.indexOf("{")))).toMatchObject({ success: true });
  expect(stage.iterable.users.size).toBeGreaterThan(0);
});

test.each(Object.values(NAMES))("Airbyte's model of metadata knows %s's", async (name) => {
  const script =
    "import sys; from pathlib import Path; from airbyte_cdk.models.connector_metadata import MetadataFile; print(MetadataFile.from_file(Path(sys.argv[1])).data.dockerRepository)";
  const args = ["-c", script, join(ROOT, name, "metadata.yaml")];
  const { stdout } = await run(executable("pyairbyte", "python"), args);
  expect(stdout.trim()).toBe(`flowcode-iterable/${name}`);
});
