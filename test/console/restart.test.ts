import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { generatePeople } from "../../simulators/people.js";
import { startConsole } from "../sync/console/client.js";
import { consoles } from "./opened.js";

const open = consoles();

test("a console that is killed and started again under an open page is noticed, and nothing typed is lost", async () => {
  const opened = await open({ rows: generatePeople(30, { endMs: Date.now() }) });
  const { page, origin, console: first, folder } = opened;
  await page.getByRole("link", { name: "Rules" }).click();
  await page.getByRole("radio", { name: /Fill what is missing/ }).check();
  first.kill("SIGKILL");
  await page.getByText(/The connection to the console is broken/).waitFor();

  const second = startConsole(opened, {}, Number(new URL(origin).port));
  const link = await second.link;
  await page.getByRole("heading", { name: "The session has ended" }).waitFor();
  await page.getByLabel("New link").fill("http://127.0.0.1/nothing");
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByText("That is not a link of the console.").waitFor();
  await page.getByLabel("New link").fill(link);
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("heading", { name: "The session has ended" }).waitFor({ state: "detached" });
  expect(await page.getByRole("radio", { name: /Fill what is missing/ }).isChecked()).toBe(true);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Unsaved").waitFor({ state: "detached" });
  const saved = JSON.parse(await readFile(`${folder}/flowcode-iterable.json`, "utf8"));
  expect(saved.destination.overwrite_mode).toBe("fill_missing");
  second.process.kill("SIGTERM");
  await new Promise((resolve) => second.process.once("close", resolve));
});

test("what is not saved outlives a reload, but for secrets, which are kept nowhere", async () => {
  const opened = await open();
  const { page } = opened;
  await page.getByRole("link", { name: "Rules" }).click();
  await page.getByRole("radio", { name: /^Keep/ }).check();
  await page.getByRole("link", { name: "Connections" }).click();
  await page.getByRole("button", { name: "Replace" }).last().click();
  await page.getByLabel("API key", { exact: true }).fill("typed-and-not-saved");
  await page.getByText("Unsaved: 2 changes").waitFor();
  const kept = await page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }));
  expect(kept).toContain("keep_existing");
  expect(kept).not.toContain("typed-and-not-saved");
  page.on("dialog", (dialog) => void dialog.accept());
  await page.reload();
  await page.getByText("Unsaved: 1 change").waitFor();
  await page.getByRole("link", { name: "Rules" }).click();
  expect(await page.getByRole("radio", { name: /^Keep/ }).isChecked()).toBe(true);
  await page.getByRole("button", { name: "Discard" }).click();
  await page.getByText("Unsaved").waitFor({ state: "detached" });
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "Rules" }).waitFor();
  expect(await page.getByText("Unsaved").count()).toBe(0);
});

test("who starts a sync while another is under way is told whose it is", async () => {
  const opened = await open({ rows: generatePeople(30, { endMs: Date.now() }) });
  const { page, iterable, start } = opened;
  iterable.faults.script({ path: "/api/users/bulkUpdate", action: { kind: "slow", ms: 3_000 } });
  const child = start(["sync"]);
  const over = new Promise((resolve) => child.once("close", resolve));
  await page.getByText(/Run 1 is under way/).waitFor();
  // A page that has not heard of it yet asks all the same.
  const refused = await page.evaluate(async () => {
    const response = await fetch("/api/v1/runs", {
      method: "POST",
      headers: {
        authorization: `Bearer ${sessionStorage.getItem("session")}`,
        "content-type": "application/json",
      },
      body: '{"kind":"full"}',
    });
    return { status: response.status, ...(await response.json()) };
  });
  expect(refused).toMatchObject({ status: 409, run: 1, holder: { pid: child.pid, by: "by hand" } });
  await page.getByText(/read = .* delivered/).waitFor();
  await over;
});
