import { codeOf, Unusable } from "../errors.js";
import { makeFile, writeAtomically } from "./atomic.js";
import { openAtOnce } from "./text-file.js";

/** How a page says that it was made here. */
export const PAGE_MARK = '<meta name="generator" content="flowcode-iterable">';
/** The mark stands within so many bytes. */
const HEAD_BYTES = 1_000;

/**
 * Writes a file with a mark near its beginning, in place of an older one of the same mark. Throws Unusable where another
 * file stands there: it is somebody's own.
 */
export async function replaceMarked(path: string, text: string, mark: string, mode?: number): Promise<void> {
  try {
    await makeFile(path, text, mode);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    if (!(await isMarked(path, mark)))
      throw new Unusable(`"${path}" is there already, and was not made by this command: name another file`);
    await writeAtomically(path, text, undefined, mode);
  }
}

async function isMarked(path: string, mark: string): Promise<boolean> {
  const file = await openAtOnce(path, false).catch(() => undefined);
  try {
    if (!(await file?.stat())?.isFile()) return false;
    const read = await file?.read({ buffer: Buffer.alloc(HEAD_BYTES) });
    return read?.buffer.toString().includes(mark) ?? false;
  } finally {
    await file?.close();
  }
}

/** What no project folder should bring into a repository: secrets, personal data, and what changes with each run. */
const IGNORED = `# Made by flowcode-iterable. Change it as you like: it is not written again.
flowcode-iterable.json
runs/
state/
rejects/
existing/
previous/
scheduler.json
fields.json
report-*.html
.work-*/
.*.draft
`;

/** Keeps a project's folder out of repositories; an own .gitignore stays as it is. */
export async function keepOutOfRepositories(path: string): Promise<void> {
  await makeFile(path, IGNORED).catch((error: unknown) => {
    if (codeOf(error) !== "EEXIST") throw error;
  });
}
