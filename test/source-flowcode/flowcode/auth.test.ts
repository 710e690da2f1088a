import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError, ProtocolError, TransientError } from "../../../connector/errors.js";
import { createHttpClient, type HttpClient } from "../../../http/client.js";
import { exchange, tokenAuth } from "../../../source-flowcode/flowcode/auth.js";
import { json, type Row, read, rowsFrom, type StandIn, settingsFor, startStandIn } from "../stand-in.js";

const signal = new AbortController().signal;
let standIn: StandIn;
beforeEach(async () => {
  standIn = await startStandIn({ rows: rowsFrom(0, 30), pageSize: 10 });
});
afterEach(() => standIn.close());

describe("the exchange of an id and a secret", () => {
  const DATE = "Sun, 01 Mar 2026 12:00:00 GMT";
  let http: HttpClient;
  beforeEach(() => {
    http = createHttpClient({ timeoutSeconds: 5, userAgent: "test" });
  });
  afterEach(() => http.close());
  const answered = (body: unknown) => {
    standIn.intervene = (_ask, response) => json(response, 200, body, { date: DATE });
    return exchange(
      http,
      { baseUrl: standIn.url, clientId: "i", clientSecret: "s" },
      () => 1_000_000,
      signal,
    );
  };

  it.each<[string, Row, number]>([
    ["camelCase", { accessToken: "t", expiresIn: 3600 }, 3540],
    ["snake_case", { access_token: "t", expires_in: 3600 }, 3540],
    ["a lifetime in text", { accessToken: "t", expiresIn: "100" }, 90],
    ["a date of its end", { accessToken: "t", expires: "Sun, 01 Mar 2026 12:01:40 GMT" }, 90],
    ["a short life", { accessToken: "t", expiresIn: 2 }, 1.8],
    ["no lifetime", { accessToken: "t" }, 86_340],
    ["a date in the past", { accessToken: "t", expires: "Sun, 01 Mar 2026 11:00:00 GMT" }, 86_340],
  ])("reads %s", async (_name, body, seconds) => {
    expect(await answered(body)).toEqual({
      headers: { authorization: "Bearer t" },
      renewAt: 1_000_000 + seconds * 1000,
    });
  });

  it.each([[{}], [{ accessToken: "" }], [null], ["text"]])("fails at %j", async (body) => {
    await expect(answered(body)).rejects.toBeInstanceOf(ProtocolError);
  });
});

describe("a token", () => {
  it("is used until it is to be renewed, and exchanged once for everybody who asks", async () => {
    let now = 0;
    let logIns = 0;
    const auth = tokenAuth(
      async () => {
        logIns += 1;
        return { headers: { authorization: `Bearer ${logIns}` }, renewAt: now + 1800 };
      },
      () => now,
    );
    const [a, b] = await Promise.all([auth.headers(signal), auth.headers(signal)]);
    expect([a, b, logIns]).toEqual([{ authorization: "Bearer 1" }, { authorization: "Bearer 1" }, 1]);
    now = 1799;
    await auth.headers(signal);
    expect(logIns).toBe(1);
    now = 1800;
    expect(await auth.headers(signal)).toEqual({ authorization: "Bearer 2" });
  });

  it("that was refused is not used again, but a newer one is kept", async () => {
    let logIns = 0;
    const auth = tokenAuth(
      async () => ({ headers: { n: String(++logIns) }, renewAt: Number.POSITIVE_INFINITY }),
      () => 0,
    );
    const first = await auth.headers(signal);
    expect(auth.refused(first)).toBe(true);
    const second = await auth.headers(signal);
    expect(second).toEqual({ n: "2" });
    auth.refused(first);
    expect(await auth.headers(signal)).toBe(second);
  });

  it("that failed to come is asked for again", async () => {
    let logIns = 0;
    const auth = tokenAuth(
      async () => {
        if (++logIns === 1) throw new Error("no");
        return { headers: {}, renewAt: 1 };
      },
      () => 0,
    );
    await expect(auth.headers(signal)).rejects.toThrow("no");
    await expect(auth.headers(signal)).resolves.toEqual({});
  });
});

describe("a run", () => {
  it("logs in once, not for every request", async () => {
    const run = await read(settingsFor(standIn));
    expect(run.emails).toHaveLength(30);
    expect(standIn.logIns()).toHaveLength(1);
  });

  it("logs in again where the API refuses the token, and goes on", async () => {
    standIn.intervene = (ask) => {
      if (ask.body.pagination?.after === "10" && standIn.tokens.has("token-1")) standIn.tokens.clear();
      return false;
    };
    const run = await read(settingsFor(standIn));
    expect(run.error).toBeUndefined();
    expect(run.emails).toHaveLength(30);
    expect(standIn.logIns()).toHaveLength(2);
  });

  it("gives up with what to do where a new token is refused as well", async () => {
    standIn.intervene = (ask, response) => ask.path.endsWith("ListContacts") && json(response, 401, {});
    const run = await read(settingsFor(standIn));
    expect(run.error).toBeInstanceOf(ConfigError);
    expect(String(run.error)).toContain("does not accept the credentials");
    expect(standIn.logIns()).toHaveLength(2);
    expect(standIn.lists()).toHaveLength(2);
  });

  it("does not ask again where a key is refused", async () => {
    const run = await read(settingsFor(standIn, { credentials: { auth_type: "api_key", api_key: "wrong" } }));
    expect(run.error).toBeInstanceOf(ConfigError);
    expect(standIn.lists()).toHaveLength(1);
  });

  it("is patient with a log-in service that is busy", async () => {
    standIn.intervene = (ask, response) =>
      ask.path.endsWith("api-token") &&
      ask.number <= 2 &&
      json(response, ask.number === 1 ? 429 : 503, {}, { "retry-after": "0" });
    const run = await read(settingsFor(standIn));
    expect(run.error).toBeUndefined();
    expect(run.emails).toHaveLength(30);
    expect(standIn.logIns()).toHaveLength(3);
  });

  it("ends as transient where the log-in service stays away, without the secret in the message", async () => {
    standIn.intervene = (ask, response) => ask.path.endsWith("api-token") && json(response, 503, {});
    const run = await read(settingsFor(standIn));
    expect(run.error).toBeInstanceOf(TransientError);
    expect(standIn.logIns()).toHaveLength(3);
    expect(`${run.error}${run.lines}`).not.toContain("top-secret");
  });
});
