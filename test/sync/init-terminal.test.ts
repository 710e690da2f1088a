import { spawn, spawnSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SERVER_SIDE_KEY } from "../../simulators/iterable.js";
import { generatePeople } from "../../simulators/people.js";
import { compiled, ended } from "../process.js";
import { type Stage, setStage } from "../stage.js";

/** util-linux: runs a program in a real pseudo-terminal. */
const hasScript = spawnSync("script", ["--version"]).stdout?.includes("util-linux") ?? false;
const ENTER = "\r";
const DOWN = "\x1b[B";
const CTRL_C = "\x03";

let stage: Stage;
beforeEach(async () => {
  stage = await setStage(generatePeople(20, { seed: 2, endMs: Date.now() - 3_600_000 }), {
    iterable: { lists: [11, 12] },
  });
});
afterEach(() => stage.close());

/** Sits at a terminal: waits for each text to appear, then types. Resolves with the screen and the exit code. */
async function sit(steps: readonly (readonly [seen: string, keys: string])[]) {
  const folder = stage.path("project");
  const command = `"${process.execPath}" "${compiled("sync/main.js")}" init --project "${folder}"`;
  const child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
    env: {
      PATH: process.env.PATH,
      TERM: "xterm",
      FLOWCODE_API_BASE_URL: stage.flowcode.url,
      FLOWCODE_AUTH_BASE_URL: stage.flowcode.url,
      ITERABLE_BASE_URL: stage.iterable.url,
    },
  });
  let screen = "";
  let from = 0;
  const waiting = [...steps];
  const look = () => {
    const [step] = waiting;
    if (!step) return;
    const at = screen.indexOf(step[0], from);
    if (at < 0) return;
    from = at + step[0].length;
    waiting.shift();
    child.stdin.write(step[1]);
    look();
  };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    screen = stripVTControlCharacters(`${screen}${text}`);
    look();
  });
  const { code } = await ended(child);
  return { code, screen, left: waiting.map(([seen]) => seen) };
}

const answers = (): (readonly [string, string])[] => {
  const { orgId, workspaceId, clientId, clientSecret } = stage.flowcode.account;
  return [
    ["How do you log in", ENTER],
    ["Flowcode organization ID", `${orgId}${ENTER}`],
    ["Flowcode workspace ID", `${workspaceId}${ENTER}`],
    ["Client ID", `${clientId}${ENTER}`],
    ["Client secret", `${clientSecret}${ENTER}`],
  ];
};

describe.skipIf(!hasScript)("init in a terminal (needs `script` of util-linux)", () => {
  test("goes from nothing to contacts in Iterable by answering questions, and no secret is on the screen", async () => {
    const wrong = "f".repeat(32);
    const { code, screen, left } = await sit([
      ...answers(),
      ["Iterable API key", `${wrong}${ENTER}`],
      ["Where do you log in to Iterable", ENTER],
      // The key is wrong: it is explained, and can be corrected there and then.
      ["Server-side", ""],
      ["cannot be reached like this", ENTER],
      ["Iterable API key", `${SERVER_SIDE_KEY}${ENTER}`],
      ["Where do you log in to Iterable", ENTER],
      ["FLOWCODE FIELD", ""],
      ["Where do the fields go", `${DOWN}${ENTER}`],
      ["Which field?", "Shirt"],
      ["Which field? Shirt", ""],
      ["❯ Shirt Size → not sent", ENTER],
      ['Where does "Shirt Size" go?', "create"],
      ['Where does "Shirt Size" go? create', ""],
      ["❯ (create a field in Iterable)", ENTER],
      ["Name of the new field", ENTER],
      ["Its type", ENTER],
      ["Where do the fields go", ENTER],
      ["contacts that Iterable already has", `${DOWN}${ENTER}`],
      ["ask for consent", ENTER],
      ["static list in Iterable?", `${DOWN}${ENTER}`],
      ["ID of the static list", `404${ENTER}`],
      ["Whom to put on it", ENTER],
      // There is no such list: it is said, and not taken.
      ["no static list with the id 404", ""],
      ["static list in Iterable?", `${DOWN}${ENTER}`],
      ["ID of the static list", `11${ENTER}`],
      ["Whom to put on it", ENTER],
      ["put on list 11", `${DOWN}${ENTER}`],
      ["ID of the static list", `12${ENTER}`],
      ["Whom to put on it", `${DOWN}${ENTER}`],
      ["Which field decides", "newsl"],
      ["Which field decides? newsl", ""],
      ["❯ newsletter", ENTER],
      ["Answers that count", `yes, true${ENTER}`],
      ["list 12, where newsletter is yes or true", ENTER],
      ["Send an event for each conversion", `${DOWN}${ENTER}`],
      ["Name of the event", ENTER],
      ["Which field does the event carry", "Shirt"],
      ["Which field does the event carry? Shirt", ""],
      ["❯ Shirt Size", ENTER],
      ["Its name in the event", `size${ENTER}`],
      ["Which other field", ENTER],
      ["Which conversions send it", ENTER],
      ['sends event "flowcode_conversion" with Shirt Size', ENTER],
      ["How often", ENTER],
      ["Every", ENTER],
      ["Everything is set", ENTER],
    ]);
    expect({ left, code }, screen).toEqual({ left: [], code: 0 });
    expect(stage.iterable.users.size).toBeGreaterThan(10);
    expect(stage.iterable.lists.get(11)?.size).toBe(stage.iterable.users.size);
    expect(stage.iterable.events.size).toBe(stage.iterable.users.size);
    for (const secret of [wrong, SERVER_SIDE_KEY, stage.flowcode.account.clientSecret]) {
      expect(screen).not.toContain(secret);
    }
    const settings = JSON.parse(await readFile(`${stage.path("project")}/flowcode-iterable.json`, "utf8"));
    expect(settings).toMatchObject({
      destination: {
        overwrite_mode: "keep_existing",
        create_new_fields: true,
        lists: [{ id: 11 }, { id: 12, when: { field: "newsletter", in: ["yes", "true"] } }],
        events: [{ name: "flowcode_conversion", field_mapping: [{ source: "Shirt Size", target: "size" }] }],
        field_mapping: expect.arrayContaining([
          { source: "Shirt Size", target: "Shirt Size", type: "string" },
          { source: "name", target: "firstName", transform: ["first_name"] },
        ]),
      },
      schedule: { every: "30m" },
    });
  });

  test("run again it is a menu: the saved mapping is shown and changed in one place, and the plan has a way back", async () => {
    const { orgId, workspaceId, clientId, clientSecret } = stage.flowcode.account;
    const file = `${stage.path("project")}/flowcode-iterable.json`;
    const field_mapping = [
      { source: "name", target: "firstName", transform: ["first_name", "upper"] },
      { constant: "flowcode", target: "leadSource", type: "string" },
    ];
    await mkdir(stage.path("project"));
    await writeFile(
      file,
      JSON.stringify({
        version: 1,
        source: {
          org_id: orgId,
          workspace_id: workspaceId,
          credentials: { auth_type: "api_client", client_id: clientId, client_secret: clientSecret },
        },
        destination: { api_key: SERVER_SIDE_KEY, field_mapping },
      }),
    );
    const { code, screen, left } = await sit([
      ["What do you want to change", `${DOWN}${DOWN}${ENTER}`],
      ["(first_name", ""],
      ['always "flowcode"', ""],
      ["Where do the fields go", `${DOWN}${ENTER}`],
      ["Which field?", "phone"],
      ["❯ phone → not sent", ENTER],
      ['Where does "phone" go?', "firstName"],
      ["❯ firstName (string, taken by name)", ENTER],
      ["firstName already gets name", `${DOWN}${ENTER}`],
      ["Where do the fields go", `${DOWN}${ENTER}`],
      ["Which field?", "phone"],
      ["❯ phone → not sent", ENTER],
      ['Where does "phone" go?', "phoneNumber"],
      ["❯ (as by default: phoneNumber)", ENTER],
      ["Where do the fields go", ENTER],
      ["What do you want to change", `${DOWN.repeat(8)}${ENTER}`],
      ["WHAT HAPPENS", ""],
      ["Everything is set", `${DOWN.repeat(3)}${ENTER}`],
      ["What do you want to change", `${DOWN.repeat(8)}${ENTER}`],
      ["Everything is set", `${DOWN.repeat(2)}${ENTER}`],
    ]);
    expect({ left, code }, screen).toEqual({ left: [], code: 0 });
    expect(JSON.parse(await readFile(file, "utf8")).destination.field_mapping).toEqual([
      ...field_mapping,
      { source: "phone", target: "phoneNumber" },
    ]);
  });

  test("left by Ctrl+C it saves nothing, and says so", async () => {
    const { code, screen } = await sit([...answers().slice(0, 2), ["Flowcode workspace ID", CTRL_C]]);
    expect(code).toBe(130);
    expect(screen).toContain("Nothing was saved.");
    await expect(readFile(`${stage.path("project")}/flowcode-iterable.json`)).rejects.toThrow("ENOENT");
  });
});
