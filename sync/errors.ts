/** What this program ends with. A signal that stopped it is passed on instead: it dies by that signal. */
export const EXIT = { done: 0, failed: 1, unusable: 2, busy: 3 } as const;

/** The command line, the project folder or its state has to be corrected. The message says what, and how. */
export class Unusable extends Error {
  override readonly name = "Unusable";
}

/** Another run of this project is under way. */
export class Busy extends Error {
  override readonly name = "Busy";
}

/** What the program ends with after `error`, where the error was foreseen and its message written for the user. */
export function exitOf(error: unknown): number | undefined {
  if (error instanceof Unusable) return EXIT.unusable;
  return error instanceof Busy ? EXIT.busy : undefined;
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
