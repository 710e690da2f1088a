import { describe, expect, test } from "vitest";
import { guard, homeAt, homeOnLoopback, type Visit } from "../../../sync/console/guard.js";

const HOME = homeOnLoopback(8788);
const OPEN = (token: string) => token === "open-session";
const AUTHORIZED = { authorization: "Bearer open-session" };
const JSON_TYPE = { "content-type": "application/json" };
const OWN = { origin: "http://127.0.0.1:8788" };

const visit = (method: string, path: string, headers: Visit["headers"]): Visit => ({
  method,
  path,
  headers: { host: "127.0.0.1:8788", ...headers },
});
const post = (headers: Visit["headers"], path = "/api/v1/check/source") =>
  visit("POST", path, { ...AUTHORIZED, ...JSON_TYPE, ...OWN, ...headers });

describe("what may come in", () => {
  test.each<[string, Visit]>([
    ["the page", visit("GET", "/", {})],
    ["the page by the name localhost", visit("GET", "/", { host: "localhost:8788" })],
    ["the page by IPv6", visit("GET", "/", { host: "[::1]:8788" })],
    ["the page by a name in capitals", visit("GET", "/", { host: "LOCALHOST:8788" })],
    ["the page, typed into the address bar", visit("GET", "/", { "sec-fetch-site": "none" })],
    ["the page's script", visit("GET", "/app.js", { "sec-fetch-site": "same-origin" })],
    ["the API with a session", visit("GET", "/api/v1/project", AUTHORIZED)],
    ["a change with everything", post({})],
    ["a change with a character set", post({ "content-type": "application/json; charset=utf-8" })],
    ["a key for a session, which needs none", visit("POST", "/api/v1/session", { ...JSON_TYPE, ...OWN })],
    ["a report by its one-time address", visit("GET", "/api/v1/reports/3vR-_x", {})],
  ])("%s", (_what, request) => {
    expect(guard(request, HOME, OPEN)).toBeUndefined();
  });

  test("requests to the origin that a proxy serves, and to no other", () => {
    const home = homeAt("https://sync.example.com");
    const at = (host: string, origin: string) =>
      guard(visit("POST", "/api/v1/plan", { ...AUTHORIZED, ...JSON_TYPE, host, origin }), home, OPEN)?.status;
    expect(at("sync.example.com", "https://sync.example.com")).toBeUndefined();
    expect(at("sync.example.com", "http://sync.example.com")).toBe(403);
    expect(at("127.0.0.1:8788", "https://sync.example.com")).toBe(421);
  });
});

describe("what is turned away", () => {
  test.each<[string, number, Visit]>([
    ["a name of somebody else's that leads here", 421, visit("GET", "/", { host: "evil.example" })],
    ["the right name with another port", 421, visit("GET", "/", { host: "127.0.0.1:8789" })],
    ["the right name without its port", 421, visit("GET", "/", { host: "127.0.0.1" })],
    ["no name", 421, visit("GET", "/", { host: undefined })],
    ["a name that only begins like ours", 421, visit("GET", "/", { host: "127.0.0.1:8788.evil.example" })],
    ["a name with a user in it", 421, visit("GET", "/", { host: "127.0.0.1:8788@evil.example" })],
    ["a picture on another site", 403, visit("GET", "/", { "sec-fetch-site": "cross-site" })],
    ["another site of the same machine", 403, visit("GET", "/", { "sec-fetch-site": "same-site" })],
    ["a script of another origin", 403, post({ origin: "http://127.0.0.1:9000" })],
    ["a form of another origin", 403, post({ origin: "https://evil.example" })],
    ["a page without an origin", 403, post({ origin: "null" })],
    ["a change without an origin", 403, post({ origin: undefined })],
    ["a form", 415, post({ "content-type": "application/x-www-form-urlencoded" })],
    ["a form that hides its JSON", 415, post({ "content-type": "text/plain" })],
    ["a change without a type", 415, post({ "content-type": undefined })],
    ["a type that only begins like JSON", 415, post({ "content-type": "application/jsonp" })],
    ["too much", 413, post({ "content-length": "256001" })],
    ["the API without a session", 401, visit("GET", "/api/v1/project", {})],
    ["a session that has ended", 401, visit("GET", "/api/v1/project", { authorization: "Bearer ended" })],
    ["a session in another scheme", 401, visit("GET", "/api/v1/project", { authorization: "open-session" })],
    ["a session in a cookie", 401, visit("GET", "/api/v1/project", { cookie: "session=open-session" })],
    ["ending a session without one", 401, visit("DELETE", "/api/v1/session", { ...JSON_TYPE, ...OWN })],
    [
      "a report that is asked for by another method",
      401,
      post({ authorization: undefined }, "/api/v1/reports/x"),
    ],
    ["a path below a report", 401, visit("GET", "/api/v1/reports/x/y", {})],
  ])("%s: %i", (_what, status, request) => {
    expect(guard(request, HOME, OPEN)?.status).toBe(status);
  });

  test("whom a request is meant for is looked at first, and the session last", () => {
    const all = visit("POST", "/api/v1/plan", {
      host: "evil.example",
      "sec-fetch-site": "cross-site",
      origin: "https://evil.example",
    });
    expect(guard(all, HOME, OPEN)?.status).toBe(421);
    expect(guard({ ...all, headers: { ...all.headers, host: "localhost:8788" } }, HOME, OPEN)?.status).toBe(
      403,
    );
  });
});
