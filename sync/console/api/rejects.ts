import { parseRecordLine } from "../../pipe/record-line.js";
import type { Folder } from "../../project/folder.js";
import { rejectFiles } from "../../runs/archive.js";
import type { Run } from "../../runs/run.js";
import { Declined } from "../answer.js";
import { readPiece } from "../tail.js";

/** Contacts on a page. */
const PAGE = 50;
/** Pieces of files that are looked through for one page: a rare reason among many must not keep anybody waiting. */
const MOST_PIECES = 200;

/** A rejected contact as a page shows it: by its line and a hash, never by its data. */
export interface ShownReject {
  /** Where it stands: opaque to pages, which send it back. */
  readonly id: string;
  readonly stream: string;
  readonly line: number;
  readonly who: string;
  readonly field: string;
  readonly reason: string;
  /** Whether its data is kept, and can be shown. */
  readonly has_data: boolean;
}

export interface RejectsPage {
  readonly rejects: readonly ShownReject[];
  /** Where the next page begins; undefined where this is the last. */
  readonly next?: string;
}

interface Place {
  readonly file: number;
  readonly byte: number;
}

/** A page of the contacts that a run rejected for a reason, or for any. `after` is an earlier page's `next`. */
export async function rejectsPage(
  folder: Folder,
  run: Run,
  reason: string | undefined,
  after: string | undefined,
): Promise<RejectsPage> {
  const kept = await rejectFiles(folder, run.number);
  // Where nothing is kept, the log of the run knows the hash and the reason.
  const files = kept.length > 0 ? kept : [folder.log(run.number)];
  let place = placeOf(after ?? "0:0");
  const found: ShownReject[] = [];
  for (let pieces = 0; pieces < MOST_PIECES; pieces += 1) {
    const file = files[place.file];
    if (file === undefined) return { rejects: found };
    const { lines, places, next } = await readPiece(file, place.byte);
    for (const [index, line] of lines.entries()) {
      const byte = places[index] as number;
      const shown = shownOf(line, `${place.file}:${byte}`);
      if (!shown || (reason !== undefined && shown.reason !== reason)) continue;
      if (found.length === PAGE) return { rejects: found, next: `${place.file}:${byte}` };
      found.push(shown);
    }
    place = next === place.byte ? { file: place.file + 1, byte: 0 } : { file: place.file, byte: next };
  }
  return { rejects: found, next: `${place.file}:${place.byte}` };
}

/** The data of one rejected contact. Throws Declined where it is not kept. */
export async function rejectedData(folder: Folder, run: number, id: string): Promise<unknown> {
  const { file, byte } = placeOf(id);
  const path = (await rejectFiles(folder, run))[file];
  const [line] = path === undefined ? [] : (await readPiece(path, byte)).lines;
  const message = line === undefined ? undefined : parse(line);
  const record = message?.record as { data?: unknown } | undefined;
  if (record === undefined) throw new Declined(404, { title: "This contact's data is not kept.", todo: [] });
  return record.data ?? record;
}

/** A line of a rejects file, or of a log. */
function shownOf(line: string, id: string): ShownReject | undefined {
  const message = parse(line);
  if (message?.event === "rejected") return ofLog(message, id);
  const rejection = message?.rejection as Record<string, unknown> | undefined;
  if (!message || !rejection) return undefined;
  const record = (message.record ?? {}) as { stream?: unknown; data?: { email?: unknown } };
  return {
    id,
    ...placeAndReason(rejection),
    stream: String(record.stream ?? message.stream ?? ""),
    who: maskedEmail(record.data?.email),
    has_data: true,
  };
}

function ofLog(event: Record<string, unknown>, id: string): ShownReject {
  return {
    id,
    ...placeAndReason(event),
    stream: String(event.stream),
    who: `Contact ${String(event.contact)}`,
    has_data: false,
  };
}

function placeAndReason({ line, field, reason }: Record<string, unknown>) {
  return { line: Number(line), field: typeof field === "string" ? field : "", reason: String(reason) };
}

/** `a•••@example.com`: enough to recognize somebody one knows, and no more. */
function maskedEmail(email: unknown): string {
  if (typeof email !== "string" || email.trim() === "") return "Contact without email";
  const at = email.lastIndexOf("@");
  return at > 0 ? `${email[0]}•••${email.slice(at)}` : `${email.trim()[0]}•••`;
}

function placeOf(text: string): Place {
  const [, file, byte] = /^(\d{1,9}):(\d{1,15})$/.exec(text) ?? [];
  if (byte === undefined) throw new Declined(400, { title: "There is no such place in the list.", todo: [] });
  return { file: Number(file), byte: Number(byte) };
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = parseRecordLine(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
