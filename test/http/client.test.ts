import { createServer, type RequestListener, type Server } from "node:http";
import {
  type AddressInfo,
  createServer as createSocketServer,
  type LookupFunction,
  type Server as SocketServer,
} from "node:net";
import { Agent } from "undici";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createHttpClient, type HttpClient } from "../../http/client.js";
import { HttpStatusError, NetworkError } from "../../http/errors.js";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const thing of open.splice(0)) await thing.close();
});

async function listen<S extends Server | SocketServer>(server: S): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push({
    close: () =>
      new Promise((resolve) => {
        if ("closeAllConnections" in server) server.closeAllConnections();
        server.close(resolve);
      }),
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const serve = (listener: RequestListener) => listen(createServer(listener));

/** A server that writes `bytes` to whoever says something, and cuts the connection. */
const serveRaw = (bytes: string) =>
  listen(
    createSocketServer((socket) => socket.on("error", () => undefined).once("data", () => socket.end(bytes))),
  );

function client(timeoutSeconds = 30, dispatcher?: Agent): HttpClient {
  const made = createHttpClient({ timeoutSeconds, userAgent: "tiny/1", ...(dispatcher && { dispatcher }) });
  open.unshift(made);
  return made;
}

const get = (url: string) => ({ method: "GET", url }) as const;

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.fail("it should have failed"),
    (error: unknown) => error,
  );
}

describe("a request", () => {
  test("carries its method, body and headers, and says who sends it", async () => {
    let seen: unknown;
    const url = await serve(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { "user-agent": agent, accept, "api-key": key } = request.headers;
      seen = {
        method: request.method,
        url: request.url,
        agent,
        accept,
        key,
        body: String(Buffer.concat(chunks)),
      };
      response.end("{}");
    });
    await client().text({ method: "POST", url: `${url}/a?b=c`, headers: { "api-key": "k" }, body: "é" });
    expect(seen).toEqual({
      method: "POST",
      url: "/a?b=c",
      agent: "tiny/1",
      accept: "application/json",
      key: "k",
      body: "é",
    });
  });

  test("brings the body as text, with characters whole across chunks", async () => {
    const url = await serve((_request, response) => {
      const bytes = Buffer.from('{"name":"🦊"}');
      response.writeHead(201, { "X-Mark": "yes" });
      response.write(bytes.subarray(0, 11));
      setImmediate(() => response.end(bytes.subarray(11)));
    });
    const { status, headers, text } = await client().text(get(url));
    expect({ status, text, mark: headers["x-mark"] }).toEqual({
      status: 201,
      text: '{"name":"🦊"}',
      mark: "yes",
    });
  });

  test.each([200, 201, 202, 204, 206])("succeeds with %i", async (status) => {
    const url = await serve((_request, response) => response.writeHead(status).end());
    expect((await client().text(get(url))).status).toBe(status);
  });

  test.each([301, 302, 400, 401, 403, 404, 408, 409, 413, 429, 500, 502, 503, 504])(
    "fails with %i, and its body at hand but not in its message",
    async (status) => {
      const url = await serve((_request, response) =>
        response.writeHead(status, { location: "/elsewhere" }).end('{"msg":"a@x.com"}'),
      );
      const error = await failureOf(client().send(get(url)));
      expect(error).toBeInstanceOf(HttpStatusError);
      expect(error).toMatchObject({ status, body: '{"msg":"a@x.com"}', message: `HTTP status ${status}` });
    },
  );

  test("does not follow a redirection, which would carry the key to another host", async () => {
    let calls = 0;
    const url = await serve((_request, response) => {
      calls += 1;
      response.writeHead(307, { location: "/" }).end();
    });
    await failureOf(client().send(get(url)));
    expect(calls).toBe(1);
  });

  test("keeps of an error's body no more than anybody needs", async () => {
    const url = await serve((_request, response) => response.writeHead(500).end("x".repeat(3_000_000)));
    const error = (await failureOf(client().send(get(url)))) as HttpStatusError;
    expect(error.status).toBe(500);
    expect(error.body.length).toBeLessThan(1_200_000);
  });

  test("hands on how long the server asks to wait", async () => {
    const url = await serve((_request, response) => response.writeHead(429, { "retry-after": "7" }).end());
    expect(await failureOf(client().send(get(url)))).toMatchObject({ retryAfterMs: 7000 });
  });

  test("still tells the status of an error whose body breaks off", async () => {
    const url = await serveRaw("HTTP/1.1 503 Busy\r\ncontent-length: 100\r\n\r\nhalf");
    expect(await failureOf(client().send(get(url)))).toMatchObject({ status: 503, body: "" });
  });
});

describe("a connection that fails", () => {
  test("says that it was refused, and what to check", async () => {
    const server = createServer();
    const url = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const error = await failureOf(client().text(get(`${url}/path?key=SECRET`)));
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({
      code: "ECONNREFUSED",
      isTransient: true,
      message: expect.stringMatching(/^127\.0\.0\.1:\d+: the connection was refused; check the base URL/),
    });
    expect(String(error)).not.toContain("SECRET");
  });

  test.each([
    ["ENOTFOUND", "the host name is unknown"],
    ["EAI_AGAIN", "the DNS did not answer"],
  ])("says what the DNS said (%s)", async (code, explanation) => {
    const lookup: LookupFunction = (_host, _options, done) =>
      done(Object.assign(new Error(`getaddrinfo ${code}`), { code }), []);
    const dispatcher = new Agent({ connect: { lookup } });
    const error = await failureOf(client(30, dispatcher).text(get("http://api.example.com/")));
    expect(error).toMatchObject({
      code,
      message: expect.stringContaining(`api.example.com: ${explanation}`),
    });
  });

  test.each([
    ["before it answers", "", "UND_ERR_SOCKET"],
    ["in the head of the answer", "HTTP/1.1 200 OK\r\ncontent-le", "UND_ERR_SOCKET"],
    [
      "in a body of known length",
      'HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{"contacts":[]}',
      "UND_ERR_SOCKET",
    ],
    [
      "in a body of chunks",
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nf\r\n{"contacts":[]}\r\n',
      "UND_ERR_SOCKET",
    ],
  ])("is an error and never a short answer when the server hangs up %s", async (_what, bytes, code) => {
    const url = await serveRaw(bytes);
    const error = await failureOf(client().text(get(url)));
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ code, isTransient: true, message: expect.stringContaining("closed") });
  });

  test("says so when it is reset", async () => {
    const url = await listen(
      createSocketServer((socket) =>
        socket.on("error", () => undefined).once("data", () => socket.resetAndDestroy()),
      ),
    );
    expect(await failureOf(client().text(get(url)))).toMatchObject({ code: "ECONNRESET", isTransient: true });
  });

  test("breaks in the middle of a body that is read as it comes", async () => {
    const url = await serveRaw("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhalf");
    const { body } = await client().send(get(url));
    let read = "";
    const reading = async () => {
      for await (const chunk of body) read += Buffer.from(chunk).toString();
    };
    expect(await failureOf(reading())).toBeInstanceOf(NetworkError);
    expect(read).toBe("half");
  });

  test("is given up when no answer begins in time", async () => {
    const url = await serve(() => undefined);
    expect(await failureOf(client(0.05).text(get(url)))).toMatchObject({
      code: "UND_ERR_HEADERS_TIMEOUT",
      isTransient: true,
      message: expect.stringContaining("timeout_seconds"),
    });
  });

  test("is given up when an answer stops half-way", async () => {
    const url = await serve((_request, response) => void response.write("half"));
    expect(await failureOf(client(0.05).text(get(url)))).toMatchObject({
      code: "UND_ERR_BODY_TIMEOUT",
      isTransient: true,
    });
  });

  test("is given up when the caller's time is over, as a timeout and not as somebody's wish", async () => {
    const url = await serve(() => undefined);
    const error = await failureOf(client().text({ ...get(url), signal: AbortSignal.timeout(20) }));
    expect(error).toMatchObject({ name: "NetworkError", code: "UND_ERR_HEADERS_TIMEOUT" });
  });

  test("ends with the caller's own reason when the caller stops it", async () => {
    const stop = new AbortController();
    const reason = new Error("stopped by SIGTERM");
    const url = await serve(() => stop.abort(reason));
    expect(await failureOf(client().text({ ...get(url), signal: stop.signal }))).toBe(reason);
  });
});

describe("proxies", () => {
  /** A proxy that refuses everything and remembers what it was asked for. */
  async function proxy() {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      response.writeHead(502).end();
    });
    server.on("connect", (request, socket) => {
      asked.push(request.url ?? "");
      socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    });
    const url = await listen(server);
    for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"]) vi.stubEnv(name, url);
    for (const name of ["NO_PROXY", "no_proxy"]) vi.stubEnv(name, "");
    return asked;
  }

  test("come from the environment", async () => {
    const asked = await proxy();
    await failureOf(client().text(get("https://api.example.com/a")));
    expect(asked).toEqual(["api.example.com:443"]);
  });

  test("never see what is meant for this machine", async () => {
    const asked = await proxy();
    const url = await serve((_request, response) => response.end("direct"));
    const { text } = await client().text(get(url));
    expect(text).toBe("direct");
    expect(asked).toEqual([]);
  });

  test("are left out for the hosts of NO_PROXY", async () => {
    const asked = await proxy();
    vi.stubEnv("no_proxy", "api.invalid");
    vi.stubEnv("NO_PROXY", "api.invalid");
    await failureOf(client(1).text(get("https://api.invalid/")));
    expect(asked).toEqual([]);
  });
});
