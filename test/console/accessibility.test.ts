/// <reference lib="dom" />
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { generatePeople } from "../../simulators/people.js";
import { type Opened, openConsole, startBrowser } from "./opened.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const SCREENS = [
  "Overview",
  "Connections",
  "Mapping",
  "Rules",
  "Schedule",
  "Sync logs",
  "Find a contact",
  "Send a test contact",
];
/** At 400 % a window of 1280 by 1024 shows what fits into 320 by 256. */
const VIEWS = {
  light: { width: 1280, height: 900, colorScheme: "light" },
  dark: { width: 1280, height: 900, colorScheme: "dark" },
  "320 px": { width: 320, height: 740, colorScheme: "light" },
  "400 %": { width: 320, height: 256, colorScheme: "dark" },
} as const;

let browser: Browser;
let opened: Opened;
beforeAll(async () => {
  browser = await startBrowser();
  opened = await openConsole(browser, {
    rows: generatePeople(120, { endMs: Date.now() }),
    prepare: (project) => project.run("sync"),
  });
});
afterAll(async () => {
  await opened?.close();
  await browser?.close();
});

async function show(page: Page, name: string): Promise<void> {
  await page.getByRole("link", { name, exact: true }).first().click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
  if (name === "Mapping") await page.getByRole("row").nth(3).waitFor();
  if (name === "Sync logs") await page.getByRole("link", { name: "1", exact: true }).waitFor();
  await page.waitForFunction(() => !document.body.textContent?.includes("Loading"));
}

/** Something that axe objects to, as far as it is looked at here. */
interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: unknown; readonly failureSummary: string }[];
}

/** What axe objects to, in words that say where. */
async function objections(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async (tags) => {
    const { axe } = globalThis as unknown as {
      axe: { run(how: object): Promise<{ violations: Violation[] }> };
    };
    const { violations } = await axe.run({ runOnly: { type: "tag", values: tags } });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target} ${node.failureSummary}`),
    );
  }, RULES);
}

describe.each(Object.entries(VIEWS))("at %s", (_view, { width, height, colorScheme }) => {
  test.each(SCREENS)("%s can be used by everybody", async (name) => {
    const { page } = opened;
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await show(page, name);
    expect(await objections(page)).toEqual([]);
    const scrolls = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(scrolls, "the page scrolls sideways").toBeLessThanOrEqual(0);
  });
});

test("each screen has its title, and its heading gets the focus", async () => {
  const { page } = opened;
  await page.setViewportSize({ width: 1280, height: 900 });
  for (const name of ["Rules", "Schedule"]) {
    await show(page, name);
    expect(await page.title()).toBe(`${name} · project · Flowcode → Iterable`);
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("H1");
  }
});

test("the picker is worked by keyboard alone", async () => {
  const { page } = opened;
  await show(page, "Mapping");
  const picker = page.getByRole("combobox", { name: /^Iterable field for / }).first();
  await picker.focus();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("listbox").waitFor();
  await page.keyboard.press("ArrowDown");
  const active = await picker.getAttribute("aria-activedescendant");
  expect(await page.locator(`[id="${active}"]`).getAttribute("aria-selected")).toBe("true");
  await page.keyboard.press("Escape");
  expect(await page.getByRole("listbox").count()).toBe(0);
  expect(await page.getByText("Unsaved").count()).toBe(0);
});
