import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { parseConfig } from "../../connector/spec.js";
import { config } from "../../source-flowcode/config.js";
import { source } from "../../source-flowcode/source.js";
import { compiled, folderOf, runNode } from "../process.js";
import { EXPIRED, FUTURE, KEY, VALID } from "./certificates.js";
import { contextFor, json, type Row, row, settingsFor, startStandIn } from "./stand-in.js";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closing.splice(0)) await close();
});

const ID = "3f1c2a58-0000-4000-8000-000000000001";
const SECRET = "9b7e6d52-0000-4000-8000-000000000002";
const LOG_IN = "/identity/resources/auth/v1/api-token";
const LIST = "/abacus.v1.AbacusService/ListContacts";

/** What check says, or `<class>: <message>` of what it throws. */
async function check(extra: Row = {}, now = Date.now): Promise<string> {
  const settings = settingsFor({ url: "http://127.0.0.1:9" } as never, {
    credentials: { auth_type: "api_client", client_id: ID, client_secret: SECRET },
    ...extra,
    advanced: { max_attempts: 1, ...(extra.advanced as Row) },
  });
  const said = await source.check(settings, contextFor({ now })).catch(String);
  expect(said).not.toMatch(/3f1c2a58|9b7e6d52/);
  return said;
}
const at = (url: string) => ({ advanced: { api_base_url: url, auth_base_url: url } });

async function flowcode(path?: string, status?: number, body?: unknown) {
  const standIn = await startStandIn({ rows: [row(1)] });
  standIn.intervene = (ask, response) => ask.path === path && json(response, status ?? 200, body);
  closing.push(standIn.close);
  return at(standIn.url);
}

async function server(listener: RequestListener) {
  const started = createServer(listener);
  await new Promise<void>((resolve) => void started.listen(0, "127.0.0.1", resolve));
  closing.push(() => started.close().closeAllConnections());
  return { started, url: `http://127.0.0.1:${(started.address() as AddressInfo).port}` };
}

async function secureServer(cert: string): Promise<string> {
  const started = createSecureServer({ key: KEY, cert }, (_request, response) => {
    response.writeHead(503).end();
  });
  await new Promise<void>((resolve) => void started.listen(0, "127.0.0.1", resolve));
  closing.push(() => started.close().closeAllConnections());
  return `https://localhost:${(started.address() as AddressInfo).port}`;
}

describe("what Flowcode refuses", () => {
  it.each<[string, string, number, unknown, RegExp]>([
    ["a wrong id", LOG_IN, 401, { errors: ["Client not found"] }, /does not know credentials\.client_id/],
    ["a wrong secret", LOG_IN, 401, { errors: ["Secret is wrong"] }, /refused credentials\.client_secret/],
    ["either of them", LOG_IN, 401, {}, /refused credentials\.client_id or credentials\.client_secret/],
    ["a token", LIST, 401, {}, /does not accept the credentials.*deleted/],
    ["a workspace", LIST, 404, { code: "not_found", message: "workspace x" }, /check workspace_id/],
    ["an organization", LIST, 403, { code: "permission_denied", message: "org x" }, /check org_id/],
    ["either of these", LIST, 403, { code: "permission_denied" }, /check org_id and workspace_id/],
    [
      "an integration that is not enabled",
      LIST,
      403,
      { code: "permission_denied", message: "feature not enabled for org x" },
      /integration is not enabled.*customer success manager/,
    ],
    [
      "an integration that is not set up",
      LIST,
      400,
      { code: "failed_precondition" },
      /not set up.*enable the integration/,
    ],
  ])("%s is explained", async (_name, path, status, body, words) => {
    const said = await check(await flowcode(path, status, body));
    expect(said).toMatch(/^ConfigError: /);
    expect(said).toMatch(words);
  });
});

describe("credentials", () => {
  const file = (client_secret: string) => ({
    org_id: "o",
    workspace_id: "w",
    credentials: { auth_type: "api_client", client_id: ID, client_secret },
  });

  it("with spaces around them work, with a warning", () => {
    const { config: settings, warnings } = parseConfig(config, file(` ${SECRET}\n`), "FLOWCODE", {});
    expect(settings.credentials).toMatchObject({ client_secret: SECRET });
    expect(warnings).toEqual([
      expect.stringContaining("credentials.client_secret begins or ends with white"),
    ]);
  });

  it.each([
    ["spaces inside", "9b7e6d52-0000 -4000-8000-000000000002"],
    ["a line break inside", "9b7e6d52-0000\n-4000-8000-000000000002"],
    ["an invisible character", `${SECRET.slice(0, 9)}\u200b${SECRET.slice(9)}`],
  ])("with %s are refused at once", (_name, secret) => {
    const parse = () => parseConfig(config, file(secret), "FLOWCODE", {});
    expect(parse).toThrow(/credentials\.client_secret: must not contain spaces.*copy it again/);
    expect(parse).not.toThrow(/9b7e6d52/);
  });
});

describe("an address", () => {
  it("where nobody listens is named, with the firewall", async () => {
    expect(await check()).toMatch(/^TransientError: 127\.0\.0\.1:9: the connection was refused.*firewall/);
  });

  it("that has no host is named, with the DNS", async () => {
    expect(await check(at("https://flowcode.invalid"))).toMatch(
      /^TransientError: flowcode\.invalid: (the host name is unknown|the DNS did not answer)/,
    );
  });

  it("where a page answers that is not Flowcode's is told from it", async () => {
    const { url } = await server((_request, response) => void response.end("<h1>Welcome to the hotel</h1>"));
    expect(await check(at(url))).toMatch(/^ProtocolError: .*without a token.*auth_base_url.*proxy/);
  });

  it.each([
    [407, /^ConfigError: flowcode\.invalid.*: the proxy asks for a log-in.*HTTPS_PROXY/],
    [403, /^ConfigError: flowcode\.invalid.*: the proxy did not let this through \(403\).*allow/],
  ])("behind a proxy that answers %i is explained", async (status, words) => {
    const { started, url } = await server(() => undefined);
    started.on("connect", (_request, socket) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`));
    for (const name of ["HTTPS_PROXY", "https_proxy"]) vi.stubEnv(name, url);
    for (const name of ["NO_PROXY", "no_proxy"]) vi.stubEnv(name, "");
    expect(await check(at("https://flowcode.invalid"))).toMatch(words);
  });

  it("with a certificate that nobody knows is explained", async () => {
    expect(await check(at(await secureServer(VALID)))).toMatch(
      /^ConfigError: localhost:\d+: the certificate is signed by an authority.*NODE_EXTRA_CA_CERTS/,
    );
  });
});

describe("this machine's clock", () => {
  it.each([
    ["ahead", 3_600_000],
    ["behind", -3_600_000],
  ])("is named where it is an hour %s, though contacts can be read", async (_name, ms) => {
    const serverTime = Date.parse("2100-01-01T00:00:00Z");
    const said = await check(await flowcode(), () => serverTime + ms);
    expect(said).toMatch(/contacts can be read.*60 minutes apart.*set the clock right/);
    expect(await check(await flowcode(), () => serverTime)).not.toContain("clock");
  });

  it.each([
    [
      "a private authority in NODE_EXTRA_CA_CERTS is trusted",
      VALID,
      /log-in service is not available \(503\)/,
    ],
    ["a certificate that is not valid any more", EXPIRED, /certificate has expired.*clock/],
    ["a certificate that is not valid yet", FUTURE, /certificate is not valid yet.*clock/],
  ])("%s", async (_name, cert, words) => {
    const url = await secureServer(cert);
    const files = await folderOf({
      "ca.pem": cert,
      "config.json": {
        org_id: "o",
        workspace_id: "w",
        credentials: { client_id: ID, client_secret: SECRET },
        advanced: { api_base_url: url, auth_base_url: url, max_attempts: 1 },
      },
    });
    closing.push(files.remove);
    const program = compiled("source-flowcode/main.js");
    const env = { NODE_EXTRA_CA_CERTS: files.path("ca.pem") };
    const { messages, code } = await runNode(program, ["check", "--config", files.path("config.json")], {
      env,
    });
    expect(code).toBe(0);
    const { status, message } =
      messages.find(({ type }) => type === "CONNECTION_STATUS")?.connectionStatus ?? {};
    expect(status).toBe("FAILED");
    expect(message).toMatch(words);
  });
});
