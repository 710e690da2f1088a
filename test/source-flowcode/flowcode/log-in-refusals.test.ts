import { describe, expect, it } from "vitest";
import { judgeLogIn } from "../../../source-flowcode/flowcode/log-in-refusals.js";

const ID = "3f1c2a58-0000-4000-8000-000000000001";
const SECRET = "9b7e6d52-0000-4000-8000-000000000002";
const refusal = { status: 401, body: "", clientId: ID, clientSecret: SECRET };
const errors = (text: string) => JSON.stringify({ errors: [text] });

describe("what Flowcode's log-in refuses", () => {
  it.each<[number, string, string]>([
    [400, "configure", "client_secret"],
    [401, "configure", "client_secret"],
    [403, "configure", "client_secret"],
    [404, "configure", "auth_base_url"],
    [405, "configure", "auth_base_url"],
    [407, "configure", "HTTPS_PROXY"],
    [408, "retry", "not available"],
    [429, "wait", "log-ins"],
    [500, "retry", "not available"],
    [503, "retry", "not available"],
  ])("%i: %s", (status, action, word) => {
    expect(judgeLogIn({ ...refusal, status })).toMatchObject({
      action,
      message: expect.stringContaining(word),
    });
  });

  it.each<[string, Partial<typeof refusal>, RegExp]>([
    [
      "an id that the service does not know",
      { body: errors("Client not found") },
      /does not know.*client_id;/,
    ],
    ["an id that the service has not found", { status: 404, body: errors("Not found") }, /does not know/],
    ["a secret that the service finds wrong", { body: errors("Invalid secret") }, /refused.*client_secret;/],
    ["an id that has no form of an id", { clientId: "acme" }, /because of credentials\.client_id/],
    [
      "a secret that has another form than the id",
      { clientSecret: "abc" },
      /because of credentials\.client_s/,
    ],
    ["one value in both places", { clientSecret: ID }, /the same value/],
    ["words about both", { body: errors("Invalid client id or secret") }, /client_id or .*client_secret/],
    ["words in another form", { body: '{"message":"Wrong secret"}' }, /refused.*client_secret;/],
    ["no words", { body: "<html>" }, /client_id or .*client_secret/],
    ["null", { body: "null" }, /client_id or .*client_secret/],
  ])("tells %s, and quotes nothing", (_name, change, message) => {
    const verdict = judgeLogIn({ ...refusal, ...change });
    expect(verdict.action).toBe("configure");
    expect(verdict.message).toMatch(message);
    expect(verdict.message).not.toMatch(/3f1c2a58|9b7e6d52|acme|abc|not found/);
  });
});
