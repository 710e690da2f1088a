import type { JsonObject } from "../../protocol/message.js";
import type { ContactsRequest, FlowcodeApi } from "../flowcode/api.js";
import { explainFault } from "../flowcode/attempts.js";
import type { PageInfo } from "../flowcode/page.js";
import { createPaging } from "../flowcode/paging.js";

/** What a request brought, page by page, from the beginning of the list. */
export interface Look {
  readonly pages: readonly LookedAt[];
  /** Whether the list was seen to its end, was longer than what was to be looked at, or could not be followed. */
  readonly end: "end" | "more" | "broken";
  /** What Flowcode's clock said, in ms since 1970. */
  readonly serverTime: number | undefined;
}

export interface LookedAt {
  readonly rows: readonly JsonObject[];
  /** Undefined for a page of which only a part was looked at. */
  readonly info: PageInfo | undefined;
}

/** Looks at no more than about `mostRows` rows and `mostPages` pages. Throws as `listContacts` does. */
export async function look(
  api: FlowcodeApi,
  request: Omit<ContactsRequest, "after">,
  most: { readonly rows: number; readonly pages: number },
  signal: AbortSignal,
): Promise<Look> {
  const pages: LookedAt[] = [];
  const paging = createPaging(undefined);
  let serverTime: number | undefined;
  let rows = 0;
  for (let after: string | undefined; ; ) {
    const page = await api.listContacts({ ...request, after }, signal);
    serverTime ??= page.serverTime;
    if (page.kind === "streamed") {
      pages.push({ rows: await take(page.rows, most.rows - rows), info: undefined });
      return { pages, end: "more", serverTime };
    }
    pages.push(page);
    rows += page.rows.length;
    const step = paging.step(page.info, page.rows.length);
    if (step.kind !== "next") return { pages, end: step.kind, serverTime };
    if (rows >= most.rows || pages.length >= most.pages) return { pages, end: "more", serverTime };
    after = step.after;
  }
}

async function take(batches: AsyncIterable<readonly JsonObject[]>, most: number): Promise<JsonObject[]> {
  const rows: JsonObject[] = [];
  try {
    for await (const batch of batches) {
      rows.push(...batch);
      if (rows.length >= most) break;
    }
  } catch (error) {
    throw explainFault(error);
  }
  return rows;
}

export const rowsOf = ({ pages }: Look): readonly JsonObject[] => pages.flatMap(({ rows }) => rows);
