import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FlowcodeSimulator, startFlowcode } from "../simulators/flowcode.js";
import { type IterableSimulator, SERVER_SIDE_KEY, startIterable } from "../simulators/iterable.js";
import { generatePeople } from "../simulators/people.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);

let readme: string;
let folder: string;
let flowcode: FlowcodeSimulator;
let iterable: IterableSimulator;

beforeAll(async () => {
  readme = await readFile(join(root, "README.md"), "utf8");
  folder = await mkdtemp(join(tmpdir(), "readme-"));
  flowcode = await startFlowcode(generatePeople(50, { endMs: Date.now() - 60_000 }));
  iterable = await startIterable();
});
afterAll(async () => {
  await Promise.all([flowcode.close(), iterable.close()]);
  await rm(folder, { recursive: true });
});

/** The code block that follows a sentence of the README. */
function blockAfter(sentence: string): string {
  const rest = readme.slice(readme.indexOf(sentence));
  const block = /```\w+\n([\s\S]*?)```/.exec(rest)?.[1];
  if (!readme.includes(sentence) || block === undefined)
    throw new Error(`the README no longer says "${sentence}"`);
  return block;
}

/** Runs a block as printed, in another folder, with the two hosts simulated: both may come from the environment. */
async function shell(block: string): Promise<string> {
  const script = block.replaceAll("my-sync", folder);
  const { stdout } = await run("bash", ["-e", "-c", script], {
    cwd: root,
    env: {
      ...process.env,
      npm_config_loglevel: "error",
      // npx remembers which executables a folder had when it first saw it: what another version left is not asked.
      npm_config_cache: join(folder, "npm"),
      FLOWCODE_API_BASE_URL: flowcode.url,
      FLOWCODE_AUTH_BASE_URL: flowcode.url,
      ITERABLE_BASE_URL: iterable.url,
    },
  });
  return stdout;
}

test("a stranger who follows the README to the letter gets contacts into Iterable, and the second run sends nothing", async () => {
  const { orgId, workspaceId, clientId, clientSecret } = flowcode.account;
  const source = blockAfter("Save as `my-sync/source.json`")
    .replace("your organisation's id", orgId)
    .replace("your workspace's id", workspaceId)
    .replace("your client id", clientId)
    .replace("your client secret", clientSecret);
  const destination = blockAfter("Save as `my-sync/destination.json`").replace(
    "your server-side key",
    SERVER_SIDE_KEY,
  );
  await writeFile(join(folder, "source.json"), source);
  await writeFile(join(folder, "destination.json"), destination);
  await writeFile(join(folder, "catalog.json"), blockAfter("Save as `my-sync/catalog.json`"));

  const checks = await shell(blockAfter("**Check both sides**"));
  expect(checks.match(/"status":"SUCCEEDED"/g)).toHaveLength(2);
  expect(checks).toContain("Shirt Size");

  const sync = blockAfter("**Sync.**");
  await shell(sync);
  const sent = iterable.journal.count("/api/users/bulkUpdate");
  expect(sent).toBeGreaterThan(0);
  expect(iterable.users.size).toBeGreaterThan(40);

  await shell(sync);
  expect(iterable.journal.count("/api/users/bulkUpdate")).toBe(sent);
});

test("the runner asks as the README says, where somebody sits at the terminal to answer", async () => {
  const [, , init = ""] = blockAfter("**3. Connect them.**").trim().split("\n");
  expect(init).toMatch(/^npx --no flowcode-iterable init/);
  await expect(shell(init)).rejects.toThrow(/init asks questions/);
});

test("the mapping that the README shows is one that works", async () => {
  const mapping = blockAfter("A `field_mapping` in `destination.json` replaces that").replace(
    "your server-side key",
    SERVER_SIDE_KEY,
  );
  await writeFile(join(folder, "mapped.json"), mapping);
  const checked = await shell("npx --no destination-iterable check --config my-sync/mapped.json");
  expect(checked).toContain('"status":"SUCCEEDED"');
});

test("every file and folder that the README points to exists", async () => {
  const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map((match) => match[1] as string);
  const rooms = [...readme.matchAll(/`([a-z-]+)\/`/g)]
    .map((match) => match[1] as string)
    .filter((name) => name !== "my-sync");
  for (const path of new Set([...links, ...rooms])) {
    await expect(run("test", ["-e", join(root, path)])).resolves.toBeDefined();
  }
});
