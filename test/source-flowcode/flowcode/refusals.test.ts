import { describe, expect, it } from "vitest";
import { judge } from "../../../source-flowcode/flowcode/refusals.js";

const code = (name: string) => JSON.stringify({ code: name, message: "person@example.com" });

describe("what Flowcode's API refuses", () => {
  it.each<[number, string, string, string]>([
    [400, code("invalid_argument"), "configure", "restart"],
    [400, code("failed_precondition"), "configure", "restart"],
    [400, code("out_of_range"), "configure", "restart"],
    [400, "", "configure", "restart"],
    [400, code("unavailable"), "retry", "retry"],
    [401, code("unauthenticated"), "renew", "renew"],
    [401, code("internal"), "renew", "renew"],
    [403, code("permission_denied"), "configure", "configure"],
    [403, "RBAC: access denied", "configure", "configure"],
    [404, code("not_found"), "configure", "restart"],
    [404, "404 page not found", "configure", "configure"],
    [404, code("unimplemented"), "configure", "configure"],
    [407, "", "configure", "configure"],
    [408, "", "retry", "retry"],
    [409, code("aborted"), "retry", "retry"],
    [409, code("already_exists"), "fail", "fail"],
    [410, "", "configure", "restart"],
    [422, "{}", "configure", "restart"],
    [429, "", "wait", "wait"],
    [429, code("internal"), "wait", "wait"],
    [200, code("resource_exhausted"), "wait", "wait"],
    [499, "", "retry", "retry"],
    [500, code("unknown"), "retry", "retry"],
    [500, code("internal"), "retry", "retry"],
    [500, code("data_loss"), "retry", "retry"],
    [500, "null", "retry", "retry"],
    [501, code("unimplemented"), "configure", "configure"],
    [502, "<html>", "retry", "retry"],
    [503, code("unavailable"), "retry", "retry"],
    [504, code("deadline_exceeded"), "retry", "retry"],
    [302, "", "fail", "fail"],
    [418, code("toString"), "fail", "fail"],
  ])("%i %s: %s, with a cursor: %s", (status, body, without, withCursor) => {
    const refusal = { status, body, list: "contacts", hasExtras: false };
    expect(judge({ ...refusal, hasCursor: false }).action).toBe(without);
    const verdict = judge({ ...refusal, hasCursor: true });
    expect(verdict.action).toBe(withCursor);
    expect(verdict.message).not.toMatch(/person@example\.com|\{list\}/);
  });

  it.each([
    [400, code("invalid_argument"), false, "simplify"],
    [400, "bad request", false, "simplify"],
    [422, "{}", false, "simplify"],
    [400, code("invalid_argument"), true, "restart"],
    [403, code("permission_denied"), false, "configure"],
    [404, code("not_found"), false, "configure"],
    [429, "", false, "wait"],
    [500, code("internal"), false, "retry"],
  ])("a request with a filter: %i %s, with a cursor %s: %s", (status, body, hasCursor, action) => {
    expect(judge({ status, body, list: "contacts", hasCursor, hasExtras: true }).action).toBe(action);
  });
});
