import { createServer, type RequestListener, type Server } from "node:http";
import {
  type AddressInfo,
  createServer as createSocketServer,
  type Socket,
  type Server as SocketServer,
} from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createHttpClient, type HttpClient } from "../../http/client.js";
import { NetworkError } from "../../http/errors.js";

const open: (() => unknown)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of open.splice(0)) await close();
});

async function listen(server: Server | SocketServer): Promise<string> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  open.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const serve = (listener: RequestListener) => listen(createServer(listener));

/** A server that does as it likes with each request that a connection brings. */
const serveRaw = (answer: (socket: Socket, request: number) => void) =>
  listen(
    createSocketServer((socket) => {
      let requests = 0;
      open.unshift(() => socket.destroy());
      socket.on("error", () => undefined);
      socket.on("data", () => {
        requests += 1;
        answer(socket, requests);
      });
    }),
  );

function client(timeoutSeconds = 30): HttpClient {
  const made = createHttpClient({ timeoutSeconds, userAgent: "tiny/1" });
  open.unshift(() => made.close());
  return made;
}

const get = (url: string, maxBytes?: number) => ({ method: "GET", url, maxBytes }) as const;
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail("no failure"),
    (error: unknown) => error,
  );
const answerOf = (text: string) => `HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${text}`;

describe("an unasked 100 Continue", () => {
  test.each([
    ["in one piece with the answer", (bytes: string) => [bytes]],
    ["in a piece of its own", (bytes: string) => bytes.split(/(?<=\r\n\r\n)(?=HTTP)/)],
    ["byte by byte", (bytes: string) => [...bytes]],
  ])("before each answer of a connection is passed over, %s", async (_what, piecesOf) => {
    let connections = 0;
    const url = await serveRaw((socket, request) => {
      connections += request === 1 ? 1 : 0;
      const bytes = `HTTP/1.1 100 Continue\r\nx-a: b\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n${answerOf("here")}`;
      socket.setNoDelay(true);
      const pieces = piecesOf(bytes);
      const next = () => {
        const piece = pieces.shift();
        if (piece !== undefined) socket.write(piece, () => setImmediate(next));
      };
      next();
    });
    const asking = client();
    for (let request = 0; request < 6; request += 1) {
      expect((await asking.text(get(url))).text).toBe("here");
    }
    expect(connections).toBeLessThan(6);
  });

  test("within a body stays there", async () => {
    const text = "HTTP/1.1 100 Continue\r\n\r\n";
    const url = await serveRaw((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n`);
      setTimeout(() => socket.write(text), 20);
    });
    expect((await client().text(get(url))).text).toBe(text);
  });

  test("that does not end is no answer", async () => {
    const url = await serveRaw(
      (socket) => void socket.write(`HTTP/1.1 100 Continue\r\n${"x: y\r\n".repeat(5_000)}`),
    );
    expect(await failureOf(client(5).text(get(url)))).toBeInstanceOf(NetworkError);
  });
});

describe("an answer that takes for ever", () => {
  test.each<[string, (socket: Socket) => void]>([
    [
      "whose body drips",
      (socket) => {
        socket.write("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n");
        drip(socket, "x");
      },
    ],
    ["whose head drips", (socket) => drip(socket, "H")],
    ["of interim answers", (socket) => drip(socket, "HTTP/1.1 102 Processing\r\n\r\n")],
    ["of continuations", (socket) => drip(socket, "HTTP/1.1 100 Continue\r\n\r\n")],
  ])("is given up: one %s", { timeout: 20_000 }, async (_what, answer) => {
    const url = await serveRaw(answer);
    const error = await failureOf(client(0.5).text(get(url)));
    expect(error).toBeInstanceOf(NetworkError);
    expect((error as NetworkError).isTransient).toBe(true);
  });

  function drip(socket: Socket, piece: string): void {
    const timer = setInterval(() => socket.write(piece), 50);
    socket.on("close", () => clearInterval(timer));
  }

  test("is read to its end where it is only long", async () => {
    const url = await serve(async (_request, response) => {
      for (let piece = 0; piece < 20; piece += 1) {
        response.write(Buffer.alloc(64 * 1024));
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      response.end();
    });
    expect((await client(0.5).text(get(url))).text).toHaveLength(20 * 64 * 1024);
  });

  test("counts only what is waited for, not how long its reader takes", async () => {
    const url = await serve((_request, response) => void response.end(Buffer.alloc(200_000)));
    const { body } = await client(0.3).send(get(url));
    let bytes = 0;
    for await (const chunk of body) {
      bytes += chunk.length;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    expect(bytes).toBe(200_000);
  });
});

describe("an answer without end", () => {
  const endless: RequestListener = (_request, response) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(1_000_000)));
    };
    response.on("drain", more);
    more();
  };

  test("is cut at what a text may have", async () => {
    const error = await failureOf(client().text(get(await serve(endless))));
    expect(error).toMatchObject({ code: "ANSWER_TOO_LONG", isTransient: false });
  });

  test("is cut at what the request says", async () => {
    const { body } = await client().send(get(await serve(endless), 3_000_000));
    let bytes = 0;
    const reading = async () => {
      for await (const chunk of body) bytes += chunk.length;
    };
    expect(await failureOf(reading())).toMatchObject({ code: "ANSWER_TOO_LONG" });
    expect(bytes).toBeLessThanOrEqual(3_000_000);
  });
});

describe("compression", () => {
  test("is not asked for", async () => {
    const url = await serve((request, response) => response.end(request.headers["accept-encoding"]));
    expect((await client().text(get(url))).text).toBe("identity");
  });

  test.each(["gzip", "br", "deflate, gzip"])(
    "of an answer all the same (%s) is an error that says so",
    async (encoding) => {
      const url = await serve((_request, response) =>
        response.writeHead(200, { "content-encoding": encoding }).end(gzipSync("{}")),
      );
      expect(await failureOf(client().text(get(url)))).toMatchObject({
        code: "COMPRESSED",
        isTransient: false,
        message: expect.stringContaining("compressed"),
      });
    },
  );

  test("of a refusal still tells its status", async () => {
    const url = await serve((_request, response) =>
      response.writeHead(401, { "content-encoding": "gzip" }).end(gzipSync("{}")),
    );
    expect(await failureOf(client().text(get(url)))).toMatchObject({ status: 401, body: "" });
  });
});

describe("proxies", () => {
  const NAMES = ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "NO_PROXY", "no_proxy"];

  /** Whether a request to `url` reaches the proxy; PROXY stands for its address. */
  async function goesThrough(url: string, environment: Record<string, string>): Promise<boolean> {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      response.writeHead(502).end();
    });
    server.on("connect", (request, socket) => {
      asked.push(request.url ?? "");
      socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    });
    const proxy = await listen(server);
    for (const name of NAMES) vi.stubEnv(name, (environment[name] ?? "").replace("PROXY", proxy));
    await failureOf(client(1).text(get(url)));
    return asked.length > 0;
  }

  test.each<[boolean, Record<string, string>]>([
    [true, { HTTPS_PROXY: "PROXY" }],
    [true, { https_proxy: "PROXY" }],
    [true, { https_proxy: "", HTTPS_PROXY: "PROXY" }],
    [true, { HTTP_PROXY: "PROXY" }],
    [true, { HTTPS_PROXY: "PROXY", no_proxy: "", NO_PROXY: "other.invalid" }],
    [true, { HTTPS_PROXY: "PROXY", NO_PROXY: "api.invalid:8443" }],
    [true, { HTTPS_PROXY: "PROXY", NO_PROXY: "pi.invalid" }],
    [false, { HTTPS_PROXY: "PROXY", NO_PROXY: "api.invalid" }],
    [false, { HTTPS_PROXY: "PROXY", no_proxy: "", NO_PROXY: "api.invalid" }],
    [false, { HTTPS_PROXY: "PROXY", NO_PROXY: ".invalid" }],
    [false, { HTTPS_PROXY: "PROXY", NO_PROXY: "*.invalid" }],
    [false, { HTTPS_PROXY: "PROXY", NO_PROXY: "a.example, API.invalid:443" }],
    [false, { HTTPS_PROXY: "PROXY", NO_PROXY: "*" }],
  ])("are asked (%s) with %j", async (expected, environment) => {
    expect(await goesThrough("https://api.invalid/", environment)).toBe(expected);
  });

  test("let an unasked 100 Continue through, which is passed over", async () => {
    const target = await serveRaw(
      (socket) => void socket.write(`HTTP/1.1 100 Continue\r\n\r\n${answerOf("through")}`),
    );
    const server = createServer();
    server.on("connect", async (_request, socket: Socket) => {
      const { connect } = await import("node:net");
      const onward = connect(Number(new URL(target).port), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        socket.pipe(onward).pipe(socket);
      });
      open.unshift(
        () => onward.destroy(),
        () => socket.destroy(),
      );
    });
    const proxy = await listen(server);
    for (const name of NAMES) vi.stubEnv(name, name === "HTTP_PROXY" ? proxy : "");
    expect((await client().text(get("http://api.invalid/"))).text).toBe("through");
  });
});
