/** Lines for whoever watches a run. No secret and no personal data may be handed to any of these. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export type LogLevel = keyof Log;

/**
 * Replaces every secret by asterisks. Short values are left alone: replacing them would only garble the text.
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const worthHiding = [...new Set(secrets)]
    .filter((secret) => secret.length >= 4)
    .sort((a, b) => b.length - a.length);
  return (text) => worthHiding.reduce((hidden, secret) => hidden.replaceAll(secret, "****"), text);
}

/** A log that redacts and hands each line to `print`. */
export function createLog(
  print: (level: LogLevel, message: string) => void,
  redact: (text: string) => string,
): Log {
  return {
    info: (message) => print("info", redact(message)),
    warn: (message) => print("warn", redact(message)),
    error: (message) => print("error", redact(message)),
  };
}
