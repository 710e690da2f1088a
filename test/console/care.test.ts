import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { ContactRow } from "../../simulators/flowcode/row.js";
import { held } from "../sync/project.js";
import { consoles } from "./opened.js";

const open = consoles();

const AT = "2026-01-01T00:00:00Z";
/** People whose birthdays are written as nobody reads them without being told. */
const PEOPLE = Array.from({ length: 40 }, (_, index) => ({
  user: {
    email: `person${index}@example.com`,
    name: `First${index} Last${index}`,
    birthday: `${String((index % 12) + 13)}.05.1990`,
    "Shirt Size": index % 2 === 0 ? "L" : "M",
  },
  firstConvertedAt: AT,
  lastConvertedAt: AT,
})) as unknown as ContactRow[];

const IN_ITERABLE = {
  fields: { birthday: "date", shirtSize: "string" },
  lists: [12],
  limits: { "/api/users/bulkUpdate": 1000, "/api/users/getByEmail": 1000 },
} as const;

const goTo = async (page: Page, name: string) => {
  await page.getByRole("link", { name, exact: true }).first().click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
};

test("a field that loses its values is named, and mended from there by one choice", async () => {
  const opened = await open({
    rows: PEOPLE,
    vendors: { iterable: IN_ITERABLE },
    prepare: (project) => project.run("sync"),
  });
  const { page } = opened;
  await page.getByText("birthday lost most of its values:").waitFor();
  await page.getByRole("link", { name: "Fix the mapping" }).first().click();
  const row = page.getByRole("row").filter({ hasText: "birthday" });
  await row.getByText("40 of 40 left out").waitFor();
  expect(await page.getByRole("row").count(), "the mapping is narrowed to that field").toBe(2);
  await row.getByLabel("Dates are written as").selectOption({ label: "day.month.year" });
  await row.getByRole("button", { name: "Read them so" }).click();
  await row.getByText("40 of 40 sent").waitFor();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Unsaved").waitFor({ state: "detached" });

  await goTo(page, "Overview");
  await page.getByText("More", { exact: true }).click();
  await page.getByRole("button", { name: "Send everything again" }).click();
  await page.getByText("At least 40 contacts will be written again.", { exact: false }).waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Send everything again" }).click();
  await page.getByText("✓ Healthy").waitFor();
  expect(await page.getByText("left out").count()).toBe(0);
});

test("lists, events and undo are chosen in Rules, and a run is undone from its log", async () => {
  const opened = await open({ rows: PEOPLE.slice(0, 20), vendors: { iterable: IN_ITERABLE } });
  const { page, iterable } = opened;
  for (const index of [0, 1, 2])
    iterable.put({ email: `person${index}@example.com`, dataFields: { firstName: "Beatrice" } });
  await goTo(page, "Rules");
  await page.getByText("What a run changes in Iterable").click();
  await page.getByRole("button", { name: "+ a list" }).click();
  await page.getByLabel("Static list ID").fill("12");
  await page.getByRole("button", { name: "+ an event" }).click();
  await page.getByLabel("Event name").fill("signed_up");
  await page.getByRole("checkbox", { name: /Only some contacts, event signed_up/ }).check();
  await page
    .getByRole("group", { name: "signed_up" })
    .getByLabel("Form field")
    .first()
    .selectOption("Shirt Size");
  await page.getByLabel("Condition", { exact: true }).selectOption("in");
  await page.getByLabel("Answers", { exact: true }).fill("L, XL");
  await page.getByRole("button", { name: "Add a field to the event signed_up" }).click();
  await page.getByRole("button", { name: "Save and sync now" }).click();
  await page.getByText("20 read = 20 delivered").waitFor();
  const saved = JSON.parse(await opened.text("flowcode-iterable.json")).destination;
  expect(saved).toMatchObject({
    lists: [{ id: 12 }],
    events: [{ name: "signed_up", when: { field: "Shirt Size", in: ["L", "XL"] } }],
    previous_values: { storage: "file" },
  });

  await goTo(page, "Sync logs");
  await page.getByRole("link", { name: "1", exact: true }).click();
  await page.getByText("List 12: 20 subscribed").waitFor();
  await page.getByText("Event “signed_up”: 10 sent").waitFor();
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await page.getByText("3 profiles: would get back their values from before the run").waitFor();
  await page.getByText(/Not undone: list 12/).waitFor();
  await page.getByText("What run 1 has changed").click();
  await page.getByText("Choose Show data").first().waitFor();
  expect(await page.content()).not.toContain("Beatrice");
  await page.getByRole("checkbox", { name: "Show data" }).check();
  await page.getByRole("cell", { name: "Beatrice", exact: true }).first().waitFor();
  await page.getByRole("button", { name: "Undo this run…" }).click();
  await page.getByRole("button", { name: "Put back 3 profiles" }).click();
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  await page.getByText(/20 read = .*kept/).waitFor();
  expect(held(opened)["person1@example.com"]).toMatchObject({ firstName: "Beatrice" });
});

test("a contact is found with its verdict first, masked until it is to be shown; nobody is found with what to do", async () => {
  const opened = await open({
    rows: PEOPLE.slice(0, 5),
    vendors: { iterable: IN_ITERABLE },
    prepare: (project) => project.run("sync"),
  });
  const { page } = opened;
  await goTo(page, "Find a contact");
  const who = page.getByLabel("Email, phone or user ID");
  await who.fill("nobody@example.com");
  await page.getByRole("button", { name: "Find", exact: true }).click();
  await page.getByText(/Not found: none of the 5 contacts in Flowcode/).waitFor();
  await page.getByText("Check the spelling", { exact: false }).waitFor();
  await who.fill("person3@example.com");
  await page.getByRole("button", { name: "Find", exact: true }).click();
  await page.getByText("✓ Iterable has this contact as it was sent.").waitFor();
  expect(await page.getByText("First3").count()).toBe(0);
  await page.getByRole("checkbox", { name: "Show data" }).check();
  await page.getByText("First3").first().waitFor();
});

test("a test contact is awaited, sent alone, and shown on both sides", async () => {
  const opened = await open({ rows: PEOPLE.slice(0, 5), vendors: { iterable: IN_ITERABLE } });
  const { page, iterable } = opened;
  await goTo(page, "Send a test contact");
  await page.getByLabel("Email that you used").fill("person3@example.com");
  await page.getByRole("button", { name: "Wait for it and send it" }).click();
  await page.getByText("Iterable has it").waitFor();
  await page.getByText("✓ the same").first().waitFor();
  expect([...iterable.users.keys()]).toEqual(["person3@example.com"]);
  await page.getByText("Mapped: 1 value left out").waitFor();
});
