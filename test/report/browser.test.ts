import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { reportPage } from "../../sync/report/page.js";
import { outcomeOf } from "../../sync/runs/archive.js";
import { folderOf } from "../process.js";
import { RUNS } from "./runs.js";

/** Debian's package chromium; elsewhere the variable names a browser. */
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
/** A folder for pictures of every page, for people who want to look at them. */
const PICTURES = process.env.REPORT_PICTURES;
const AUDIT = readFileSync(fileURLToPath(new URL("audit.js", import.meta.url)), "utf8").replace(
  /^\/\/.*$/m,
  "",
);

const VIEWS = {
  phone: { width: 360, height: 740, colorScheme: "light", media: "screen" },
  "phone, dark": { width: 360, height: 740, colorScheme: "dark", media: "screen" },
  desktop: { width: 1280, height: 900, colorScheme: "light", media: "screen" },
  "desktop, dark": { width: 1280, height: 900, colorScheme: "dark", media: "screen" },
  paper: { width: 680, height: 960, colorScheme: "light", media: "print" },
  "paper, dark": { width: 680, height: 960, colorScheme: "dark", media: "print" },
} as const;

let browser: Browser;
let page: Page | undefined;
let files: Awaited<ReturnType<typeof folderOf>>;
beforeAll(async () => {
  if (!existsSync(CHROMIUM))
    throw new Error(`there is no ${CHROMIUM}: apt-get install chromium, or name one in CHROMIUM`);
  const making = { at: "2026-03-02T07:00:00Z", version: "1.2.3" };
  const pages = Object.entries(RUNS).map(
    async ([name, run]) =>
      [`${name}.html`, reportPage(run, run.ended ? await outcomeOf(run) : "interrupted", making)] as const,
  );
  files = await folderOf(Object.fromEntries(await Promise.all(pages)));
  if (PICTURES) mkdirSync(PICTURES, { recursive: true });
  // In a container there is no sandbox to be had, and the pages are our own.
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
});
afterAll(() => Promise.all([browser?.close(), files?.remove()]));
afterEach(async () => {
  await page?.close();
  page = undefined;
});

async function open(name: string, { width, height, colorScheme, media }: (typeof VIEWS)[keyof typeof VIEWS]) {
  page = await browser.newPage({ viewport: { width, height }, colorScheme });
  const asked: string[] = [];
  const said: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("console", (message) => said.push(message.text()));
  page.on("dialog", (dialog) => said.push(dialog.message()));
  await page.emulateMedia({ media, colorScheme });
  const url = pathToFileURL(files.path(`${name}.html`)).href;
  await page.goto(url);
  return { page, asked, said, url };
}

describe.each(Object.entries(VIEWS))("on %s", (view, how) => {
  test.each(Object.keys(RUNS))(
    "%s can be read by everybody, and asks for nothing from elsewhere",
    async (name) => {
      const { page: shown, asked, said, url } = await open(name, how);
      const { problems, texts } = await shown.evaluate<{ problems: string[]; texts: number }>(
        `(${AUDIT.trim().replace(/;$/, "")})()`,
      );
      if (PICTURES) await shown.screenshot({ path: `${PICTURES}/${name}, ${view}.png`, fullPage: true });
      expect(problems).toEqual([]);
      expect(texts).toBeGreaterThan(20);
      expect([asked, said]).toEqual([[url], []]);
    },
  );
});

test("the audit finds what it looks for", async () => {
  const { page: shown } = await open("LONG", VIEWS.phone);
  await shown.evaluate(`
    document.querySelector("h2").outerHTML = "<h3>skips</h3><h1>again</h1>";
    document.querySelector("th").removeAttribute("scope");
    document.querySelector("svg title").remove();
    document.querySelector("p").style.color = "#999";
    document.querySelector("footer").innerHTML = "<div style='width:900px'>wide</div><img src='x'>";
    document.documentElement.lang = "";
  `);
  const { problems } = await shown.evaluate<{ problems: string[] }>(`(${AUDIT.trim().replace(/;$/, "")})()`);
  for (const words of [
    "no language",
    "not one h1",
    "skips",
    "without scope",
    "without name",
    "contrast",
    "sideways",
    "sticks out",
    "src",
  ])
    expect(
      problems.some((problem) => problem.includes(words)),
      words,
    ).toBe(true);
});

test("it prints on A4, the chart included", async () => {
  const { page: shown } = await open("LONG", VIEWS.paper);
  const pdf = await shown.pdf({ format: "A4" });
  expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
});
