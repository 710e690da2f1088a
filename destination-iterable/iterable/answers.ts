import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import type { LostReason } from "../accounting/reasons.js";
import { readBulkAnswer } from "./bulk-answer.js";
import { type Code, codeOf, explainRefusedKey, named, paramsOf, parse, texts } from "./codes.js";
import { type FieldType, fieldTypeOf } from "./field-types.js";
import type { Answer, Sent, Verdict } from "./verdict.js";

/** Reasons for requests that were refused as a whole, by Iterable's code. */
const REFUSALS: { readonly [code in Code]?: LostReason } = {
  InvalidEmailAddressError: "invalid_email",
  InvalidUserIdError: "invalid_user_id",
  ForgottenUserError: "forgotten",
  EmailAlreadyExists: "identity_conflict",
  UserIdAlreadyExists: "identity_conflict",
  ExternalKeyConflict: "identity_conflict",
  UnknownEmailError: "not_found",
  UnknownUserIdError: "not_found",
  BadJsonBody: "malformed",
  BadParams: "bad_params",
};

const WRONG_ADDRESS =
  "Iterable does not know the address of its bulk update: check advanced.base_url, which must be the API's address without a path";
const UNKNOWN_LIST =
  'the Iterable project has no static list with the id that list_id or "lists" gives: take ids from Audience → Lists';

/**
 * Reads the answer to a bulk update, or subscription. The status decides first; a success counts only when it is JSON
 * of the expected shape. What errors hold tells them apart, where it can: their codes are not all known.
 */
export function readAnswer(answer: Answer, sent: Sent): Verdict {
  if (answer.kind === "lost") {
    return answer.transient
      ? { kind: "unavailable", problem: answer.problem }
      : { kind: "stop", message: answer.problem };
  }
  const { status } = answer;
  const body = parse(answer.body);
  if (status >= 200 && status < 300) return readBulkAnswer(body, sent);
  switch (status) {
    case 429:
      return { kind: "throttled", retryAfterMs: answer.retryAfterMs };
    case 413:
      return { kind: "too_large" };
    case 401:
    case 403:
      return { kind: "stop", message: explainRefusedKey(status, body) };
    case 408:
      return { kind: "unavailable", problem: named(status, body) };
    case 500:
      return { kind: "generic", problem: named(status, body) };
    default:
      if (status > 500) return { kind: "failing", problem: named(status, body) };
      return readRefusal(status, body);
  }
}

/** An error that lies in what was sent. */
function readRefusal(status: number, body: JsonObject | undefined): Verdict {
  const code = codeOf(body);
  const { validationErrors, newFields } = paramsOf(body);
  if (isJsonObject(validationErrors)) return { kind: "mismatch", fields: expectedTypes(validationErrors) };
  if (code === "RequestFieldsTypesMismatched") return { kind: "mismatch", fields: new Map() };
  if (code === "UniqueFieldsLimitExceeded" || Array.isArray(newFields)) {
    return { kind: "field_limit", fields: texts(newFields) };
  }
  if (code === "BatchTooLarge") return { kind: "too_large" };
  if (isUnknownList(body)) return { kind: "stop", message: UNKNOWN_LIST };
  const rows = malformedRows(body);
  if (rows.size > 0) return { kind: "malformed", rows };
  if (status === 404 || status < 400) {
    return { kind: "stop", message: `${WRONG_ADDRESS} (${named(status, body)})` };
  }
  const reason = code && REFUSALS[code];
  return { kind: "refused", reason: reason ?? (status === 409 ? "identity_conflict" : "refused") };
}

/** Its code says Success (seen in the tests of Iterable's own client). */
function isUnknownList(body: JsonObject | undefined): boolean {
  return typeof body?.msg === "string" && body.msg.startsWith("error.lists.invalidListId");
}

function expectedTypes(errors: JsonObject): Map<string, FieldType> {
  const fields = new Map<string, FieldType>();
  for (const [field, error] of Object.entries(errors)) {
    if (isJsonObject(error)) fields.set(field, fieldTypeOf(error.expectedType));
  }
  return fields;
}

/** The rows that an invalid body is at fault with: `obj.users[1].preferUserId` (recorded). */
function malformedRows(body: JsonObject | undefined): Map<number, string> {
  const rows = new Map<number, string>();
  for (const path of Object.keys(paramsOf(body))) {
    const row = /^[^[\]]{0,50}(?:users|subscribers)\[(\d{1,9})\]\.?(.*)$/.exec(path);
    if (row) rows.set(Number(row[1]), row[2] ?? "");
  }
  return rows;
}
