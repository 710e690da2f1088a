import type { JsonObject } from "../../protocol/message.js";

/** Iterable's error codes (its API reference, and what others recorded); a text of anybody else may name somebody. */
const CODES = new Set([
  ...["BadApiKey", "BadAuthorizationHeader", "BadJsonBody", "BadParams", "BatchTooLarge", "DatabaseError"],
  ...[
    "EmailAlreadyExists",
    "ExternalKeyConflict",
    "ForbiddenParamsError",
    "ForgottenUserError",
    "GenericError",
  ],
  ...["InvalidApiKey", "InvalidEmailAddressError", "InvalidJwtPayload", "InvalidUserIdError"],
  ...["JwtUserIdentifiersMismatched", "QueueEmailError", "RateLimitExceeded", "RequestFieldsTypesMismatched"],
  ...[
    "Success",
    "UniqueFieldsLimitExceeded",
    "UnknownEmailError",
    "UnknownUserIdError",
    "UserIdAlreadyExists",
  ],
]);
const KEY_TYPES = new Set([
  "ServerSide",
  "ReadOnly",
  "Mobile",
  "JavaScript",
  "Javascript",
  "Web",
  "Standard",
]);

/** The code of an answer, where it is one of Iterable's own. */
export function knownCode(body: JsonObject | undefined): string | undefined {
  return typeof body?.code === "string" && CODES.has(body.code) ? body.code : undefined;
}

/** How an answer is told of: its status, and its code where that is safe to quote. */
export function nameOfAnswer(status: number, body: JsonObject | undefined): string {
  const code = knownCode(body) ?? (typeof body?.code === "string" ? "with an unknown code" : undefined);
  return code === undefined ? String(status) : `${status} ${code}`;
}

/** The type of a key as Iterable calls it. */
export function knownKeyType(type: unknown): string | undefined {
  return typeof type === "string" && KEY_TYPES.has(type) ? type : undefined;
}
