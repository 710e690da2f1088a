import Assembler from "stream-json/core/assembler.js";
import { jsonParser, type Token } from "stream-json/core/parser.js";
import { parseExact } from "../../protocol/exact.js";
import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import { createMarkingDecoder, decode, unmarred } from "./marred.js";

/** Bodies up to this size are held whole; larger ones are parsed while they arrive, a row at a time. */
export const WHOLE_PAGE_BYTES = 8 * 1024 * 1024;
/** A row is held until it is complete. One that is larger could not be a line of the pipe either. */
const MAX_ROW_BYTES = 64 * 1024 * 1024;

/** What a page says about the one after it. ProtoJSON leaves out what is empty or false. */
export interface PageInfo {
  readonly endCursor: string | undefined;
  readonly hasNextPage: boolean | undefined;
}

export type Page =
  | { readonly kind: "whole"; readonly rows: readonly JsonObject[]; readonly info: PageInfo }
  /** Iterate once; the rows come as they arrive. The iterator returns the PageInfo, which may stand behind them. */
  | { readonly kind: "streamed"; readonly rows: AsyncGenerator<readonly JsonObject[], PageInfo> };

/** A success whose body is not a page, or only the beginning of one. Never quotes the body. */
export class MalformedPage extends Error {
  override readonly name = "MalformedPage";
  constructor(
    message: string,
    /** Whether it looks like the beginning of a page. */
    readonly isCut = false,
  ) {
    super(message);
  }
}

/**
 * Reads the body of an answer that lists: {<name>: [{…}, …], pageInfo: {endCursor, hasNextPage}} (seen in public
 * clients). The rows stand under the first of `names` that is there. Throws MalformedPage, or what the body throws; a
 * streamed page throws them from its rows.
 */
export async function readPage(
  body: AsyncIterable<Uint8Array>,
  names: readonly string[],
  wholeBytes: number = WHOLE_PAGE_BYTES,
): Promise<Page> {
  const chunks = body[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let bytes = 0;
  while (bytes <= wholeBytes) {
    const { done, value } = await chunks.next();
    if (done) return wholePage(held, names);
    held.push(value);
    bytes += value.length;
  }
  return { kind: "streamed", rows: streamedRows(held, chunks, names) };
}

function wholePage(held: readonly Uint8Array[], names: readonly string[]): Page {
  let text = decode(held, true);
  const isMarred = text === undefined;
  text ??= decode(held, false) ?? "";
  let page: unknown;
  try {
    page = parsePage(text);
  } catch {
    throw /^\s*\{/.test(text) && !/\}\s*$/.test(text) ? cutPage() : notJson();
  }
  const info = pageInfo(page, names);
  const rows = (listIn(page as JsonObject, names) ?? []) as readonly unknown[];
  return { kind: "whole", rows: rows.map(isMarred ? asUnmarredRow : asRow), info };
}

/**
 * Whole numbers that JavaScript cannot hold come out as texts with the same digits. Looking for them takes a fraction of
 * the parsing, and pages without long numbers skip it.
 */
function parsePage(text: string): unknown {
  return hasLongNumber(text) ? parseExact(text) : JSON.parse(text);
}

/** So many digits a JavaScript number may not hold. */
const LONG_DIGITS = 16;
const isDigit = (code: number) => code >= 48 && code <= 57;

/** Whether so many digits follow each other: then one of them stands at every so many characters, and few are looked at. */
function hasLongNumber(text: string): boolean {
  for (let at = LONG_DIGITS - 1; at < text.length; at += LONG_DIGITS) {
    if (!isDigit(text.charCodeAt(at))) continue;
    let from = at;
    let to = at + 1;
    while (from > 0 && isDigit(text.charCodeAt(from - 1))) from -= 1;
    while (to < text.length && isDigit(text.charCodeAt(to))) to += 1;
    if (to - from >= LONG_DIGITS) return true;
  }
  return false;
}

/** The same for one number of a page that is parsed while it arrives. */
function exact(token: Token): Token {
  const isInexact =
    token.name === "numberValue" &&
    /^-?\d{16,}$/.test(token.value) &&
    !Number.isSafeInteger(Number(token.value));
  return isInexact ? { name: "stringValue", value: token.value } : token;
}

async function* streamedRows(
  held: Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
  names: readonly string[],
): AsyncGenerator<readonly JsonObject[], PageInfo> {
  const text = createMarkingDecoder();
  const parse = jsonParser({ packValues: true, streamValues: false });
  const assembler = new Assembler();
  let begun = false;
  /** What has come since a row was complete. */
  let heldBytes = 0;
  try {
    for (;;) {
      const first = held.shift();
      const chunk = first ? { done: false, value: first } : await rest.next();
      if (chunk.done) break;
      const rows: JsonObject[] = [];
      for (const token of tokens(() => parse(text.decode(chunk.value as Uint8Array)))) {
        if (!begun && token.name !== "startObject")
          throw new MalformedPage("an answer that is not a JSON object");
        begun = true;
        assembler.consume(exact(token));
        const row = takeRow(assembler, names);
        if (row !== undefined) rows.push(text.isMarred ? asUnmarredRow(row) : asRow(row));
      }
      heldBytes = rows.length > 0 ? 0 : heldBytes + (chunk.value as Uint8Array).length;
      if (heldBytes > MAX_ROW_BYTES) throw new MalformedPage("a row that is longer than any contact");
      yield rows;
    }
    if (!begun || !assembler.done) throw cutPage();
    return pageInfo(assembler.current, names);
  } finally {
    await rest.return?.();
  }
}

function tokens(parse: () => unknown): readonly Token[] {
  try {
    const parsed = parse();
    return typeof parsed === "object" && parsed !== null ? (parsed as { values: Token[] }).values : [];
  } catch {
    throw notJson();
  }
}

const notJson = () => new MalformedPage("an answer that is not JSON");
const cutPage = () => new MalformedPage("an answer that ends in the middle", true);

/** Takes the row that has just been completed out of the half-built page, so that the page never grows. */
function takeRow({ stack, current }: Assembler, names: readonly string[]): unknown {
  const inRows = stack.length === 2 && names.includes(String(stack[1]));
  return inRows && Array.isArray(current) ? current.pop() : undefined;
}

/** Stands for a row that is no JSON object: it costs itself alone, and is told from an empty one. */
export const UNREADABLE_ROW: JsonObject = Object.freeze({});

const asUnmarredRow = (row: unknown): JsonObject => unmarred(row) ?? UNREADABLE_ROW;

const asRow = (row: unknown): JsonObject => (isJsonObject(row) ? row : UNREADABLE_ROW);

const listIn = (page: JsonObject, names: readonly string[]): unknown =>
  names.map((name) => page[name]).find((list) => list !== undefined && list !== null);

/** Whether a member in which errors stand holds one: a code of Connect's is a text, and 0 is none of other services'. */
const isComplaint = (value: unknown) => Boolean(value) && !(Array.isArray(value) && value.length === 0);

function pageInfo(page: unknown, names: readonly string[]): PageInfo {
  if (!isJsonObject(page)) throw new MalformedPage("an answer that is not a JSON object");
  const list = listIn(page, names);
  if (list === undefined && [page.code, page.error, page.errors].some(isComplaint)) {
    throw new MalformedPage("an error under the status 200");
  }
  if (!Array.isArray(list ?? [])) throw new MalformedPage(`an answer whose "${names[0]}" is not a list`);
  // ProtoJSON writes lowerCamelCase unless it is told to keep the names of the fields.
  const info = page.pageInfo ?? page.page_info ?? {};
  if (!isJsonObject(info)) throw new MalformedPage('an answer whose "pageInfo" is not an object');
  const given = info.endCursor ?? info.end_cursor;
  const endCursor = typeof given === "number" ? String(given) : given;
  const hasNextPage = info.hasNextPage ?? info.has_next_page;
  if (endCursor !== undefined && endCursor !== null && typeof endCursor !== "string") {
    throw new MalformedPage('an answer whose "endCursor" is not a text');
  }
  return {
    endCursor: endCursor || undefined,
    hasNextPage: typeof hasNextPage === "boolean" ? hasNextPage : undefined,
  };
}
