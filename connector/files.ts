import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { ZodType } from "zod";
import { isJsonObject, type JsonObject } from "../protocol/message.js";
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

/** Levels of a file that somebody has written: what is deeper is no configuration and no catalog. */
const MAX_DEPTH = 200;

/** The line where JSON is nested deeper than it may be; undefined where it is nowhere. */
function lineOfDepth(text: string): number | undefined {
  let depth = 0;
  let line = 1;
  let isInText = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === "\n") line += 1;
    if (isInText) {
      if (character === "\\") at += 1;
      else if (character === '"') isInText = false;
    } else if (character === '"') isInText = true;
    else if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") depth -= 1;
    if (depth > MAX_DEPTH) return line;
  }
  return undefined;
}

/** The JSON in a file that the command line names. Throws ConfigError naming the place of a mistake, never its text. */
export async function readJson(path: string, what: string): Promise<unknown> {
  const text = await readText(path, what);
  const line = lineOfDepth(text);
  if (line !== undefined) {
    throw new ConfigError(
      `the ${what} file "${path}" is nested deeper than ${MAX_DEPTH} levels (line ${line})`,
    );
  }
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

/** In place of a configuration file: the environment alone (Meltano SDK). */
const ENVIRONMENT = "ENV";

/**
 * The settings in configuration files and in the environment: of several files the later wins, member by member, and
 * what none has comes from the environment.
 */
export async function readConfig<Config>(
  connector: { readonly config: ZodType<Config>; readonly environmentPrefix: string },
  paths: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ParsedConfig<Config>> {
  let settings: unknown = {};
  for (const path of paths.filter((one) => one !== ENVIRONMENT)) {
    settings = merged(settings, await readJson(path, "configuration"));
  }
  const { parseConfig } = await import("./spec.js");
  return parseConfig(connector.config, settings, connector.environmentPrefix, environment, readSecret);
}

function merged(earlier: unknown, later: unknown): unknown {
  if (!isJsonObject(earlier) || !isJsonObject(later)) return later;
  const both = Object.entries(later).map(([name, value]) => [name, merged(own(earlier, name), value)]);
  return { ...earlier, ...Object.fromEntries(both) };
}

const own = (object: JsonObject, name: string): unknown =>
  Object.hasOwn(object, name) ? object[name] : undefined;

/** The text of a file that a variable names, without the newline at its end. */
function readSecret(path: string, variable: string): string {
  try {
    return readFileSync(path, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    throw unreadable(path, variable, error);
  }
}
