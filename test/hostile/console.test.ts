import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { generatePeople } from "../../simulators/people.js";
import { ended, type Printed } from "../process.js";
import { type Project, setProject, until } from "../sync/project.js";
import { isWhole, report } from "./figures.js";

let project: Project;
let stop: (() => Promise<unknown>) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
  await project?.close();
});

/** A console with an open session, and what its process prints. */
async function open() {
  const child = project.start(["console", "--port", "0"]);
  let printed = "";
  child.stderr.on("data", (text) => (printed += text));
  child.stdout.on("data", (text) => (printed += text));
  const end = ended(child);
  stop = () => {
    child.kill("SIGTERM");
    return end;
  };
  const linkIn = () => /(http:\/\/\S+)\/#k=([\w-]+)/.exec(printed);
  await until(() => linkIn() !== null || child.exitCode !== null);
  const [, origin = "", key = ""] = linkIn() ?? [];
  const headers = { "content-type": "application/json", origin };
  const answer = await fetch(`${origin}/api/v1/session`, {
    method: "POST",
    headers,
    body: JSON.stringify({ key }),
  });
  const { session } = (await answer.json()) as Printed;
  const authorized = { ...headers, authorization: `Bearer ${session}` };
  return { origin, headers: authorized, printed: () => printed, isUp: () => child.exitCode === null };
}

const DEEP = `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`;
const LISTS = `${"[".repeat(5_000)}${"]".repeat(5_000)}`;

/** Bodies that no page sends, of those that change and ask. */
const BODIES: readonly [string, string][] = [
  ["nothing", ""],
  ["null", "null"],
  ["a number", "1e308"],
  ["a text", '"\\u0000\\u001b[2J"'],
  ["a list", "[1,2,3]"],
  ["5,000 levels of lists", LISTS],
  ["5,000 levels of objects", DEEP],
  ["settings of 5,000 levels", `{"settings":${DEEP},"value":${DEEP}}`],
  ["settings that are a list", '{"settings":[],"value":[]}'],
  ["settings that are a text", '{"settings":"x","value":"x","n":"x","show":"x"}'],
  ["sides that are none", '{"settings":{"version":1,"source":[],"destination":null,"streams":"x"}}'],
  [
    "names that every object has",
    '{"__proto__":{"kind":"sync"},"constructor":1,"settings":{"__proto__":[]}}',
  ],
  ["kinds that are none", '{"kind":["sync"],"run":-1,"email":{"a":1},"who":[],"key":{}}'],
  ["numbers beyond all bounds", '{"kind":"retry","run":1e308,"n":-1,"show":0}'],
  ["more than is taken", `{"x":"${"x".repeat(300_000)}"}`],
  ["half of it", '{"settings":{"version":1'],
];

/** Every address that takes something, and those whose path or query can be wrong. */
const ADDRESSES: readonly [string, string][] = [
  ["PUT", "project"],
  ["POST", "check/source"],
  ["POST", "check/destination"],
  ["POST", "check/__proto__"],
  ["POST", "fields/source"],
  ["POST", "sample"],
  ["POST", "plan"],
  ["POST", "suggest"],
  ["POST", "preview"],
  ["POST", "runs"],
  ["POST", "runs/current/stop"],
  ["POST", "runs/1e308/verify"],
  ["POST", "runs/-1/report"],
  ["POST", "runs/1/rejects/%00/show"],
  ["POST", "explain"],
  ["POST", "session"],
];
const QUESTIONS = [
  "runs?before=x",
  "runs?before=-1",
  "runs?after=1e308&before=1e308",
  "runs/1/log?after=x",
  "runs/1/log?after=-1",
  "runs/1/log?after=1e308",
  "runs/1/rejects?after=x&reason=%00",
  "runs/1/rejects?after=../../x:1",
  "runs/%2e%2e%2fstate",
  "runs/..%2F..%2Fflowcode-iterable.json/log",
  "contacts/__proto__",
  "reports/__proto__",
  `runs/${"9".repeat(400)}`,
  "%ff",
];

describe("a console", () => {
  test("answers what no page asks with what is wrong, and stays open", async () => {
    project = await setProject(generatePeople(3, { endMs: Date.now() }));
    await project.run("sync");
    const saved = await project.text("flowcode-iterable.json");
    const { origin, headers, printed, isUp } = await open();
    const bodies = isWhole ? BODIES : BODIES.filter((_, index) => index % 4 === 2);
    const failed: unknown[] = [];
    const look = async (method: string, path: string, what: string, body?: string) => {
      const begun = performance.now();
      const answer = await fetch(`${origin}/api/v1/${path}`, { method, headers, ...(body && { body }) });
      const text = await answer.text();
      report({ bytes: body?.length ?? 0, ms: performance.now() - begun });
      if (answer.status >= 500) failed.push([method, path, what, answer.status, text.slice(0, 200)]);
    };
    for (const [method, path] of ADDRESSES)
      for (const [what, body] of bodies) await look(method, path, what, body);
    for (const path of QUESTIONS) await look("GET", path, "a question");
    expect(failed).toEqual([]);
    expect(isUp()).toBe(true);
    expect(printed()).not.toMatch(/^\s+at |RangeError|TypeError/m);
    expect(await project.text("flowcode-iterable.json")).toBe(saved);
  });

  test("leaves files alone that bear the names of its own", async () => {
    project = await setProject();
    await writeFile(join(project.folder, "console.link"), "mine");
    const { isUp } = await open();
    const asked = await project.run("console", "--link");
    expect([asked.code, asked.stderr]).toEqual([
      2,
      expect.stringMatching(/console\.link" is no file of this program's: move it away/),
    ]);
    expect(await project.text("console.link")).toBe("mine");
    expect(isUp()).toBe(true);
    await stop?.();
    stop = undefined;
    await writeFile(join(project.folder, "console.json"), '{"mine":true}');
    const again = await project.run("console", "--port", "0");
    expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(/console\.json" is there already/)]);
    expect(await readFile(join(project.folder, "console.json"), "utf8")).toBe('{"mine":true}');
  });

  test.skipIf(process.platform === "win32")("does not wait for what stands in their place", async () => {
    project = await setProject();
    execFileSync("mkfifo", [join(project.folder, "console.link")]);
    await mkdir(join(project.folder, "runs"));
    execFileSync("mkfifo", [join(project.folder, "runs/1.jsonl")]);
    const { origin, headers, isUp } = await open();
    expect((await fetch(`${origin}/api/v1/project`, { headers })).status).toBe(200);
    expect((await fetch(`${origin}/api/v1/runs/1/log`, { headers })).status).toBeLessThan(500);
    expect(isUp()).toBe(true);
  });

  test.runIf(isWhole)("does not wait for a body that drips, and serves others meanwhile", async () => {
    project = await setProject();
    const { origin, headers } = await open();
    const begun = performance.now();
    const asked = request(`${origin}/api/v1/plan`, {
      method: "POST",
      headers: { ...headers, "content-length": "1000" },
    });
    const over = new Promise<void>((resolve) => {
      asked.on("close", resolve).on("error", () => undefined);
    });
    const drip = setInterval(() => asked.write(" "), 1_000);
    expect((await fetch(`${origin}/api/v1/project`, { headers })).status).toBe(200);
    await over;
    clearInterval(drip);
    report({ bytes: 0, ms: performance.now() - begun });
    expect((await fetch(`${origin}/api/v1/project`, { headers })).status).toBe(200);
  });
});
