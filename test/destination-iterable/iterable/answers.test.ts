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
      hasOddCounts: false,
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

  test.each(["invalidEmails", "invalidUserIds"])(
    "believes the deprecated list %s of who is left over, and not that they are malformed",
    (list) => {
      const body = success({
        failCount: 1,
        [list]: ["b@x.com"],
        failedUpdates: { forgottenEmails: [] },
      });
      expect(readAnswer(answer(200, body), KEYS)).toMatchObject({ refused: new Map([[1, "refused"]]) });
    },
  );

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

  test.each([
    [
      "nobody is counted as failed",
      { failCount: 0, failedUpdates: { conflictEmails: ["other@x.com"] } },
      "identity_conflict",
    ],
    [
      "the list names somebody else",
      { failCount: 1, failedUpdates: { forgottenEmails: ["other@x.com"] } },
      "forgotten",
    ],
    [
      "more are counted than were sent",
      { failCount: 2, failedUpdates: { forgottenEmails: ["a@x.com"] } },
      "forgotten",
    ],
    ["no list names anybody", { failCount: 1 }, "refused"],
  ])("blames a contact that was sent alone, even where %s", (_what, overrides, reason) => {
    expect(readAnswer(answer(200, success(overrides, 1)), ["a@x.com"])).toMatchObject({
      kind: "settled",
      refused: new Map([[0, reason]]),
    });
  });

  test("blames everybody for a conflict where everybody failed, but for those whose reason is known", () => {
    const failedUpdates = { conflictEmails: ["x@x.com", "y@x.com"], forgottenEmails: ["b@x.com"] };
    expect(readAnswer(answer(200, success({ failCount: 3, failedUpdates })), KEYS)).toMatchObject({
      kind: "settled",
      refused: new Map([
        [0, "identity_conflict"],
        [1, "forgotten"],
        [2, "identity_conflict"],
      ]),
    });
  });

  test("reads the deprecated lists as malformed identifiers where there are no others", () => {
    const body = { successCount: 1, failCount: 2, invalidEmails: ["a@x.com"], invalidUserIds: ["u-3"] };
    expect(readAnswer(answer(200, body), KEYS, ["u-1", "u-2", "u-3"])).toMatchObject({
      kind: "settled",
      refused: new Map([
        [0, "invalid_email"],
        [2, "invalid_user_id"],
      ]),
    });
  });

  test("does not know whose failure it is where a deprecated list names somebody who was not sent", () => {
    const body = success({ failCount: 1, invalidEmails: ["stranger@x.com"] });
    expect(readAnswer(answer(200, body), KEYS)).toEqual({ kind: "unattributed", reason: "refused" });
  });

  test.each([
    ["exactly before by its folded form", ["Ab", "ab"], "ab", 1],
    ["without white space around it", KEYS, " c@x.com ", 2],
    ["in lower case, which keeps letters apart that are one in upper case", ["ss", "ß"], " ß", 1],
  ])("finds whom an identifier means %s", (_what, keys, identifier, index) => {
    const body = success({ failCount: 1, failedUpdates: { forgottenUserIds: [identifier] } }, keys.length);
    expect(readAnswer(answer(200, body), keys)).toMatchObject({ refused: new Map([[index, "forgotten"]]) });
  });

  test("does not guess whose failure it is that no list names", () => {
    const body = success({ failCount: 2, failedUpdates: { invalidEmails: ["b@x.com"] } });
    expect(readAnswer(answer(200, body), KEYS)).toEqual({ kind: "unattributed", reason: "refused" });
  });

  test.each([
    ["is HTML", "<html>Welcome to the hotel network</html>"],
    ["is cut off", '{"successCount":3,"failC'],
    ["has no counts", { msg: "", code: "Success", params: null }],
    ["counts failures alone", { failCount: 0 }],
    ["counts successes alone", { successCount: 3 }],
    ["is empty", ""],
  ])("counts nothing as delivered when the body %s", (_, body) => {
    expect(readAnswer(answer(200, body), KEYS)).toEqual({
      kind: "unavailable",
      problem: "200 without the counts of a bulk update",
    });
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
    [
      "400 with code Success",
      answer(400, { code: "Success", msg: "error.other" }),
      { kind: "refused", reason: "refused" },
    ],
    [
      "409 ForgottenUserError",
      answer(409, { code: "ForgottenUserError" }),
      { kind: "refused", reason: "forgotten" },
    ],
    [
      "400 type mismatch that names no field",
      answer(400, { code: mismatch.code }),
      { kind: "mismatch", fields: new Map() },
    ],
    [
      "400 type mismatch with a field that nothing is said of",
      answer(400, { params: { validationErrors: { size: null, age: { expectedType: "long" } } } }),
      { kind: "mismatch", fields: new Map([["age", "long"]]) },
    ],
    [
      "400 UniqueFieldsLimitExceeded that names no field",
      answer(400, { code: "UniqueFieldsLimitExceeded" }),
      { kind: "field_limit", fields: [] },
    ],
    [
      "400 with new fields and a code that nobody has heard of",
      answer(400, { code: "error.neverHeardOf", params: { newFields: ["a"] } }),
      { kind: "field_limit", fields: ["a"] },
    ],
    [
      "400 for a list that is not there",
      answer(400, { msg: "error.lists.invalidListId.42", code: "Success" }),
      { kind: "stop", message: expect.stringContaining("list_id") },
    ],
    [
      "400 for several rows, one as a whole",
      answer(400, { code: "BadJsonBody", params: { "obj.subscribers[12]": "", "obj.users[3].email": "" } }),
      {
        kind: "malformed",
        rows: new Map([
          [12, ""],
          [3, "email"],
        ]),
      },
    ],
    [
      "400 for what is in no row",
      answer(400, { code: "BadJsonBody", params: { "obj.createNewFields": "", "obj.x[1].users[1]": "" } }),
      { kind: "refused", reason: "malformed" },
    ],
    [
      "302 to somewhere else",
      answer(302, ""),
      { kind: "stop", message: expect.stringContaining("base_url") },
    ],
    ["300", answer(300, ""), { kind: "stop" }],
    ["a status that is none", answer(199, success()), { kind: "stop" }],
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
