import { createHash, type Hash, randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { createProfileTable, type ProfileTable } from "./profile-table.js";

/** What is known of a project's profiles, and as of when. */
export interface KeptSnapshot {
  readonly table: ProfileTable;
  /** When the newest export that is in it began, in ms since 1970. */
  readonly at: number;
  /** When the export of everything began. */
  readonly fullAt: number;
}

/** What the snapshot was made for: another mapping, project or key makes another. */
export interface Purpose {
  readonly fingerprint: string;
  /** Words of a profile's mask. */
  readonly words: number;
}

export type Found =
  | { readonly kind: "found"; readonly snapshot: KeptSnapshot }
  | { readonly kind: "none" }
  /** Made for something else, or damaged. */
  | { readonly kind: "unusable"; readonly reason: "other_purpose" | "damaged" };

const NAME = "profiles.snapshot";
const MAGIC = "flowcode-iterable snapshot 1";
const MAX_HEADER_BYTES = 4096;
const CHUNK_BYTES = 1024 * 1024;
const CHECKSUM_BYTES = 32;

/** Reads the snapshot that is kept in a folder. Layout: a line of JSON, the table's entries, SHA-256 of all before. */
export async function readSnapshot(folder: string, purpose: Purpose): Promise<Found> {
  const file = await open(join(folder, NAME), "r").catch(() => undefined);
  if (!file) return { kind: "none" };
  try {
    return await readFrom(file, purpose);
  } catch {
    return { kind: "unusable", reason: "damaged" };
  } finally {
    await file.close();
  }
}

async function readFrom(file: FileHandle, { fingerprint, words }: Purpose): Promise<Found> {
  const damaged: Found = { kind: "unusable", reason: "damaged" };
  const { size } = await file.stat();
  const start = Buffer.alloc(Math.min(MAX_HEADER_BYTES, size));
  await readFully(file, start, 0);
  const end = start.indexOf("\n");
  if (end === -1) return damaged;
  const header = JSON.parse(start.toString("utf8", 0, end));
  if (header.format !== MAGIC) return damaged;
  if (header.fingerprint !== fingerprint || header.words !== words)
    return { kind: "unusable", reason: "other_purpose" };
  const { at, full_at: fullAt, profiles } = header;
  const width = (2 + words) * Uint32Array.BYTES_PER_ELEMENT;
  const bodyStart = end + 1;
  if (![at, fullAt, profiles].every(Number.isSafeInteger)) return damaged;
  if (size !== bodyStart + profiles * width + CHECKSUM_BYTES) return damaged;
  const hash = createHash("sha256").update(start.subarray(0, bodyStart));
  const table = createProfileTable(words);
  const perChunk = Math.floor(CHUNK_BYTES / width);
  const entry = new Uint32Array(2 + words);
  const bytes = Buffer.from(entry.buffer);
  for (let done = 0; done < profiles; done += perChunk) {
    const chunk = Buffer.alloc(Math.min(perChunk, profiles - done) * width);
    await readFully(file, chunk, bodyStart + done * width);
    hash.update(chunk);
    for (let offset = 0; offset < chunk.length; offset += width) {
      chunk.copy(bytes, 0, offset, offset + width);
      table.add(entry);
    }
  }
  const checksum = Buffer.alloc(CHECKSUM_BYTES);
  await readFully(file, checksum, size - CHECKSUM_BYTES);
  if (!hash.digest().equals(checksum) || table.size !== profiles) return damaged;
  return { kind: "found", snapshot: { table, at, fullAt } };
}

async function readFully(file: FileHandle, into: Buffer, position: number): Promise<void> {
  let done = 0;
  while (done < into.length) {
    const { bytesRead } = await file.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) throw new Error("the file ends early");
    done += bytesRead;
  }
}

/**
 * Keeps the snapshot in a folder, whole or not at all, readable for the owner alone. Nothing may be put into the table
 * meanwhile. Throws what the disk says.
 */
export async function writeSnapshot(
  folder: string,
  { fingerprint, words }: Purpose,
  { table, at, fullAt }: KeptSnapshot,
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `.${NAME}-${randomBytes(6).toString("hex")}`);
  try {
    const file = await open(draft, "wx", 0o600);
    try {
      const hash = createHash("sha256");
      const header = { format: MAGIC, fingerprint, words, profiles: table.size, at, full_at: fullAt };
      await append(file, hash, Buffer.from(`${JSON.stringify(header)}\n`));
      await appendEntries(file, hash, table, words);
      await file.writeFile(hash.digest());
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, join(folder, NAME));
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function appendEntries(file: FileHandle, hash: Hash, table: ProfileTable, words: number) {
  const width = (2 + words) * Uint32Array.BYTES_PER_ELEMENT;
  const chunk = Buffer.alloc(Math.floor(CHUNK_BYTES / width) * width);
  let used = 0;
  for (const entry of table.entries()) {
    Buffer.from(entry.buffer, entry.byteOffset, entry.byteLength).copy(chunk, used);
    used += width;
    if (used < chunk.length) continue;
    await append(file, hash, chunk);
    used = 0;
  }
  await append(file, hash, chunk.subarray(0, used));
}

async function append(file: FileHandle, hash: Hash, bytes: Buffer): Promise<void> {
  hash.update(bytes);
  await file.writeFile(bytes);
}
