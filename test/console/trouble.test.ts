import { readFile, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { generatePeople } from "../../simulators/people.js";
import { until } from "../sync/project.js";
import { consoles } from "./opened.js";

const READ_ONLY = "fedcba9876543210fedcba9876543210";

const open = consoles();

const people = (count: number) => generatePeople(count, { endMs: Date.now() });

describe("a key", () => {
  test.each([
    ["wrong", "ffffffffffffffffffffffffffffffff", /refused the API key/],
    ["read-only", READ_ONLY, /not allowed to do this/],
  ])("that is %s is explained, with what to do", async (_kind, key, words) => {
    const vendors = { iterable: { keys: { [READ_ONLY]: "ReadOnly" } } } as const;
    const opened = await open({ vendors });
    const { page } = opened;
    await page.getByRole("link", { name: "Connections" }).click();
    await page.getByRole("button", { name: "Replace" }).last().click();
    await page.getByLabel("API key", { exact: true }).fill(key);
    await page.getByRole("button", { name: "Check Iterable" }).click();
    await page.getByText(words).waitFor();
    await page
      .getByText(/Server-side key/)
      .first()
      .waitFor();
    expect(await page.content()).not.toContain(key);
  });

  test("that is padded is trimmed, with a remark", async () => {
    const opened = await open();
    const { page } = opened;
    await page.getByRole("link", { name: "Connections" }).click();
    await page.getByRole("button", { name: "Replace" }).last().click();
    await page.getByLabel("API key", { exact: true }).fill("  0123456789abcdef0123456789abcdef ");
    await page.getByText("Spaces around it were removed.").waitFor();
    await page.getByRole("button", { name: "Check Iterable" }).click();
    await page.getByText("✓").first().waitFor();
  });
});

test("a workspace that is not there is explained on Flowcode's side", async () => {
  const opened = await open();
  const { page } = opened;
  await page.getByRole("link", { name: "Connections" }).click();
  await page.getByLabel("Workspace ID").fill("workspace-9");
  await page.getByRole("button", { name: "Check Flowcode" }).click();
  await page.getByText("Not connected").waitFor();
  await page.getByText(/workspace_id/).waitFor();
});

test("a vendor that is down and comes back is waited for, and said so", async () => {
  const opened = await open({ rows: people(100) });
  const { page, iterable } = opened;
  iterable.faults.script({
    path: "/api/users/bulkUpdate",
    times: 4,
    action: { kind: "status", status: 503 },
  });
  await page.getByRole("button", { name: "Sync now" }).click();
  await page.getByText(/Run 1 is under way/).waitFor();
  await page.getByText(/Waiting for/).waitFor();
  await page.getByText(/read = .* delivered/).waitFor();
});

test("what somebody else has saved meanwhile is not overwritten", async () => {
  const opened = await open();
  const { page, context, folder } = opened;
  await page.getByRole("link", { name: "Rules" }).click();
  await page.getByRole("radio", { name: /Fill what is missing/ }).check();
  const other = await context.newPage();
  await other.goto(await opened.link());
  await other.getByRole("link", { name: "Rules" }).click();
  await other.getByRole("radio", { name: /^Keep/ }).check();
  await other.getByRole("button", { name: "Save", exact: true }).click();
  await other.getByText("Unsaved").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const changedElsewhere = page.getByRole("heading", { name: /changed elsewhere/ });
  await changedElsewhere.waitFor();
  const row = page.getByRole("row").filter({ hasText: "overwrite mode" });
  expect(await row.getByRole("cell").allTextContents()).toEqual(["keep_existing", "fill_missing"]);
  const path = `${folder}/flowcode-iterable.json`;
  const saved = JSON.parse(await readFile(path, "utf8"));
  expect(saved.destination.overwrite_mode).toBe("keep_existing");
  await page.getByRole("button", { name: "Use the saved settings" }).click();
  await page.getByText("Unsaved").waitFor({ state: "detached" });
  expect(await page.getByRole("radio", { name: /^Keep/ }).isChecked()).toBe(true);

  // An editor saves another setting meanwhile: both changes are kept.
  await page.getByRole("radio", { name: /Fill what is missing/ }).check();
  await writeFile(path, JSON.stringify({ ...saved, schedule: { every: "6h" } }));
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await changedElsewhere.waitFor();
  await page.getByRole("button", { name: "Put my changes on top" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Unsaved").waitFor({ state: "detached" });
  const now = JSON.parse(await readFile(path, "utf8"));
  expect([now.schedule, now.destination.overwrite_mode]).toEqual([{ every: "6h" }, "fill_missing"]);
});

test("a run of the command line is followed, is the only one, and can be stopped", async () => {
  const opened = await open({ rows: people(3000) });
  const { page, flowcode, run } = opened;
  flowcode.faults.script({
    path: "/abacus.v1.AbacusService/ListContacts",
    from: 2,
    times: 1,
    action: { kind: "slow", ms: 20_000 },
  });
  const ended = run("sync");
  await page.getByText(/Run 1 is under way/).waitFor();
  expect(await page.getByRole("button", { name: "Sync now" }).isDisabled()).toBe(true);
  await page.reload();
  await page.getByText(/Run 1 is under way/).waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText("Stopped").first().waitFor();
  expect((await ended).code).toBe(1);
});

test("a console that was killed is noticed by its page, and a new one opens", async () => {
  const opened = await open({ rows: people(50) });
  const { page, console: process } = opened;
  process.kill("SIGKILL");
  await page.getByText(/The connection to the console is broken/).waitFor();
  await until(async () => (await opened.run("console", "--link")).code === 2);
});

test("two thousand fields of Iterable's are picked from without a lag", async () => {
  const fields = Object.fromEntries(
    Array.from({ length: 2000 }, (_, index) => [`custom_field_${index}`, "string"]),
  );
  const opened = await open({ rows: people(50), vendors: { iterable: { fields } } as never });
  const { page } = opened;
  await page.getByRole("link", { name: "Mapping" }).click();
  await page.getByRole("button", { name: "Show", exact: true }).click();
  const picker = page.getByRole("combobox", { name: /Shirt Size/ }).first();
  await picker.click();
  await picker.fill("custom_field_1999");
  await page.getByRole("option", { name: /custom_field_1999/ }).click();
  await page.getByText("Unsaved").waitFor();
  expect(await page.getByRole("listbox").count()).toBe(0);
});

test("a hundred thousand rejected contacts are shown a page at a time", async () => {
  const line = (index: number) =>
    JSON.stringify({
      type: "RECORD",
      record: { stream: "contacts", data: { email: `person${index}@` }, emitted_at: 1 },
      rejection: {
        line: index,
        stage: "mapping",
        field: "email",
        reason: "invalid_email",
        at: "2026-01-01T00:00:00Z",
      },
    });
  const opened = await open({
    rows: people(400),
    prepare: async (project) => {
      await project.settings({ destination: { rejected_records: { storage: "file", path: "rejects" } } });
      await project.run("sync");
      const [name] = await project.names("rejects/1");
      const text = Array.from({ length: 100_000 }, (_, index) => `${line(index)}\n`).join("");
      await writeFile(`${project.folder}/rejects/1/${name}`, text);
    },
  });
  const { page } = opened;
  await page.getByRole("link", { name: "Sync logs" }).click();
  await page.getByRole("link", { name: "1", exact: true }).click();
  await page
    .locator("summary")
    .filter({ hasText: /valid address/ })
    .first()
    .click();
  await page.getByRole("button", { name: "Show more" }).click();
  await page.getByText(/line 99\b/).waitFor();
  expect(await page.content()).not.toContain("person1@");
});
