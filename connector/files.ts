import { readFile } from "node:fs/promises";
import type { ZodType } from "zod";
import { ConfigError, messageOf } from "./errors.js";
import type { ParsedConfig } from "./spec.js";

/** The text of a file that the command line names. Throws ConfigError saying why it cannot be read. */
export async function readText(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw unreadable(path, what, error);
  }
}

/** Why a file that the command line names cannot be read, and what to do. */
export function unreadable(path: string, what: string, error: unknown): ConfigError {
  return new ConfigError(`the ${what} file "${path}": ${explain((error as NodeJS.ErrnoException).code)}`);
}

function explain(code: string | undefined): string {
  switch (code) {
    case "ENOENT":
      return "there is no such file";
    case "EISDIR":
      return "it is a folder";
    case "EACCES":
      return "this process may not read it; change the permissions of the file and of its folders for the user that runs it, with chmod or chown (in the images that is user 1000: chown 1000)";
    default:
      return `it cannot be read (${code})`;
  }
}

/** The JSON in a file that the command line names. Throws ConfigError naming the place of a mistake, never its text. */
export async function readJson(path: string, what: string): Promise<unknown> {
  const text = await readText(path, what);
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    // The engine's own message quotes the text around the mistake, which may be a secret.
    const position = /position (\d+)/.exec(messageOf(error))?.[1];
    const before = position === undefined ? undefined : text.slice(0, Number(position)).split("\n");
    const place = before ? ` (line ${before.length}, column ${(before.at(-1) as string).length + 1})` : "";
    throw new ConfigError(`the ${what} file "${path}" is not valid JSON${place}`);
  }
}

/** The settings in a configuration file and in the environment. Without a file, the environment has to hold them all. */
export async function readConfig<Config>(
  connector: { readonly config: ZodType<Config>; readonly environmentPrefix: string },
  path: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ParsedConfig<Config>> {
  const file = path === undefined ? {} : await readJson(path, "configuration");
  const { parseConfig } = await import("./spec.js");
  return parseConfig(connector.config, file, connector.environmentPrefix, environment);
}
