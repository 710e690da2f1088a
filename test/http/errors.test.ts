import { describe, expect, test } from "vitest";
import { retryAfterMs } from "../../http/client.js";
import { NetworkError, networkCode } from "../../http/errors.js";

const coded = (code: string, cause?: unknown) => Object.assign(new Error(code, { cause }), { code });

describe("the code of a failed request", () => {
  test.each<[string, unknown, string]>([
    ["the error's own", coded("ECONNRESET"), "ECONNRESET"],
    ["that of what caused it, which says more", coded("UND_ERR_SOCKET", coded("ECONNRESET")), "ECONNRESET"],
    [
      "that of a cause below one without a code",
      new TypeError("fetch failed", { cause: coded("ENOTFOUND") }),
      "ENOTFOUND",
    ],
    [
      "that of the first of several addresses",
      new AggregateError([coded("ECONNREFUSED"), coded("ENETUNREACH")], "all failed"),
      "ECONNREFUSED",
    ],
    ["a timeout's", new DOMException("over", "TimeoutError"), "UND_ERR_HEADERS_TIMEOUT"],
    [
      "that of a proxy's refusal",
      coded("UND_ERR_ABORTED", new Error("Proxy response (407) !== 200")),
      "PROXY_407",
    ],
    ["none", new Error("x"), "UNKNOWN"],
    ["none, for what is no error", "x", "UNKNOWN"],
  ])("is %s", (_what, error, code) => {
    expect(networkCode(error)).toBe(code);
  });
});

describe("a network error", () => {
  test.each([
    ["ENOTFOUND", true, "DNS"],
    ["EAI_AGAIN", true, "DNS"],
    ["ECONNREFUSED", true, "port"],
    ["ETIMEDOUT", true, "443"],
    ["UND_ERR_CONNECT_TIMEOUT", true, "443"],
    ["ENETUNREACH", true, "internet"],
    ["CERT_HAS_EXPIRED", false, "clock"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", false, "another host"],
    ["SELF_SIGNED_CERT_IN_CHAIN", false, "NODE_EXTRA_CA_CERTS"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", false, "NODE_EXTRA_CA_CERTS"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", false, "NODE_EXTRA_CA_CERTS"],
    ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", false, "NODE_EXTRA_CA_CERTS"],
    ["PROXY_407", false, "log-in"],
    ["PROXY_403", false, "the proxy did not let this through (403)"],
    ["PROXY_502", true, "the proxy did not let this through (502)"],
    ["PROXY_ADDRESS", false, "HTTPS_PROXY"],
    ["ESOMETHING", true, "ESOMETHING"],
  ])("with the code %s tells whether waiting helps (%s) and what to look at", (code, transient, remedy) => {
    const error = new NetworkError(code, "api.example.com", undefined);
    expect(error.isTransient).toBe(transient);
    expect(error.message).toMatch(/^api\.example\.com: /);
    expect(error.message).toContain(remedy);
  });
});

describe("Retry-After", () => {
  const NOW = Date.UTC(2026, 0, 31, 12);
  test.each<[string | string[] | undefined, number | undefined]>([
    ["5", 5000],
    [" 5 ", 5000],
    ["0", 0],
    ["0.5", 500],
    ["Sat, 31 Jan 2026 12:00:30 GMT", 30_000],
    ["Sat, 31 Jan 2026 11:00:00 GMT", 0],
    [["7", "8"], 7000],
    [undefined, undefined],
    ["", undefined],
    ["soon", undefined],
    ["60s", undefined],
    [[], undefined],
  ])("%j means %j ms", (header, expected) => {
    expect(retryAfterMs(header, NOW)).toBe(expected);
  });
});
