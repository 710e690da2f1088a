import { ConfigError, TransientError } from "../../connector/errors.js";
import { HeldTooLong, HttpStatusError, NetworkError } from "../../http/errors.js";
import { explainRefusedKey, parse } from "./codes.js";

export const NOT_ITERABLE =
  "what answers at the configured address is not Iterable's API: check advanced.base_url and the proxy, or leave base_url out";

/** Iterable fails to read this profile again and again, and reads others meanwhile. */
export class UnreadableProfile extends TransientError {}

/** Nobody has this identifier. Of an email that Iterable takes for one, a success says so; of all others, an error. */
export class NoSuchUser extends Error {}

/** The code says so, whatever the status: recorded as 400 for an address, and reported as 500 for a user id. */
function isNoSuchUser({ body }: HttpStatusError): boolean {
  return body.includes("error.users.noUserWithIdExists") || parse(body)?.code === "InvalidEmailAddressError";
}

/** A success whose body is not Iterable's: a proxy's page, which passes, or a wrong address, which does not. */
export class NotIterable extends Error {}

export function isTransient(error: unknown): boolean {
  if (error instanceof NotIterable) return true;
  if (error instanceof NetworkError) return error.isTransient;
  return (
    error instanceof HttpStatusError &&
    !isNoSuchUser(error) &&
    (error.status === 429 || error.status === 408 || error.status >= 500)
  );
}

/** The path as it may be told: not whom it asks for. */
export function withoutIdentifier(path: string): string {
  return path.replace(/\?.*|(?<=byUserId)\/.*/, "");
}

/** A failed read as an error that says what to do. */
export function explainRead(error: unknown, path: string): unknown {
  if (error instanceof NetworkError) {
    return error.isTransient ? new TransientError(error.message) : new ConfigError(error.message);
  }
  if (error instanceof HeldTooLong) return new TransientError(`Iterable ${error.message}`);
  if (error instanceof NotIterable) return new ConfigError(NOT_ITERABLE);
  if (!(error instanceof HttpStatusError)) return error;
  if (isNoSuchUser(error)) return new NoSuchUser();
  const { status } = error;
  if (status === 401 || status === 403)
    return new RefusedKey(explainRefusedKey(status, parse(error.body)), error.body);
  // What follows may be somebody's identifier.
  const where = withoutIdentifier(path);
  if (isTransient(error)) {
    return new TransientError(
      `Iterable did not answer ${where} (${status}), however often it was asked: run again later`,
    );
  }
  return new ConfigError(`${NOT_ITERABLE} (${where} answered ${status})`);
}

/** Iterable does not accept the key, or not for this. */
export class RefusedKey extends ConfigError {
  /** Whether Iterable knows the key, so that only its type or its state is wrong. */
  readonly isKnown: boolean;
  constructor(message: string, body: string) {
    super(message);
    this.isKnown = /insufficient|forbidden/i.test(String(parse(body)?.msg));
  }
}
