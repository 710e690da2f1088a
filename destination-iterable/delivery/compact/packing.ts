/**
 * Contacts as the bytes that a request will carry.
 *
 * Representation: an entry is JSON in UTF-8 on a page of PAGE_BYTES, with a comma behind it; a body is those pieces of
 * pages, one after the other. A contact whose values are in its entry as they are keeps no copy of them, and reads them
 * back where somebody asks, which only a merge, a repair and a rejection do.
 * Reason: what waits for its turn and for its answer is a few hundred bytes, in place of a dozen objects that the
 * garbage collector would carry from place to place; a body is built by copying, and its size is known beforehand.
 * Limits: a page lives as long as one of its contacts. An entry that may not fit on a page has one of its own.
 */

import type { JsonObject } from "../../../protocol/message.js";
import type { Contact, Cursor, Layer } from "../contact.js";
import { namesOf } from "./interned-names.js";

/** A contact with its entry in a request: JSON, as bytes on a page that it shares with others. */
export interface Packed<R> {
  readonly contact: Contact<R>;
  readonly page: Buffer;
  readonly start: number;
  readonly bytes: number;
}

/** How large pages are, in bytes. An entry that might not fit on one has a page of its own. */
const PAGE_BYTES = 64 * 1024;
/** UTF-8 takes as many bytes at most for a unit of a text. */
const UNIT_BYTES = 3;
const COMMA = 0x2c;

/**
 * Packs contacts as the entries that `asEntry` makes of them. Where an entry has the contact's values as they are, under
 * `dataFields`, they are kept there alone.
 */
export function createPacker<R>(
  asEntry: (contact: Contact<R>) => JsonObject,
): (contact: Contact<R>) => Packed<R> {
  let page = Buffer.allocUnsafeSlow(PAGE_BYTES);
  let used = 0;

  const write = (json: string) => {
    const most = json.length * UNIT_BYTES + 1;
    if (most > PAGE_BYTES) {
      const own = Buffer.from(`${json},`);
      return { page: own, start: 0, bytes: own.length - 1 };
    }
    if (most > PAGE_BYTES - used) {
      page = Buffer.allocUnsafeSlow(PAGE_BYTES);
      used = 0;
    }
    const start = used;
    const bytes = page.write(json, start);
    page[start + bytes] = COMMA;
    used += bytes + 1;
    return { page, start, bytes };
  };

  return (contact) => {
    const entry = asEntry(contact);
    const { page, start, bytes } = write(JSON.stringify(entry));
    return { contact: seal(contact, entry.dataFields, page, start, bytes), page, start, bytes };
  };
}

/** The body of a request: the entries of a batch as a list of that name, beside other settings. */
export function bodyOf(settings: JsonObject, list: string, members: readonly Packed<unknown>[]): Uint8Array {
  // Entries that follow each other on a page, as most do, are copied at once, with the commas between them.
  const runs: { page: Buffer; start: number; end: number }[] = [];
  for (const { page, start, bytes } of members) {
    const run = runs.at(-1);
    const end = start + bytes + 1;
    if (run?.page === page && run.end === start) run.end = end;
    else runs.push({ page, start, end });
  }
  const last = runs.at(-1);
  if (last) last.end -= 1;
  const before = JSON.stringify(settings).slice(0, -1);
  return Buffer.concat([
    Buffer.from(`${before}${before === "{" ? "" : ","}"${list}":[`),
    ...runs.map(({ page, start, end }) => page.subarray(start, end)),
    Buffer.from("]}"),
  ]);
}

/** The names of a contact's or a layer's fields. Costs nothing where these would have to be read back. */
export function namesIn(part: Pick<Layer, "fields">): ReadonlySet<string> {
  return part instanceof SealedContact ? part.names : namesOf(part.fields);
}

/** The contact with its values in its entry alone, where they are in there; else the contact itself. */
function seal<R>(
  contact: Contact<R>,
  dataFields: unknown,
  page: Buffer,
  start: number,
  bytes: number,
): Contact<R> {
  const [layer] = contact.layers;
  if (dataFields === undefined || dataFields !== contact.fields) return contact;
  if (contact.layers.length !== 1 || layer?.fields !== dataFields) return contact;
  return new SealedContact(contact, layer.cursor, namesOf(layer.fields), page, start, bytes);
}

/** A contact that is its own only layer, and whose values are read out of its entry each time that they are asked for. */
class SealedContact<R> implements Contact<R>, Layer {
  readonly key: string;
  readonly identifier: string;
  readonly mode: Contact<R>["mode"];
  readonly joins: Contact<R>["joins"];
  readonly records: readonly R[];

  constructor(
    { key, identifier, mode, joins, records }: Contact<R>,
    readonly cursor: Cursor | undefined,
    readonly names: ReadonlySet<string>,
    private readonly page: Buffer,
    private readonly start: number,
    private readonly bytes: number,
  ) {
    this.key = key;
    this.identifier = identifier;
    this.mode = mode;
    this.joins = joins;
    this.records = records;
  }

  get fields(): Readonly<Record<string, unknown>> {
    return JSON.parse(this.page.toString("utf8", this.start, this.start + this.bytes)).dataFields;
  }

  get layers(): readonly Layer[] {
    return [this];
  }
}
