import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { ConfigError } from "../connector/errors.js";
import type { Config } from "./config.js";

/** The folders that a run with these settings writes to, by the settings that name them. */
function foldersOf({ rejected_records, existing_contacts, previous_values }: Config): [string, string][] {
  return [
    ...(rejected_records.storage === "file"
      ? [["rejected_records.path", rejected_records.path] as [string, string]]
      : []),
    ...(existing_contacts.path === undefined || existing_contacts.method === "look_up"
      ? []
      : [["existing_contacts.path", existing_contacts.path] as [string, string]]),
    ...(previous_values.storage === "file"
      ? [["previous_values.path", previous_values.path] as [string, string]]
      : []),
  ];
}

/** Adds to a check the folders that a run could not make or write to, each with its setting and what to do. */
export async function withFolders(settings: Config, check: () => Promise<string>): Promise<string> {
  const [folders, [checked]] = await Promise.all([folderProblems(settings), Promise.allSettled([check()])]);
  if (folders.length === 0 && checked.status === "fulfilled") return checked.value;
  if (checked.status === "fulfilled") throw new ConfigError(folders.join("; "));
  if (folders.length === 0 || !(checked.reason instanceof ConfigError)) throw checked.reason;
  throw new ConfigError([checked.reason.message, ...folders].join("; "));
}

async function folderProblems(settings: Config): Promise<string[]> {
  const problems = await Promise.all(
    foldersOf(settings).map(async ([setting, path]) => {
      const problem = await problemOf(resolve(path));
      return problem === undefined ? [] : [`${setting} ("${path}"): ${problem}`];
    }),
  );
  return problems.flat();
}

/** What is in the way of writing there: the folder itself, or the nearest one above it that exists. */
async function problemOf(path: string): Promise<string | undefined> {
  try {
    if (!(await stat(path)).isDirectory()) return `"${path}" is a file: name a folder, or move the file away`;
    await access(path, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isMissing = code === "ENOENT" || code === "ENOTDIR";
    if (isMissing && dirname(path) !== path) return problemOf(dirname(path));
    return `nothing can be written in "${path}" (${code}): make it writable for this user, or name another folder`;
  }
}
