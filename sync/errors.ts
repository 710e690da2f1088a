/** What this program ends with. A signal that stopped it is passed on instead: it dies by that signal. */
export const EXIT = { done: 0, failed: 1, unusable: 2, busy: 3 } as const;

/** The command line, the project folder, its settings or its state have to be corrected. The message says what, and how. */
export class Unusable extends Error {
  override readonly name = "Unusable";
}

/** Another run of this project is under way. */
export class Busy extends Error {
  override readonly name = "Busy";
}

/** Something that may pass by itself, such as a full disk, keeps the program from its work. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
}

/** What the program ends with after `error`, where the error was foreseen and its message written for the user. */
export function exitOf(error: unknown): number | undefined {
  if (error instanceof Unusable) return EXIT.unusable;
  if (error instanceof Unavailable) return EXIT.failed;
  return error instanceof Busy ? EXIT.busy : undefined;
}

/** System calls that fail for a reason outside of this program: what is wrong, and what to do about it. */
const BY_ITSELF: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full. Free some space",
  EDQUOT: "the disk quota is used up. Free some space",
  EIO: "the disk fails. Check it",
  ESTALE: "the network folder was mounted anew. Try again",
  EMFILE: "too many files are open. Raise the limit (ulimit -n)",
  ENFILE: "too many files are open on this machine. Try again later",
  ETIMEDOUT: "the network folder does not answer. Try again later",
};
const BY_SOMEBODY: Readonly<Record<string, string>> = {
  EROFS: "the file system is mounted read-only. Mount it writable",
  EACCES: permissionHint("the project's folder, with all that is in it,"),
  EPERM: permissionHint("the project's folder, with all that is in it,"),
  ENOTDIR: "a file stands where a folder belongs. Move it away",
  EISDIR: "a folder stands where a file belongs. Move it away",
  ELOOP: "its symbolic links lead in a circle. Correct them",
  ENAMETOOLONG: "the path is too long. Move the project's folder",
};

/** A failed call to the file system as an error that tells people what to do; any other error as it is. */
export function explained(error: unknown): unknown {
  const code = codeOf(error) ?? "";
  const { path, dest } = (error ?? {}) as { readonly path?: string; readonly dest?: string };
  const place = dest ?? path;
  const subject = place === undefined ? "the project's folder" : `"${place}"`;
  if (code in BY_ITSELF) return new Unavailable(`Cannot use ${subject}: ${BY_ITSELF[code]}.`);
  // Without a path it need not be a file at all: a process that may not be started, a port that may not be taken.
  if (code in BY_SOMEBODY && place !== undefined)
    return new Unusable(`Cannot use ${subject}: ${BY_SOMEBODY[code]}.`);
  return error;
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The code of a failed system call, such as ENOENT. */
export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

/** What to do about a file or folder that this process may not use. */
export function permissionHint(what: string): string {
  return `this process lacks the permissions; give ${what} to the user that runs it with chmod or chown (in a container: chown 1000)`;
}
