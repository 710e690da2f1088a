import { isJsonObject, type JsonObject } from "../../protocol/message.js";

/** The codes of errors (API reference, IterableApiResponse). */
const CODES = [
  "Success",
  "BadApiKey",
  "BadAuthorizationHeader",
  "BadJsonBody",
  "BadParams",
  "BatchTooLarge",
  "DatabaseError",
  "EmailAlreadyExists",
  "ExternalKeyConflict",
  "Forbidden",
  "ForbiddenParamsError",
  "ForgottenUserError",
  "GenericError",
  "InvalidEmailAddressError",
  "InvalidJwtPayload",
  "InvalidUserIdError",
  "JwtUserIdentifiersMismatched",
  "NotFound",
  "QueueEmailError",
  "RateLimitExceeded",
  "RequestFieldsTypesMismatched",
  "Unauthorized",
  "UniqueFieldsLimitExceeded",
  "UnknownEmailError",
  "UnknownUserIdError",
  "UserIdAlreadyExists",
] as const;
export type Code = (typeof CODES)[number];

/** The documented code of an answer. Anything else that stands there is nobody's to repeat: it may name a contact. */
export function codeOf(body: JsonObject | undefined): Code | undefined {
  const code = body?.code;
  return typeof code === "string" ? CODES.find((known) => code.split(".")[0] === known) : undefined;
}

/** The types of keys, as Iterable calls them. */
const KEY_TYPES = ["ServerSide", "ReadOnly", "Mobile", "JavaScript", "Javascript", "Web", "Standard"];

/** The status with the code, for people. */
export function named(status: number, body: JsonObject | undefined): string {
  const code = codeOf(body) ?? (typeof body?.code === "string" ? "with an unknown code" : undefined);
  return code ? `${status} ${code}` : String(status);
}

/** What an error says beside its code. */
export function paramsOf(body: JsonObject | undefined): JsonObject {
  return isJsonObject(body?.params) ? body.params : {};
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

/** The texts of a list; none where it is no list. */
export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

/** Why a key was refused (401, 403), and what to do, from Iterable's own words. */
export function explainRefusedKey(status: number, body: JsonObject | undefined): string {
  const type = KEY_TYPES.find((known) => known === paramsOf(body).apiKeyType);
  const kind = type && !/server/i.test(type) ? ` it is a key of type ${type}:` : "";
  if (typeof body?.msg === "string" && /insufficient|forbidden|disabled/i.test(body.msg)) {
    return `the API key is not allowed to do this (${named(status, body)}):${kind} it may be disabled or Read-only; create a Server-side key, not Read-only, under Integrations → API keys`;
  }
  return `Iterable refused the API key (${named(status, body)}): copy it again, or create a Server-side key, not Read-only, under Integrations → API keys; and check data_center: a key works in its own data center alone`;
}
