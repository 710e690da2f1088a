import type { JsonObject } from "../../protocol/message.js";
import { explainFault } from "./attempts.js";
import type { Page, PageInfo } from "./page.js";
import { createPaging } from "./paging.js";

/** A list of Flowcode's, page by page. */
export type Fetch<P extends Page = Page> = (after: string | undefined) => Promise<P>;

/**
 * The rows of a list from its beginning, as they come, until it ends or cannot be followed any further. Throws what
 * `fetch` throws. `onPage` is told of each page before its rows.
 */
export async function* walk<P extends Page>(
  fetch: Fetch<P>,
  onPage: (page: P) => void = () => undefined,
): AsyncGenerator<readonly JsonObject[], void> {
  const paging = createPaging(undefined);
  for (let after: string | undefined; ; ) {
    const page = await fetch(after);
    onPage(page);
    let count = 0;
    let info: PageInfo;
    if (page.kind === "whole") {
      count = page.rows.length;
      info = page.info;
      yield page.rows;
    } else {
      info = yield* counted(page.rows, (rows) => {
        count += rows;
      });
    }
    const step = paging.step(info, count);
    if (step.kind !== "next") return;
    after = step.after;
  }
}

async function* counted(
  rows: AsyncGenerator<readonly JsonObject[], PageInfo>,
  onRows: (count: number) => void,
): AsyncGenerator<readonly JsonObject[], PageInfo> {
  try {
    for (;;) {
      const { done, value } = await rows.next();
      if (done) return value;
      onRows(value.length);
      yield value;
    }
  } catch (error) {
    throw explainFault(error);
  } finally {
    await rows.return({ endCursor: undefined, hasNextPage: undefined });
  }
}

/**
 * Looks at the rows at the beginning of a list: the whole first page, and as many more as it takes to see `atLeast`
 * rows; of a page that is parsed while it arrives, only so many. Returns the first page, and the number of rows.
 */
export async function sampleRows<P extends Page>(
  fetch: Fetch<P>,
  atLeast: number,
  look: (row: JsonObject) => void,
): Promise<{ readonly first: P; readonly rows: number }> {
  let first: P | undefined;
  let rows = 0;
  const list = walk(fetch, (page) => {
    first ??= page;
  });
  for await (const batch of list) {
    for (const row of batch) look(row);
    rows += batch.length;
    if (rows >= atLeast) break;
  }
  return { first: first as P, rows };
}
