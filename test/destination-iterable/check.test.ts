import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type IterableSimulator, startIterable } from "../../simulators/iterable.js";
import { folderOf } from "../process.js";
import { check } from "./sitting.js";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closing.splice(0)) await close();
});

async function iterable(options: Parameters<typeof startIterable>[0] = {}): Promise<IterableSimulator> {
  const started = await startIterable({ fields: { score: "long", "Shirt Size": "string" }, ...options });
  closing.push(started.close);
  return started;
}

/** A server that answers everything like this. */
async function server(listener: RequestListener): Promise<string> {
  const started = createServer(listener);
  await new Promise<void>((resolve) => void started.listen(0, "127.0.0.1", resolve));
  closing.push(() => started.close().closeAllConnections());
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}

/** A project that answers as its type makes it answer about forgotten users. */
function project(fields: string[], forgotten: Record<string, number>): Promise<string> {
  return server(({ url = "" }, response) => {
    const path = url.split("?")[0] as string;
    const status = forgotten[path] ?? 200;
    const refusal = { msg: "not for this project", code: "BadParams", params: null };
    const body = path.endsWith("getFields")
      ? { fields: Object.fromEntries(fields.map((field) => [field, "string"])) }
      : path.endsWith("forgotten")
        ? { hashedEmails: [] }
        : path.endsWith("forgottenUserIds")
          ? { hashedUserIds: [] }
          : {};
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(status === 200 ? body : refusal));
  });
}
const EMAILS = "/api/users/forgotten";
const USER_IDS = "/api/users/forgottenUserIds";

test("a configuration that works is told what the project is like, and nothing is written", async () => {
  const { url, journal, users } = await iterable();
  expect(await check(url)).toMatch(/accepts the key.* The project has 11 fields\. It is email-based/);
  expect(users.size).toBe(0);
  expect(journal.entries.every(({ method }) => method === "GET")).toBe(true);
});

describe("lists and events", () => {
  test("are named, with the names that the lists have in Iterable", async () => {
    const { url } = await iterable({ lists: [7, 8] });
    const events = [{ name: "converted" }, { name: "large" }];
    expect(await check(url, { list_id: 7, lists: [{ id: 8 }], events })).toContain(
      'It is email-based. Contacts are put on the lists 7 "List 7" and 8 "List 8". Each conversion sends the events "converted" and "large", if the project takes the name: that is seen when the first is sent.',
    );
    expect(await check(url, { lists: [{ id: 8 }] })).toMatch(/on the list 8 "List 8"\.$/);
  });

  test.each([
    [404, "no static list with the id 404"],
    [9000, 'list 9000 ("List 9000") is dynamic and takes no contacts'],
    [9001, 'list 9001 ("List 9001") is a suppression list, whose contacts get no messages'],
  ])("list %i is refused where contacts must not be put on it", async (id, problem) => {
    const { url } = await iterable({ lists: [7] });
    const said = await check(url, { lists: [{ id: 7 }, { id }] });
    expect(said).toMatch(/^ConfigError/);
    expect(said).toContain(problem);
  });
});

describe("the project's type", () => {
  test.each<[string, string[], Record<string, number>, string]>([
    [
      "is email-based where forgotten users cannot be listed by user id",
      [],
      { [USER_IDS]: 400 },
      "It is email-based.",
    ],
    ["is userID-based where they cannot be listed by email", [], { [EMAILS]: 400 }, "userId alone"],
    ["is hybrid where both can be", [], {}, "It is hybrid."],
    [
      "is not email-based where profiles have the fields of user ids",
      ["userListIds"],
      { [EMAILS]: 404, [USER_IDS]: 404 },
      "Whether it is userID-based or hybrid cannot be told from here",
    ],
    [
      "cannot be told where nothing speaks for any",
      [],
      { [EMAILS]: 500, [USER_IDS]: 401 },
      "Whether it is email-based or userID-based or hybrid cannot be told from here",
    ],
  ])("%s", async (_what, fields, forgotten, words) => {
    expect(await check(await project(fields, forgotten))).toContain(words);
  });

  test("refuses user ids in an email-based project, and emails in a userID-based one", async () => {
    expect(await check(await project([], { [USER_IDS]: 400 }), { identifier: "user_id" })).toMatch(
      /^ConfigError: this Iterable project tells users apart by email.*set identifier to "email"/,
    );
    expect(await check(await project([], { [EMAILS]: 400 }))).toMatch(
      /^ConfigError: .*userId alone: set identifier to "user_id", and map a field to "userId"/,
    );
    expect(await check(await project([], { [EMAILS]: 400 }), { identifier: "user_id" })).toContain(
      "userID-based",
    );
  });
});

describe("mistakes of the settings", () => {
  test("are all named at once, each with its place: mapping, streams and list", async () => {
    const { url } = await iterable();
    const said = await check(url, {
      list_id: 77,
      field_mapping: [
        { source: "a", target: "firstName" },
        { source: "b", target: "firstName" },
        { source: "c", target: "score", type: "boolean" },
        { source: "d", target: "emailListIds" },
        { source: "e", target: "t", transform: ["phone"] },
      ],
      consent: { field: "agreed", agrees: [" "] },
      streams: [{ name: "leads", field_mapping: [{ source: "a", target: "signupDate" }] }],
    });
    expect(said).toMatch(/^ConfigError: the mapping cannot work: /);
    for (const words of [
      'field_mapping[1] (target "firstName"): field_mapping[0] has the same target; remove one',
      'field_mapping[2] (target "score"): the type boolean contradicts Iterable\'s field, which is a long',
      'field_mapping[3] (target "emailListIds"): the name holds what a user is subscribed to',
      'field_mapping[4] (target "t"): the transform phone needs "phone_country"',
      "consent.agrees: an empty word is no agreement",
      'streams[0] ("leads"): field_mapping[0] (target "signupDate"): the name is managed by Iterable itself',
      "no static list with the id 77",
    ])
      expect(said).toContain(words);
    expect(said.match(/consent\.agrees/g)).toHaveLength(1);
  });
});

describe("a key", () => {
  const keys = { ["a".repeat(32)]: "ReadOnly", ["b".repeat(32)]: "Mobile" } as const;

  test.each([
    ["that nobody knows", "c", /^ConfigError: Iterable refused the API key \(401 BadApiKey\): copy it again/],
    [
      "that is Read-only",
      "a",
      /^ConfigError: the API key is not allowed to do this.*type ReadOnly.*Server-side key/,
    ],
    ["for apps", "b", /^ConfigError: the API key is not allowed to do this.*type Mobile.*Server-side key/],
  ])("%s is explained", async (_what, letter, words) => {
    const { url } = await iterable({ keys });
    expect(await check(url, { api_key: letter.repeat(32) })).toMatch(words);
  });
});

describe("an address", () => {
  test("where nobody listens is named, with the firewall", async () => {
    const url = await server(() => undefined);
    await closing.pop()?.();
    expect(await check(url)).toMatch(
      /^TransientError: 127\.0\.0\.1:\d+: the connection was refused; .*firewall/,
    );
  });

  test("that has no host is named, with the DNS", async () => {
    expect(await check("https://iterable.invalid")).toMatch(
      /^TransientError: iterable\.invalid: (the host name is unknown|the DNS did not answer); check/,
    );
  });

  test("that never answers is named, with the timeout", async () => {
    const url = await server(() => undefined);
    expect(await check(url, { advanced: { timeout_seconds: 0.05 } })).toMatch(
      /^TransientError: .*no answer came in time.*timeout_seconds/,
    );
  });

  test("that cuts connections is named, with what may do that", async () => {
    const url = await server((_request, response) => void response.destroy());
    expect(await check(url)).toMatch(/^TransientError: 127\.0\.0\.1:\d+: the connection was (cut|closed)/);
  });

  test("that does not speak TLS is told from it", async () => {
    const url = await server(() => undefined);
    expect(await check(url.replace("http:", "https:"))).toMatch(
      /^TransientError: .*does not speak TLS.*base URL/,
    );
  });

  test.each([
    [407, /^ConfigError: iterable\.invalid \(HTTPS_PROXY is set\): the proxy asks for a log-in/],
    [
      403,
      /^ConfigError: iterable\.invalid \(HTTPS_PROXY is set\): the proxy did not let this through \(403\)/,
    ],
    [502, /^TransientError: iterable\.invalid \(HTTPS_PROXY is set\): the proxy did not let this through/],
  ])("behind a proxy that answers %i is explained", async (status, words) => {
    const started = createServer();
    started.on("connect", (_request, socket) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`));
    await new Promise<void>((resolve) => void started.listen(0, "127.0.0.1", resolve));
    closing.push(() => started.close().closeAllConnections());
    const proxy = `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
    for (const name of ["HTTPS_PROXY", "https_proxy"]) vi.stubEnv(name, proxy);
    for (const name of ["NO_PROXY", "no_proxy"]) vi.stubEnv(name, "");
    expect(await check("https://iterable.invalid")).toMatch(words);
  });

  test("behind a proxy whose address is none is explained", async () => {
    for (const name of ["HTTPS_PROXY", "https_proxy"]) vi.stubEnv(name, "nonsense");
    expect(await check("https://iterable.invalid")).toMatch(
      /^ConfigError: .*HTTPS_PROXY is not the address of a proxy/,
    );
  });

  test("where a page answers that is not Iterable's is told from it", async () => {
    const url = await server((_request, response) => void response.end("<h1>Welcome to the hotel</h1>"));
    expect(await check(url)).toMatch(/not Iterable's API.*base_url/);
  });

  test("with a path that Iterable does not have is told from it", async () => {
    const { url } = await iterable();
    expect(await check(`${url}/api`)).toMatch(
      /^ConfigError: .*not Iterable's API.*\(\/api\/users\/getFields answered 404\)/,
    );
  });

  test("that is overloaded asks to run again", async () => {
    const url = await server((_request, response) => void response.writeHead(503).end());
    expect(await check(url)).toMatch(
      /^TransientError: Iterable did not answer \/api\/users\/getFields \(503\).*run again/,
    );
  });
});

test("folders that a run could not write to are named with their settings, beside whatever else is wrong", async () => {
  const { url } = await iterable();
  const files = await folderOf({ file: "" });
  closing.push(files.remove);
  const settings = {
    field_mapping: [{ source: "a", target: "b.c.d.e" }],
    rejected_records: { storage: "file", path: `${files.path("file")}/rejects` },
    previous_values: { storage: "file", path: files.path("file") },
    existing_contacts: { path: files.path("new/existing") },
  };
  const problem = await check(url, settings).catch(({ message }: Error) => message);
  expect(problem).toMatch(
    /the mapping cannot work: field_mapping\[0\].*; rejected_records\.path \(".*rejects"\): ".*file" is a file: name a folder/,
  );
  expect(problem).toMatch(/previous_values\.path \(".*file"\): ".*file" is a file/);
  expect(problem).not.toContain("existing_contacts.path");
});
