import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import type { LostReason } from "../accounting/reasons.js";
import { knownCode, knownKeyType, nameOfAnswer } from "./codes.js";
import { type FieldType, isFieldType } from "./field-types.js";

/** What one attempt brought back from the wire. */
export type Answer =
  | {
      readonly kind: "status";
      readonly status: number;
      readonly body: string;
      readonly retryAfterMs: number | undefined;
    }
  | { readonly kind: "lost"; readonly problem: string; readonly transient: boolean };

/** What an answer to `users/bulkUpdate` or `lists/subscribe` means for the contacts that were sent. */
export type Verdict =
  /** Every contact is accounted for: those of `refused` (by position) were not updated, all others were. */
  | {
      readonly kind: "settled";
      readonly refused: ReadonlyMap<number, LostReason>;
      readonly createdFields: readonly string[];
      readonly filteredOutFields: readonly string[];
    }
  /** Some contacts failed, and the answer does not say which. */
  | { readonly kind: "unattributed"; readonly reason: LostReason }
  /** The request as a whole is refused because of something in it. */
  | { readonly kind: "refused"; readonly reason: LostReason }
  | { readonly kind: "too_large" }
  | { readonly kind: "mismatch"; readonly fields: ReadonlyMap<string, FieldType> }
  /** The contacts at these positions are malformed. */
  | { readonly kind: "malformed"; readonly rows: ReadonlyMap<number, string> }
  | { readonly kind: "throttled"; readonly retryAfterMs: number | undefined }
  /** Iterable's catch-all failure, which some requests meet again and again. */
  | { readonly kind: "generic"; readonly problem: string }
  | { readonly kind: "unavailable"; readonly problem: string }
  /** Nothing that is sent with this configuration can succeed. */
  | { readonly kind: "stop"; readonly message: string };

/** Iterable's lists of failures whose entries are the very identifiers that were sent, and our names for them. */
const FAILURE_LISTS: Readonly<Record<string, LostReason>> = {
  invalidEmails: "invalid_email",
  invalidUserIds: "invalid_user_id",
  notFoundEmails: "not_found",
  notFoundUserIds: "not_found",
  invalidDataEmails: "invalid_data",
  invalidDataUserIds: "invalid_data",
  forgottenEmails: "forgotten",
  forgottenUserIds: "forgotten",
};

/** Lists that may name the profile which stood in the way instead of the contact that was sent. */
const CONFLICT_LISTS = ["conflictEmails", "conflictUserIds"];

/** Reasons for requests that were refused as a whole, by Iterable's code. */
const REFUSALS: Readonly<Record<string, LostReason>> = {
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

/**
 * Reads the answer to a bulk update, or subscription, of the contacts with these keys (identifiers as sent, in their order).
 * The status decides first; an answer of 200 counts only when its JSON accounts for every contact.
 */
export function readAnswer(answer: Answer, keys: readonly string[]): Verdict {
  if (answer.kind === "lost") {
    return answer.transient
      ? { kind: "unavailable", problem: answer.problem }
      : { kind: "stop", message: answer.problem };
  }
  const { status } = answer;
  const body = parse(answer.body);
  const code = knownCode(body);
  const named = nameOfAnswer(status, body);
  if (status === 200) return readSuccess(body, keys);
  if (status === 429) return { kind: "throttled", retryAfterMs: answer.retryAfterMs };
  if (status === 413 || code === "BatchTooLarge") return { kind: "too_large" };
  if (status === 401 || status === 403) return { kind: "stop", message: explainRefusedKey(status, body) };
  if (status >= 500) {
    return code === "GenericError"
      ? { kind: "generic", problem: named }
      : { kind: "unavailable", problem: named };
  }
  if (status === 408) return { kind: "unavailable", problem: named };
  if (code === "RequestFieldsTypesMismatched") return readMismatch(body);
  if (isUnknownList(body)) return { kind: "stop", message: UNKNOWN_LIST };
  if (code === "UniqueFieldsLimitExceeded") return { kind: "stop", message: FIELD_LIMIT };
  if (code === "BadJsonBody") return readMalformed(body);
  if (status === 404 || status < 400) return { kind: "stop", message: `${WRONG_ADDRESS} (${named})` };
  return {
    kind: "refused",
    reason:
      (code === undefined ? undefined : REFUSALS[code]) ?? (status === 409 ? "identity_conflict" : "refused"),
  };
}

const WRONG_ADDRESS =
  "Iterable does not know the address of its bulk update: check advanced.base_url, which must be the API's address without a path";
const UNKNOWN_LIST =
  "the Iterable project has no static list with the id in list_id: take the id from Audience → Lists, or leave list_id out";
const FIELD_LIMIT =
  "the Iterable project has reached its limit of fields (UniqueFieldsLimitExceeded): set create_new_fields to false, or map to fields that exist";

/** Its code says Success (seen in the tests of Iterable's own client). */
function isUnknownList(body: JsonObject | undefined): boolean {
  return typeof body?.msg === "string" && body.msg.startsWith("error.lists.invalidListId");
}

/** Why a key was refused (401, 403), and what to do, from Iterable's own words. */
export function explainRefusedKey(status: number, body: JsonObject | undefined): string {
  const named = nameOfAnswer(status, body);
  const type = knownKeyType(isJsonObject(body?.params) ? body.params.apiKeyType : undefined);
  const kind = type && !/server/i.test(type) ? ` it is a key of type ${type}:` : "";
  if (typeof body?.msg === "string" && /insufficient|forbidden|disabled/i.test(body.msg)) {
    return `the API key is not allowed to do this (${named}):${kind} it may be disabled or Read-only; create a Server-side key, not Read-only, under Integrations → API keys`;
  }
  return `Iterable refused the API key (${named}): copy it again, or create a Server-side key, not Read-only, under Integrations → API keys; and check data_center: a key works in its own data center alone`;
}

function readSuccess(body: JsonObject | undefined, keys: readonly string[]): Verdict {
  const { successCount, failCount } = body ?? {};
  if (!body || typeof successCount !== "number" || typeof failCount !== "number") {
    return { kind: "unavailable", problem: "200 without the counts of a bulk update" };
  }
  if (successCount + failCount !== keys.length) {
    return { kind: "unavailable", problem: "200 that does not account for every contact" };
  }
  const lists = isJsonObject(body.failedUpdates) ? body.failedUpdates : {};
  if (CONFLICT_LISTS.some((name) => texts(lists[name]).length > 0)) {
    if (keys.length > 1) return { kind: "unattributed", reason: "identity_conflict" };
    return settled(body, new Map([[0, "identity_conflict"]]));
  }
  const refused = new Map<number, LostReason>();
  if (failCount > 0) {
    const alone = keys.length === 1;
    const find = finder(keys);
    for (const [name, reason] of Object.entries(FAILURE_LISTS)) {
      for (const identifier of [...texts(lists[name]), ...texts(body[name])]) {
        const index = alone ? 0 : find(identifier);
        if (index !== undefined && !refused.has(index)) refused.set(index, reason);
      }
    }
    if (alone && refused.size === 0) refused.set(0, "refused");
  }
  if (refused.size !== failCount) return { kind: "unattributed", reason: "refused" };
  return settled(body, refused);
}

/** Finds the position of an identifier: as it was sent, else by its form in lower case where that is only one's. */
function finder(keys: readonly string[]): (identifier: string) => number | undefined {
  const exact = new Map(keys.map((key, index) => [key, index]));
  const folded = new Map<string, number | undefined>();
  for (const [index, key] of keys.entries()) {
    const fold = key.trim().toLowerCase();
    folded.set(fold, folded.has(fold) ? undefined : index);
  }
  return (identifier) => exact.get(identifier) ?? folded.get(identifier.trim().toLowerCase());
}

function settled(body: JsonObject, refused: ReadonlyMap<number, LostReason>): Verdict {
  return {
    kind: "settled",
    refused,
    createdFields: texts(body.createdFields),
    filteredOutFields: texts(body.filteredOutFields),
  };
}

function readMismatch(body: JsonObject | undefined): Verdict {
  const params = isJsonObject(body?.params) ? body.params : {};
  const errors = isJsonObject(params.validationErrors) ? params.validationErrors : {};
  const fields = new Map<string, FieldType>();
  for (const [field, error] of Object.entries(errors)) {
    if (!isJsonObject(error)) continue;
    fields.set(field, isFieldType(error.expectedType) ? error.expectedType : "unknown");
  }
  return { kind: "mismatch", fields };
}

function readMalformed(body: JsonObject | undefined): Verdict {
  const rows = new Map<number, string>();
  for (const path of Object.keys(isJsonObject(body?.params) ? body.params : {})) {
    const row = /^[^[\]]{0,50}users\[(\d{1,9})\]\.?(.*)$/.exec(path);
    if (row) rows.set(Number(row[1]), row[2] ?? "");
  }
  return rows.size > 0 ? { kind: "malformed", rows } : { kind: "refused", reason: "malformed" };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

/** The JSON object in a body; undefined for HTML and the like. */
export function parse(body: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
