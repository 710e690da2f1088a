import { rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { addressProblems, createNotifier } from "../../../sync/notify/notifier.js";
import { folderAt } from "../../../sync/project/folder.js";
import { parseSettings } from "../../../sync/project/settings.js";
import type { Run } from "../../../sync/runs/run.js";
import { LONG } from "../../report/runs.js";
import { held, type Project, setProject } from "../project.js";

interface Got {
  readonly url: string;
  readonly body: string;
}
let close: () => Promise<unknown> = async () => undefined;
afterEach(() => close());

/** A webhook that answers the nth request as it is told to; `hang` never answers. */
async function listen(...answers: readonly (number | "hang" | "cut")[]) {
  const got: Got[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    let body = "";
    request.on("data", (bytes) => (body += bytes));
    request.on("end", () => {
      const answer = answers[Math.min(got.length, answers.length - 1)] ?? 200;
      got.push({ url: request.url ?? "", body });
      if (answer === "cut") request.socket.destroy();
      else if (answer !== "hang") response.writeHead(answer).end("ok");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  close = () =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, got };
}

const said: string[] = [];
const notifierOf = (notify: object, env: Record<string, string> = {}) =>
  createNotifier(folderAt("/my-sync"), parseSettings(JSON.stringify({ version: 1, notify }), "settings"), {
    env,
    terminal: { say: (text: string) => said.push(text) } as never,
  });
const FAILED: Run = {
  ...LONG,
  ended: {
    ...LONG.ended!,
    outcome: "failed",
    explanation: { by: "destination", message: "Iterable refused <the key>", failure_type: "config_error" },
  },
};

test("a webhook is told how a run ended, as data, without anybody's data", async () => {
  const { url, got } = await listen(200);
  await notifierOf({ webhook: { url: `${url}/hook?token=s` } }).ended(FAILED);
  expect(got.map((one) => one.url)).toEqual(["/hook?token=s"]);
  expect(JSON.parse(got[0]!.body)).toMatchObject({
    event: "run_ended",
    project: "my-sync",
    run: LONG.number,
    outcome: "failed",
    explanation: { by: "destination" },
    text: expect.stringMatching(/^my-sync: run \d+ failed: .* read/),
  });
});

test("Slack is told a sentence in which nothing is markup", async () => {
  const { url, got } = await listen(200);
  await notifierOf({ webhook: { url, form: "slack" } }).ended(FAILED);
  const { text } = JSON.parse(got[0]!.body);
  expect(text).toContain("Iterable refused &lt;the key&gt;");
});

test.each([
  [undefined, "succeeded", 0],
  [undefined, "failed", 1],
  [["succeeded"], "succeeded", 1],
  [["succeeded"], "failed", 0],
  [[], "failed", 0],
] as const)("told of %j, a run that %s is told %i times", async (on, outcome, times) => {
  const { url, got } = await listen(200);
  const run = { ...LONG, ended: { ...LONG.ended!, outcome, streams: {} } };
  await notifierOf({ webhook: { url, ...(on && { on }) } }).ended(run);
  expect(got.length).toBe(times);
});

test("a healthcheck is pinged at the start, at a success and at a failure", async () => {
  const { url, got } = await listen(200);
  const notifier = notifierOf({ healthcheck: { url: `${url}/ping/1/` } });
  await notifier.began();
  await notifier.ended(LONG);
  await notifier.ended(FAILED);
  expect(got.map((one) => one.url)).toEqual(["/ping/1/start", "/ping/1/", "/ping/1/fail"]);
});

test.each([
  ["an error of the server's", [500, "cut", 200] as const, 3],
  ["a refusal", [404] as const, 1],
  ["too many requests", [429, 200] as const, 2],
])("%s is answered by as many attempts as can help", async (_what, answers, attempts) => {
  const { url, got } = await listen(...answers);
  await notifierOf({ webhook: { url: `${url}/secret` } }).ended(FAILED);
  expect(got.length).toBe(attempts);
  expect(said.join()).not.toContain("secret");
});

test("the addresses may stand in the environment, or in a file that it names", async () => {
  const { url, got } = await listen(200);
  const file = `${import.meta.dirname}/.url`;
  await writeFile(file, `${url}/from-file\n`);
  try {
    await notifierOf(
      { webhook: {} },
      {
        FLOWCODE_ITERABLE_WEBHOOK_URL_FILE: file,
        FLOWCODE_ITERABLE_HEALTHCHECK_URL: `${url}/check`,
      },
    ).ended(FAILED);
    expect(got.map((one) => one.url).sort()).toEqual(["/check/fail", "/from-file"]);
  } finally {
    await rm(file);
  }
});

test.each([
  ["an address that nobody listens at", { FLOWCODE_ITERABLE_WEBHOOK_URL: "http://127.0.0.1:9/secret" }],
  ["an address that is none", { FLOWCODE_ITERABLE_WEBHOOK_URL: "secret" }],
  ["a file that is not there", { FLOWCODE_ITERABLE_WEBHOOK_URL_FILE: "/nowhere/secret" }],
])("%s is a warning without the address", async (_what, env) => {
  said.length = 0;
  await notifierOf({}, env).ended(FAILED);
  expect(said).toEqual([expect.stringMatching(/^warn: the webhook was not told of the run/)]);
  expect(said[0]).not.toContain("secret");
});

test("a webhook that hangs neither delays a run nor changes how it ends", async () => {
  const { url, got } = await listen("hang");
  let project: Project | undefined;
  try {
    project = await setProject([], {});
    await project.settings({ notify: { webhook: { url, on: ["succeeded"] }, healthcheck: { url } } });
    const { code, stdout, stderr } = await project.run("sync");
    expect([code, stdout]).toEqual([0, expect.stringMatching(/Run 1 succeeded/)]);
    expect(stderr).toMatch(/warn: the webhook was not told of the run: no answer within 3 seconds/);
    expect((await project.log(1)).at(-1)).toMatchObject({ event: "ended", outcome: "succeeded" });
    expect(got.length).toBeGreaterThan(0);
    expect(held(project)).toEqual({});
  } finally {
    await project?.close();
  }
});

test.each<[boolean, Record<string, string>]>([
  [true, { HTTP_PROXY: "PROXY" }],
  [true, { http_proxy: "", HTTP_PROXY: "PROXY" }],
  [false, { HTTP_PROXY: "PROXY", no_proxy: "", NO_PROXY: "hooks.invalid" }],
  [false, { HTTP_PROXY: "PROXY", NO_PROXY: "*" }],
])("is told through the proxy (%s) by the connectors' rules: %j", async (expected, environment) => {
  let asked = 0;
  const proxy = createServer().on("connect", (_request, socket) => {
    asked += 1;
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const env = Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.replace("PROXY", url)]),
  );
  await notifierOf({ healthcheck: { url: "http://hooks.invalid/ping" } }, env).began();
  proxy.close();
  expect(asked > 0).toBe(expected);
});

test("on this machine is never told through a proxy", async () => {
  const { url, got } = await listen(200);
  await notifierOf({ healthcheck: { url: `${url}/ping` } }, { HTTP_PROXY: "http://127.0.0.1:9" }).began();
  expect(got).toHaveLength(1);
});

test("addresses of the environment that cannot be used are found beforehand, without being quoted", async () => {
  const settings = parseSettings(JSON.stringify({ version: 1 }), "settings");
  expect(
    await addressProblems(settings, {
      FLOWCODE_ITERABLE_WEBHOOK_URL: "hooks.example.com/secret",
      FLOWCODE_ITERABLE_HEALTHCHECK_URL_FILE: "/nowhere/at/all",
    }),
  ).toEqual([
    "FLOWCODE_ITERABLE_WEBHOOK_URL is not an http or https address: correct it, or remove it",
    "FLOWCODE_ITERABLE_HEALTHCHECK_URL_FILE names a file that cannot be read (ENOENT): correct it",
  ]);
  expect(await addressProblems(settings, { FLOWCODE_ITERABLE_WEBHOOK_URL: "https://a.example/b" })).toEqual(
    [],
  );
});
