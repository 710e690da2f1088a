import { spawn, spawnSync } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { compiled, ended } from "../process.js";
import { startBrowser } from "./opened.js";

/** util-linux: runs a program in a real pseudo-terminal. */
const hasScript = spawnSync("script", ["--version"]).stdout?.includes("util-linux") ?? false;
const ENTER = "\r";
const CTRL_C = "\x03";

test.skipIf(!hasScript)("the demo ends by offering the console over the stand-ins", async () => {
  const command = `exec "${process.execPath}" "${compiled("simulators/demo.js")}"`;
  const child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
    env: { PATH: process.env.PATH, TERM: "xterm" },
  });
  let screen = "";
  const link = new Promise<string>((resolve) => {
    let isAnswered = false;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      screen = stripVTControlCharacters(`${screen}${text}`).replaceAll(/\r?\n/g, "");
      if (!isAnswered && screen.includes("[Y/n]")) {
        isAnswered = true;
        child.stdin.write(ENTER);
      }
      const found = /http:\/\/127\.0\.0\.1:\d+\/#k=[\w-]{43}/.exec(screen);
      if (found) resolve(found[0]);
    });
  });
  const ending = ended(child);
  const browser = await startBrowser();
  const page = await browser.newPage();
  await page.goto(await link);
  await page.getByText("No run yet.").waitFor();
  await page.getByRole("link", { name: "Connections" }).click();
  await page.getByText("Connected").nth(1).waitFor();
  await browser.close();
  child.stdin.write(CTRL_C);
  expect((await ending).code).toBe(0);
  expect(screen).toContain("The console is closed");
});
