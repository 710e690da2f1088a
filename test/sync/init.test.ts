import { readFile, stat } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SERVER_SIDE_KEY } from "../../simulators/iterable.js";
import { generatePeople } from "../../simulators/people.js";
import { compiled, type Environment, ended, type Printed, startNode } from "../process.js";
import { type Stage, setStage } from "../stage.js";

let stage: Stage;
let folder: string;
beforeEach(async () => {
  stage = await setStage(generatePeople(20, { seed: 2, endMs: Date.now() - 3_600_000 }), {
    iterable: { lists: [11, 12] },
  });
  folder = stage.path("project");
});
afterEach(() => stage.close());

/** The addresses of the simulators stand in the environment, as those of a test account's proxy would. */
const hosts = (): Environment => ({
  FLOWCODE_API_BASE_URL: stage.flowcode.url,
  FLOWCODE_AUTH_BASE_URL: stage.flowcode.url,
  ITERABLE_BASE_URL: stage.iterable.url,
});
const secrets = (): Environment => ({
  FLOWCODE_CLIENT_SECRET: stage.flowcode.account.clientSecret,
  ITERABLE_API_KEY: SERVER_SIDE_KEY,
});
const flags = () => {
  const { orgId, workspaceId, clientId } = stage.flowcode.account;
  return ["--org-id", orgId, "--workspace-id", workspaceId, "--client-id", clientId];
};
const init = (args: readonly string[], env: Environment = secrets()) => {
  const child = startNode(compiled("sync/main.js"), ["init", "--project", folder, ...args], {
    ...hosts(),
    ...env,
  });
  child.stdin.end();
  return ended(child);
};
const file = () => `${folder}/flowcode-iterable.json`;
const saved = async (): Promise<Printed> => JSON.parse(await readFile(file(), "utf8"));

describe("init --yes", () => {
  test("goes from nothing to a first sync, and saves no secret that stands in the environment", async () => {
    const { code, stderr } = await init(["--yes", ...flags(), "--every", "30m", "--sync"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("Saved in") });
    expect(stage.iterable.users.size).toBeGreaterThan(10);
    const settings = await saved();
    expect(settings).toMatchObject({
      version: 1,
      source: { credentials: { auth_type: "api_client", client_id: stage.flowcode.account.clientId } },
      schedule: { every: "30m" },
    });
    const text = await readFile(file(), "utf8");
    for (const secret of Object.values(secrets())) expect(text).not.toContain(secret);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
  });

  test("takes secrets out of files, and saves them readable for the owner alone", async () => {
    const secretFile = await stage.write("secret.txt", `${stage.flowcode.account.clientSecret}\n`);
    const keyFile = await stage.write("key.txt", SERVER_SIDE_KEY);
    const { code } = await init(
      ["--yes", ...flags(), "--client-secret-file", secretFile, "--iterable-key-file", keyFile],
      {},
    );
    expect(code).toBe(0);
    expect(await saved()).toMatchObject({
      source: { credentials: { client_secret: stage.flowcode.account.clientSecret } },
      destination: { api_key: SERVER_SIDE_KEY },
    });
    expect((await stat(file())).mode & 0o777).toBe(0o600);
  });

  test("names all that is missing at once, with the flag and the variable for each", async () => {
    const { code, stderr } = await init(["--yes"], {});
    expect(code).toBe(2);
    for (const way of [
      "--org-id",
      "--workspace-id",
      "--client-id",
      "FLOWCODE_CLIENT_SECRET",
      "ITERABLE_API_KEY",
    ]) {
      expect(stderr).toContain(way);
    }
  });

  test("run again it changes what is asked for and leaves the rest", async () => {
    await init(["--yes", ...flags(), "--every", "30m"]);
    const { code } = await init(["--yes", "--overwrite-mode", "keep_existing", "--map", "name=firstName"]);
    expect(code).toBe(0);
    expect(await saved()).toMatchObject({
      source: { org_id: stage.flowcode.account.orgId },
      destination: {
        overwrite_mode: "keep_existing",
        field_mapping: [{ source: "name", target: "firstName" }],
      },
      schedule: { every: "30m" },
    });
  });

  test("takes lists and events from flags, each for everybody or for some", async () => {
    const many = ["--list", "11", "--list", "12:newsletter=yes,true", "--event", "converted"];
    const more = ["--event", "large:Shirt Size=L,XL", "--event-field", "converted:Shirt Size=size"];
    const { code, stdout, stderr } = await init([
      "--yes",
      ...flags(),
      ...many,
      ...more,
      "--create-new-fields",
    ]);
    expect(code, stderr).toBe(0);
    expect(await saved()).toMatchObject({
      destination: {
        lists: [{ id: 11 }, { id: 12, when: { field: "newsletter", in: ["yes", "true"] } }],
        events: [
          { name: "converted", field_mapping: [{ source: "Shirt Size", target: "size" }] },
          { name: "large", when: { field: "Shirt Size", in: ["L", "XL"] } },
        ],
      },
    });
    expect(`${stdout}${stderr}`).toMatch(/put on list 11: \d+; put on list 12: \d+; event converted: \d+/);
    expect(stderr).toContain('Contacts are put on the lists 11 "List 11" and 12 "List 12".');
    // One list for everybody keeps its short form, and events that are not named stay.
    expect((await init(["--yes", "--list", "12"])).code).toBe(0);
    const { list_id, lists, events } = (await saved()).destination;
    expect([list_id, lists, events.length]).toEqual([12, undefined, 2]);
  });

  test("a field that the form may not have is saved, with the nearest one that it has", async () => {
    const { code, stdout, stderr } = await init(["--yes", ...flags(), "--map", "nmae=firstName"]);
    expect([code, `${stdout}${stderr}`]).toEqual([0, expect.stringMatching(/did you mean\s+"name"\?/)]);
    expect(await saved()).toMatchObject({
      destination: { field_mapping: [{ source: "nmae", target: "firstName" }] },
    });
  });

  test.each<[string, readonly string[], Environment, RegExp]>([
    ["a key that may only read", [], { ITERABLE_API_KEY: "1".repeat(32) }, /Server-side/],
    ["two fields for one", ["--map", "name=firstName", "--map", "zip=firstName"], {}, /firstName/],
    ["a mapping that is none", ["--map", "name"], {}, /--map takes/],
    ["a list that Iterable does not have", ["--list", "404"], {}, /no static list with the id 404/],
    ["a list that is none", ["--list", "News"], {}, /--list takes/],
    ["fields of an event that is not sent", ["--event-field", "e:a=b"], {}, /there is no event "e"/],
    ["a schedule that is none", ["--every", "often"], {}, /30m/],
  ])("saves nothing for %s, and says what to do", async (_what, more, env, remedy) => {
    const { code, stderr } = await init(["--yes", ...flags(), ...more], { ...secrets(), ...env });
    expect(code).toBe(2);
    expect(stderr).toMatch(remedy);
    await expect(stat(file())).rejects.toThrow("ENOENT");
  });
});

test("without a terminal to ask at, it says so instead of waiting", async () => {
  const { code, stderr } = await init([]);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("--yes") });
});
