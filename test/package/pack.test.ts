import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startFlowcode } from "../../simulators/flowcode.js";
import { SERVER_SIDE_KEY, startIterable } from "../../simulators/iterable.js";
import { generatePeople } from "../../simulators/people.js";
import { ROOT } from "../architecture/files.js";

const { bin, version }: { bin: Record<string, string>; version: string } = JSON.parse(
  readFileSync(`${ROOT}/package.json`, "utf8"),
);
const folder = mkdtempSync(join(tmpdir(), "package-"));
let packed: readonly string[];

const npm = (...args: string[]) =>
  execFileSync("npm", args, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
const installed = (name: string) => join(folder, "prefix", "bin", name);
const run = (name: string, ...args: string[]) =>
  execFileSync(installed(name), args, { cwd: folder, encoding: "utf8" });

beforeAll(() => {
  const [{ filename, files }] = JSON.parse(
    npm("pack", "--json", "--ignore-scripts", "--pack-destination", folder),
  );
  packed = files.map(({ path }: { path: string }) => path);
  npm("install", "--global", "--prefix", join(folder, "prefix"), "--ignore-scripts", join(folder, filename));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("holds what is needed to run, to read and to comply, and nothing else", () => {
  const others = packed.filter((path) => !/^(dist|spec|schemas|docs|examples)\//.test(path)).sort();
  const pages = ["bench", "destination-iterable", "source-flowcode", "sync"].map(
    (room) => `${room}/README.md`,
  );
  expect(others).toEqual(["CHANGELOG.md", "LICENSE", "README.md", ...pages, "package.json"].sort());
  expect(packed.filter((path) => /^dist\/(simulators|test|bench|scripts)\//.test(path))).toEqual([]);
  expect(packed).toEqual(expect.arrayContaining(["spec/source-flowcode.json", "schemas/contacts.json"]));
});

/** Somebody's `.env` beside an example, say. */
test("holds nothing that the repository does not", () => {
  const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
  }).split("\n");
  expect(packed.filter((path) => !path.startsWith("dist/") && !tracked.includes(path))).toEqual([]);
});

test("has what its pages link to", () => {
  const dead = packed
    .filter((path) => path.endsWith(".md"))
    .flatMap((page) => {
      const links = readFileSync(join(ROOT, page), "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)/g);
      const places = [...links].map(([, link]) => join(dirname(page), String(link)));
      return places
        .filter((place) => !packed.some((path) => path === place || path.startsWith(`${place}/`)))
        .map((place) => `${page} -> ${place}`);
    });
  expect(dead).toEqual([]);
});

test.each(Object.keys(bin))("%s runs from wherever it was installed", (name) => {
  expect(run(name, "--version").trim()).toContain(version);
});

test.each(["source-flowcode", "destination-iterable"])("%s prints its specification", (name) => {
  expect(JSON.parse(run(name, "spec"))).toEqual(
    JSON.parse(readFileSync(`${ROOT}/spec/${name}.json`, "utf8")),
  );
});

test.each(["tap-flowcode", "target-iterable"])("%s says what it is", (name) => {
  expect(JSON.parse(run(name, "--about", "--format", "json"))).toMatchObject({ name, version });
});

test("flowcode-iterable finds its connectors beside it, and syncs", async () => {
  const flowcode = await startFlowcode(generatePeople(20, { endMs: Date.now() - 60_000 }));
  const iterable = await startIterable();
  const { orgId, workspaceId, clientId, clientSecret } = flowcode.account;
  const project = join(folder, "project");
  mkdirSync(project);
  const settings = {
    version: 1,
    source: { org_id: orgId, workspace_id: workspaceId, credentials: { auth_type: "api_client" } },
  };
  writeFileSync(join(project, "flowcode-iterable.json"), JSON.stringify(settings));
  try {
    const { stdout } = await promisify(execFile)(installed("flowcode-iterable"), ["sync"], {
      cwd: project,
      env: {
        PATH: process.env.PATH,
        FLOWCODE_CLIENT_ID: clientId,
        FLOWCODE_CLIENT_SECRET: clientSecret,
        FLOWCODE_API_BASE_URL: flowcode.url,
        FLOWCODE_AUTH_BASE_URL: flowcode.url,
        ITERABLE_API_KEY: SERVER_SIDE_KEY,
        ITERABLE_BASE_URL: iterable.url,
      },
    });
    expect(stdout).toContain("Run 1 succeeded");
    expect(iterable.users.size).toBeGreaterThan(10);
  } finally {
    await Promise.all([flowcode.close(), iterable.close()]);
  }
});
