import type { JsonObject } from "../../protocol/message.js";
import { explainFault } from "./attempts.js";
import type { Page } from "./page.js";
import { createPaging } from "./paging.js";

/** A list of Flowcode's, page by page. */
export type Fetch<P extends Page = Page> = (after: string | undefined) => Promise<P>;

/**
 * Looks at the rows at the beginning of a list: the whole first page, and as many more as it takes to see `atLeast`
 * rows; of a page that is parsed while it arrives, only so many. Returns the first page, and the number of rows.
 */
export async function sampleRows<P extends Page>(
  fetch: Fetch<P>,
  atLeast: number,
  look: (row: JsonObject) => void,
): Promise<{ readonly first: P; readonly rows: number }> {
  const paging = createPaging(undefined);
  const first = await fetch(undefined);
  let rows = 0;
  for (let page = first; ; ) {
    if (page.kind === "streamed") {
      try {
        for await (const batch of page.rows) {
          for (const row of batch) look(row);
          rows += batch.length;
          if (rows >= atLeast) break;
        }
      } catch (error) {
        throw explainFault(error);
      }
      return { first, rows };
    }
    for (const row of page.rows) look(row);
    rows += page.rows.length;
    const step = paging.step(page.info, page.rows.length);
    if (rows >= atLeast || step.kind !== "next") return { first, rows };
    page = await fetch(step.after);
  }
}
