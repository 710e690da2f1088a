import { describe, expect, test } from "vitest";
import { readAnswer as read } from "../../../destination-iterable/iterable/answers.js";
import type { Answer } from "../../../destination-iterable/iterable/verdict.js";

const readAnswer = (given: Answer, keys: readonly string[], others: readonly (string | undefined)[] = []) =>
  read(given, { keys, otherKey: (index) => others[index] });

const KEYS = ["a@x.com", "b@x.com", "c@x.com"];

function answer(status: number, body: unknown, retryAfterMs?: number) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { kind: "status", status, body: text, retryAfterMs } as const;
}

function success(overrides: Record<string, unknown> = {}, keys = KEYS.length) {
  const { failCount = 0 } = overrides as { failCount?: number };
  return { successCount: keys - failCount, failCount, failedUpdates: {}, ...overrides };
}

describe("a bulk update answered with 200", () => {
  test("settles everybody when nobody failed", () => {
    expect(readAnswer(answer(200, success()), KEYS)).toMatchObject({ kind: "settled", refused: new Map() });
  });

  test.each([
    ["invalidEmails", "invalid_email"],
    ["invalidUserIds", "invalid_user_id"],
    ["notFoundEmails", "not_found"],
    ["notFoundUserIds", "not_found"],
    ["invalidDataEmails", "invalid_data"],
    ["invalidDataUserIds", "invalid_data"],
    ["forgottenEmails", "forgotten"],
    ["forgottenUserIds", "forgotten"],
  ])("reads failedUpdates.%s as %s, whatever the case of the identifier", (list, reason) => {
    const body = success({ failCount: 1, failedUpdates: { [list]: ["B@X.com"] } });
    expect(readAnswer(answer(200, body), KEYS)).toMatchObject({
      kind: "settled",
      refused: new Map([[1, reason]]),
    });
  });

  test("reads the deprecated lists beside the new ones without counting a contact twice", () => {
    const body = success({
      failCount: 1,
      invalidEmails: ["b@x.com"],
      failedUpdates: { invalidEmails: ["b@x.com"] },
    });
    expect(readAnswer(answer(200, body), KEYS)).toMatchObject({ refused: new Map([[1, "invalid_email"]]) });
  });

  test("does not blame a contact that a conflict list names, since it may be the profile in the way", () => {
    const body = success({ failCount: 1, failedUpdates: { conflictEmails: ["b@x.com"] } });
    expect(readAnswer(answer(200, body), KEYS)).toEqual({
      kind: "conflict",
      count: 1,
      suspects: new Set([1]),
    });
  });

  test.each([
    ["the contact's own", ["B@x.com"], [1]],
    ["its other identifier", ["u-3"], [2]],
    ["that of a profile which was not sent", ["owner@x.com"], []],
    ["one that two of the contacts carry", ["u-1"], [0, 1]],
  ])("suspects whom the name in a conflict list fits: %s", (_what, conflictEmails, suspects) => {
    const body = success({ failCount: 0, failedUpdates: { conflictEmails } });
    expect(readAnswer(answer(200, body), KEYS, ["u-1", "u-1", "u-3"])).toEqual({
      kind: "conflict",
      count: 1,
      suspects: new Set(suspects),
    });
  });

  test("calls a forgotten contact forgotten, in whichever other lists it is", () => {
    const failedUpdates = { invalidEmails: ["b@x.com"], forgottenEmails: ["b@x.com"] };
    const body = success({ failCount: 1, invalidEmails: ["b@x.com"], failedUpdates });
    expect(readAnswer(answer(200, body), KEYS)).toMatchObject({ refused: new Map([[1, "forgotten"]]) });
  });

  test("believes the deprecated lists of who is left over, and not that they are malformed", () => {
    const body = success({
      failCount: 1,
      invalidEmails: ["b@x.com"],
      failedUpdates: { forgottenEmails: [] },
    });
    expect(readAnswer(answer(200, body), KEYS)).toMatchObject({ refused: new Map([[1, "refused"]]) });
  });

  test.each([
    ["are listed and not counted", { successCount: 1, failCount: 0, noOpEmails: ["a@x.com", "b@x.com"] }],
    [
      "are listed and counted as failures",
      { successCount: 1, failCount: 2, noOpEmails: ["a@x.com", "b@x.com"] },
    ],
    ["are neither listed nor counted", { successCount: 0, failCount: 0 }],
    ["are counted twice", { successCount: 5, failCount: 0 }],
  ])("takes users that an update left as they were for delivered: they %s", (_what, body) => {
    expect(readAnswer(answer(200, { failedUpdates: {}, ...body }), KEYS)).toMatchObject({
      kind: "settled",
      refused: new Map(),
      hasOddCounts: true,
    });
  });

  test("does not take anybody for delivered where a list names somebody who was not sent", () => {
    const body = success({ failCount: 0, failedUpdates: { invalidDataEmails: ["stranger@x.com"] } });
    expect(readAnswer(answer(200, body), KEYS)).toEqual({ kind: "unattributed", reason: "refused" });
  });

  test("blames a contact that was sent alone for the conflict", () => {
    const body = success({ failCount: 1, failedUpdates: { conflictEmails: ["other@x.com"] } }, 1);
    expect(readAnswer(answer(200, body), ["a@x.com"])).toMatchObject({
      refused: new Map([[0, "identity_conflict"]]),
    });
  });

  test("does not guess whose failure it is that no list names", () => {
    const body = success({ failCount: 2, failedUpdates: { invalidEmails: ["b@x.com"] } });
    expect(readAnswer(answer(200, body), KEYS)).toEqual({ kind: "unattributed", reason: "refused" });
  });

  test.each([
    ["is HTML", "<html>Welcome to the hotel network</html>"],
    ["is cut off", '{"successCount":3,"failC'],
    ["has no counts", { msg: "", code: "Success", params: null }],
    ["is empty", ""],
  ])("counts nothing as delivered when the body %s", (_, body) => {
    expect(readAnswer(answer(200, body), KEYS)).toMatchObject({ kind: "unavailable" });
  });

  test("passes on created and filtered fields", () => {
    const body = success({ createdFields: ["new"], filteredOutFields: ["unknown"] });
    expect(readAnswer(answer(200, body), KEYS)).toMatchObject({
      createdFields: ["new"],
      filteredOutFields: ["unknown"],
    });
  });
});

describe("a bulk update answered with an error", () => {
  const mismatch = {
    msg: "Project 1: The request does not have the same data types…",
    code: "RequestFieldsTypesMismatched",
    params: {
      validationErrors: {
        size: { incomingTypes: ["string", "keyword"], expectedType: "long", offendingValue: "M" },
      },
    },
  };
  const malformed = {
    code: "BadJsonBody",
    params: { "obj.users[1].preferUserId": "Boolean value expected" },
  };
  const generic = { msg: "An error occurred.", code: "GenericError", params: null };

  test.each([
    [
      "429 with Retry-After",
      answer(429, { code: "RateLimitExceeded" }, 7000),
      { kind: "throttled", retryAfterMs: 7000 },
    ],
    ["429 without it", answer(429, "slow down"), { kind: "throttled", retryAfterMs: undefined }],
    ["500 GenericError", answer(500, generic), { kind: "generic" }],
    ["500 DatabaseError", answer(500, { code: "DatabaseError" }), { kind: "generic" }],
    ["502 HTML", answer(502, "<html>Bad gateway</html>"), { kind: "failing" }],
    ["408", answer(408, ""), { kind: "unavailable" }],
    ["413 JSON", answer(413, { code: "BatchTooLarge" }), { kind: "too_large" }],
    ["413 HTML", answer(413, "<html/>"), { kind: "too_large" }],
    ["400 BatchTooLarge", answer(400, { code: "BatchTooLarge" }), { kind: "too_large" }],
    ["400 type mismatch", answer(400, mismatch), { kind: "mismatch", fields: new Map([["size", "long"]]) }],
    ["400 BadJsonBody", answer(400, malformed), { kind: "malformed", rows: new Map([[1, "preferUserId"]]) }],
    [
      "400 BadJsonBody without a row",
      answer(400, { code: "BadJsonBody" }),
      { kind: "refused", reason: "malformed" },
    ],
    [
      "400 UniqueFieldsLimitExceeded",
      answer(400, { code: "UniqueFieldsLimitExceeded", params: { newFields: ["a", "b"] } }),
      { kind: "field_limit", fields: ["a", "b"] },
    ],
    [
      "400 with a code that nobody has heard of",
      answer(400, { ...mismatch, code: "error.project.neverHeardOf" }),
      { kind: "mismatch", fields: new Map([["size", "long"]]) },
    ],
    [
      "400 whose code goes on with an identifier",
      answer(400, { code: "InvalidEmailAddressError.ann@example.com" }),
      { kind: "refused", reason: "invalid_email" },
    ],
    [
      "500 whose code is an identifier",
      answer(500, { code: "ann@example.com" }),
      { kind: "generic", problem: "500 with an unknown code" },
    ],
    [
      "400 InvalidEmailAddressError",
      answer(400, { code: "InvalidEmailAddressError" }),
      { kind: "refused", reason: "invalid_email" },
    ],
    ["400 with code Success", answer(400, { code: "Success" }), { kind: "refused", reason: "refused" }],
    [
      "409 ForgottenUserError",
      answer(409, { code: "ForgottenUserError" }),
      { kind: "refused", reason: "forgotten" },
    ],
    ["409 without a body", answer(409, ""), { kind: "refused", reason: "identity_conflict" }],
    ["401", answer(401, { code: "BadApiKey", msg: "Invalid API key" }), { kind: "stop" }],
    ["401 with code Success", answer(401, { code: "Success", msg: "Invalid API key" }), { kind: "stop" }],
    ["403", answer(403, { code: "Forbidden" }), { kind: "stop" }],
    ["404 HTML", answer(404, "<title>Action not found</title>"), { kind: "stop" }],
    [
      "no answer",
      { kind: "lost", problem: "cut", transient: true } as const,
      { kind: "unavailable", problem: "cut" },
    ],
    ["no trust", { kind: "lost", problem: "certificate", transient: false } as const, { kind: "stop" }],
  ])("%s", (_, given, verdict) => {
    expect(readAnswer(given, KEYS)).toMatchObject(verdict);
  });

  test("a refused key is explained in the user's words, without the caller's address", () => {
    const body = {
      msg: "Disabled API key or insufficient privileges",
      code: "BadApiKey",
      params: { ip: "152.58.182.124", endpoint: "/api/users/bulkUpdate", apiKeyType: "ReadOnly" },
    };
    const verdict = readAnswer(answer(401, body), KEYS);
    expect(verdict).toMatchInlineSnapshot(`
      {
        "kind": "stop",
        "message": "the API key is not allowed to do this (401 BadApiKey): it is a key of type ReadOnly: it may be disabled or Read-only; create a Server-side key, not Read-only, under Integrations → API keys",
      }
    `);
    expect(JSON.stringify(verdict)).not.toContain("152.58");
  });
});
