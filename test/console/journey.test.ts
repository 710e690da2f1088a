/// <reference lib="dom" />
import { rm } from "node:fs/promises";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { SERVER_SIDE_KEY } from "../../simulators/iterable.js";
import { generatePeople } from "../../simulators/people.js";
import { held } from "../sync/project.js";
import { consoles, type Opened } from "./opened.js";

/** A folder for the pictures of the README, where somebody wants to renew them. */
const PICTURES = process.env.CONSOLE_PICTURES;

const open = consoles();

const goTo = async (page: Page, name: string) => {
  await page.getByRole("link", { name, exact: true }).first().click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
};

/** Nobody has set anything up: only where the vendors are stands in the environment. */
async function fromNothing(): Promise<Opened> {
  const vendors = { iterable: { fields: { shirtSize: "string", birthday: "date" } } } as const;
  const rows = generatePeople(300, { endMs: Date.now() });
  let env = {};
  return open({
    rows,
    vendors,
    prepare: async (project) => {
      await rm(`${project.folder}/flowcode-iterable.json`);
      env = {
        FLOWCODE_API_BASE_URL: project.flowcode.url,
        FLOWCODE_AUTH_BASE_URL: project.flowcode.url,
        ITERABLE_BASE_URL: project.iterable.url,
      };
    },
    env: () => env,
  });
}

async function connect(page: Page, { flowcode }: Opened): Promise<void> {
  const { orgId, workspaceId, clientId, clientSecret } = flowcode.account;
  await page.getByLabel("Organization ID").fill(orgId);
  await page.getByLabel("Workspace ID").fill(workspaceId);
  await page.getByLabel("Client ID").fill(clientId);
  await page.getByLabel("Client secret").fill(clientSecret);
  await page.getByLabel("API key", { exact: true }).fill(SERVER_SIDE_KEY);
}

test("an administrator comes from an empty folder to a sync that is verified", async () => {
  const opened = await fromNothing();
  const { page, traffic, iterable } = opened;
  await page.getByRole("heading", { level: 1, name: "Connections" }).waitFor();
  await connect(page, opened);
  await page.getByRole("button", { name: "Check Flowcode" }).click();
  await page.getByText("Connected").first().waitFor();
  await page.getByText("Newest contact").waitFor();
  await page.getByRole("button", { name: "Check Iterable" }).click();
  await page.getByText("Connected").nth(1).waitFor();
  await page.getByText("Fields that can be mapped").waitFor();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("•••••••• saved").first().waitFor();

  await goTo(page, "Mapping");
  const size = page.getByRole("row").filter({ hasText: "Shirt Size" });
  await size.getByRole("button", { name: /^Accept/ }).click();
  await page.getByText("Unsaved").waitFor();
  await size.getByText("Fits").waitFor();
  await page.getByRole("button", { name: "Preview a contact" }).click();
  await page.getByText(/^Contact 1 of/).waitFor();
  if (PICTURES) {
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: `${PICTURES}/console-mapping.png` });
  }

  await goTo(page, "Schedule");
  await page.getByLabel("Every", { exact: true }).check();
  await page.getByRole("button", { name: "Save and sync now" }).click();
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  await page.getByText(/read = .* delivered/).waitFor();
  await page.getByText(/This console syncs while it is open/).waitFor();
  expect(iterable.users.size).toBeGreaterThan(250);
  expect(Object.values(held(opened)).some((fields) => (fields as { shirtSize?: string }).shirtSize)).toBe(
    true,
  );
  const { field_mapping: mapping } = JSON.parse(await opened.text("flowcode-iterable.json")).destination;
  const targets = mapping.map(({ target }: { target: string }) => target);
  expect(targets, "what was not touched goes where it went by default").toEqual(
    expect.arrayContaining(["firstName", "lastName", "phoneNumber", "birthday", "shirtSize"]),
  );
  await page
    .getByText(/left out/)
    .first()
    .waitFor();
  await page.getByText(/Next sync: 2/).waitFor();
  if (PICTURES) await page.screenshot({ path: `${PICTURES}/console-overview.png` });

  await goTo(page, "Sync logs");
  await page.getByRole("link", { name: "1", exact: true }).click();
  await page.getByRole("button", { name: "Verify" }).click();
  await page
    .getByText(/20 contacts/)
    .first()
    .waitFor();
  const { stdout } = await opened.run("status");
  expect(stdout).toContain("console");

  const everything = traffic.filter((line) => !line.includes('"settings":')).join("\n");
  for (const secret of [SERVER_SIDE_KEY, opened.flowcode.account.clientSecret])
    expect(everything.includes(secret), "a secret was sent back").toBe(false);
  expect(opened.printed()).not.toContain(SERVER_SIDE_KEY);
});

test("the same is done by keyboard alone, up to the first sync", async () => {
  const opened = await fromNothing();
  const { page, flowcode, iterable } = opened;
  const { orgId, workspaceId, clientId, clientSecret } = flowcode.account;
  const type = async (label: string, text: string) => {
    await tabTo(page, label);
    await page.keyboard.type(text);
  };
  await type("Organization ID", orgId);
  await type("Workspace ID", workspaceId);
  await type("Client ID", clientId);
  await type("Client secret", clientSecret);
  await type("API key", SERVER_SIDE_KEY);
  await tabTo(page, "Save and sync now");
  await page.keyboard.press("Enter");
  await page.getByText(/read = .* delivered/).waitFor();
  expect(iterable.users.size).toBeGreaterThan(250);
});

/** Presses Tab until what has this name, or this label, has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press("Tab");
    const found = await page.evaluate(() => {
      const here = document.activeElement as HTMLInputElement | null;
      return here?.labels?.[0]?.textContent ?? here?.textContent ?? "";
    });
    if (found.trim() === name) return;
  }
  throw new Error(`Tab never leads to ${name}`);
}
