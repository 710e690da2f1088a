import { InvalidCatalog } from "../protocol/catalog.js";
import { InvalidLine } from "../protocol/lines.js";
import { InvalidMessage } from "../protocol/message.js";
import { InvalidState } from "../protocol/state.js";

/** How one recovers from a failure, in Airbyte's words. */
export type FailureType = "config_error" | "transient_error" | "system_error";

/** Somebody has to change the configuration, the catalog or the state. The message says what, and how. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Nothing is wrong that time would not heal: running again is safe and may succeed. */
export class TransientError extends Error {
  override readonly name = "TransientError";
}

/** The other end of a pipe or of a connection said something that its protocol does not allow. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/** How one recovers from `error`. Whatever is not known here is a bug, and so a system error. */
export function failureType(error: unknown): FailureType {
  if (error instanceof ConfigError || error instanceof InvalidCatalog || error instanceof InvalidState) {
    return "config_error";
  }
  return error instanceof TransientError ? "transient_error" : "system_error";
}

/** Whether the message was written for the user, so that a stack trace would only be in the way. */
export function isExplained(error: unknown): boolean {
  return (
    failureType(error) !== "system_error" ||
    error instanceof ProtocolError ||
    error instanceof InvalidLine ||
    error instanceof InvalidMessage
  );
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
