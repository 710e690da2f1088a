import { randomBytes } from "node:crypto";
import type { Folder } from "../../project/folder.js";
import { reportPage } from "../../report/page.js";
import { outcomeOf } from "../../runs/archive.js";
import { Declined, headersFor } from "../answer.js";
import type { Route } from "../route.js";
import { runIn } from "./runs.js";

/** How long the address of a report can be used, in ms. */
const ADDRESS_MS = 60_000;
const MOST_ADDRESSES = 32;

interface Waiting {
  readonly page: string;
  readonly until: number;
}

/**
 * `POST runs/12/report` gives an address that works once, within a minute: a frame cannot send the session's header, and
 * a blob would inherit the console's policy and lose its style.
 */
export function reportRoutes(folder: Folder, version: string, now: () => number): Route[] {
  const waiting = new Map<string, Waiting>();
  return [
    {
      method: "POST",
      path: "/api/v1/runs/:run/report",
      async answer(call) {
        const run = await runIn(folder, call);
        const page = reportPage(run, await outcomeOf(run), { at: new Date(now()).toISOString(), version });
        const id = randomBytes(32).toString("base64url");
        waiting.set(id, { page, until: now() + ADDRESS_MS });
        for (const oldest of [...waiting.keys()].slice(0, -MOST_ADDRESSES)) waiting.delete(oldest);
        return { json: { url: `/api/v1/reports/${id}` } };
      },
    },
    {
      method: "GET",
      path: "/api/v1/reports/:id",
      answer({ params: { id = "" } }) {
        const found = waiting.get(id);
        waiting.delete(id);
        if (!found || found.until <= now())
          throw new Declined(404, {
            title: "This report's address has been used.",
            todo: ["Open the report again."],
          });
        return {
          write(response) {
            response.writeHead(200, headersFor("text/html; charset=utf-8", "report"));
            response.end(found.page);
          },
        };
      },
    },
  ];
}
