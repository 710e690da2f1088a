import { constants, type FileHandle, open } from "node:fs/promises";
import { Unusable } from "../errors.js";

/** The largest file that is read whole: a hundred times what a project writes. */
export const MOST_BYTES = 64 * 1024 * 1024;

export interface TextFile {
  readonly text: string;
  /** When it was last written to, in ms since 1970. */
  readonly touchedAt: number;
}

/**
 * Reads a file of the project. Whatever may stand in its place, nobody waits for it: throws Unusable where it is no file
 * (a pipe would keep whoever opens it) or larger than any of the project's, and what the system throws otherwise.
 */
export async function readText(path: string): Promise<string> {
  return (await readFileAt(path, (_file, bytes) => tooLarge(path, bytes))).text;
}

/** The same of a log, whose beginning and end are enough where it is too large. */
export function readEnds(path: string): Promise<TextFile> {
  return readFileAt(path, async (file, bytes) => {
    const half = MOST_BYTES / 2;
    const pieces = [await pieceOf(file, 0, half), await pieceOf(file, bytes - half, half)];
    return pieces.map((piece) => piece.toString("utf8")).join("\n");
  });
}

/** Opens a file for reading without waiting for a pipe's other end; `followsLinks` false: a symbolic link is ELOOP. */
export function openAtOnce(path: string, followsLinks = true): Promise<FileHandle> {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  return open(path, O_RDONLY | O_NONBLOCK | (followsLinks ? 0 : O_NOFOLLOW));
}

async function readFileAt(
  path: string,
  tooLong: (file: FileHandle, bytes: number) => Promise<string> | never,
): Promise<TextFile> {
  const file = await openAtOnce(path);
  try {
    const found = await file.stat();
    if (found.isDirectory()) throw Object.assign(new Error(`EISDIR: "${path}"`), { code: "EISDIR", path });
    if (!found.isFile()) throw new Unusable(`"${path}" is not a regular file: move it away`);
    const text = found.size > MOST_BYTES ? await tooLong(file, found.size) : await file.readFile("utf8");
    return { text, touchedAt: found.mtimeMs };
  } finally {
    await file.close();
  }
}

async function pieceOf(file: FileHandle, from: number, bytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, from);
  return buffer.subarray(0, bytesRead);
}

function tooLarge(path: string, bytes: number): never {
  const megabytes = Math.round(bytes / 1024 / 1024);
  throw new Unusable(`"${path}" has ${megabytes} MB, which no file of a project has: move it away`);
}
