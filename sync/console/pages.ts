import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { Unusable } from "../errors.js";

/** A file of the console's pages, held in memory: all of them together are smaller than one photograph. */
export interface Page {
  readonly type: string;
  readonly bytes: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** The pages in a folder by their paths; `index.html` is at `/`. Throws Unusable where they were not built. */
export async function readPages(folder: string): Promise<ReadonlyMap<string, Page>> {
  const names = await readdir(folder).catch(() => []);
  const pages = new Map<string, Page>();
  for (const name of names) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const path = name === "index.html" ? "/" : `/${name}`;
    pages.set(path, { type, bytes: await readFile(join(folder, name)) });
  }
  if (!pages.has("/"))
    throw new Unusable(`the folder "${folder}" lacks the pages of the console: run npm run build`);
  return pages;
}
