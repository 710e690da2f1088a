import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import type { Environment } from "../process.js";
import { startConsole } from "../sync/console/client.js";
import { type Project, setProject } from "../sync/project.js";

/** Debian's package chromium; elsewhere the variable names a browser. */
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** A console that is open in a browser, over both vendors' simulators. */
export interface Opened extends Project {
  readonly console: ChildProcessWithoutNullStreams;
  readonly origin: string;
  readonly page: Page;
  readonly context: BrowserContext;
  /** Everything that the page has sent and received, as text. */
  readonly traffic: string[];
  /** What the browser's console said, errors of policies included. */
  readonly said: string[];
  /** A new link, by `console --link`. */
  link(): Promise<string>;
  /** Everything that the console's process has printed. */
  printed(): string;
  close(): Promise<void>;
}

export async function startBrowser(): Promise<Browser> {
  if (!existsSync(CHROMIUM))
    throw new Error(`there is no ${CHROMIUM}: apt-get install chromium, or name one in CHROMIUM`);
  // In a container there is no sandbox to be had, and the pages are our own.
  return chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
}

/**
 * One browser for the tests of a file, in which each may open a console; it is closed after the test. To be called where
 * the file begins.
 */
export function consoles(): (opening?: Opening) => Promise<Opened> {
  let browser: Browser;
  let opened: Opened | undefined;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    await opened?.close();
    opened = undefined;
  });
  return async (opening) => {
    opened = await openConsole(browser, opening);
    return opened;
  };
}

/** How a console is opened. */
export interface Opening {
  readonly rows?: Parameters<typeof setProject>[0];
  readonly vendors?: Parameters<typeof setProject>[1];
  /** Asked for once everything is prepared. */
  readonly env?: () => Environment;
  readonly view?: { readonly width: number; readonly height: number };
  /** Called before the console starts: settings, runs that are there already. */
  readonly prepare?: (project: Project) => Promise<unknown>;
}

export async function openConsole(browser: Browser, opening: Opening = {}): Promise<Opened> {
  const project = await setProject(opening.rows, opening.vendors);
  await opening.prepare?.(project);
  const started = startConsole(project, opening.env?.());
  const link = await started.link;
  const context = await browser.newContext({ viewport: opening.view ?? { width: 1280, height: 900 } });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const traffic: string[] = [];
  const said: string[] = [];
  record(page, traffic, said);
  await page.goto(link);
  await page.getByRole("heading", { level: 1 }).waitFor();
  return {
    ...project,
    console: started.process,
    origin: new URL(link).origin,
    page,
    context,
    traffic,
    said,
    printed: started.printed,
    async link() {
      const { stdout } = await project.run("console", "--link");
      return stdout.trim();
    },
    async close() {
      await context.close();
      const { process } = started;
      if (process.exitCode === null && process.signalCode === null) {
        process.kill("SIGTERM");
        await new Promise((resolve) => process.once("close", resolve));
      }
      await project.close();
    },
  };
}

function record(page: Page, traffic: string[], said: string[]): void {
  page.on("request", (request) => {
    traffic.push(`${request.method()} ${request.url()} ${JSON.stringify(request.headers())}`);
    traffic.push(request.postData() ?? "");
  });
  page.on("response", (response) => {
    if (response.headers()["content-type"]?.startsWith("text/event-stream")) return;
    void response.text().then(
      (body) => traffic.push(body),
      () => undefined,
    );
  });
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
}
