import { expect, test } from "vitest";
import { consoles } from "./opened.js";

const open = consoles();

test("a link opens the console once, and leaves no key in the address", async () => {
  const opened = await open();
  const { page, origin, context } = opened;
  expect(page.url()).toBe(`${origin}/#/overview`);
  expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Overview");
  const link = await opened.link();
  const second = await context.newPage();
  await second.goto(link);
  await second.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  const third = await context.newPage();
  await third.goto(link);
  await third.getByText("This link does not work any more.").waitFor();
  await third.getByText("flowcode-iterable console --link").first().waitFor();
});

test("nothing is loaded from elsewhere, and no policy is broken", async () => {
  const opened = await open();
  const { page, origin, traffic, said } = opened;
  for (const name of ["Connections", "Mapping", "Rules", "Schedule", "Sync logs", "Find a contact"]) {
    await page.getByRole("link", { name, exact: true }).click();
    await page.getByRole("heading", { level: 1, name }).waitFor();
  }
  const asked = traffic.filter((line) => /^(GET|POST|PUT) /.test(line)).map((line) => line.split(" ")[1]);
  expect(asked.filter((url) => !url?.startsWith(`${origin}/`))).toEqual([]);
  expect(said).toEqual([]);
});

test("another page of the same machine can do nothing with it", async () => {
  const opened = await open();
  const { context, origin, flowcode } = opened;
  const foreign = await context.newPage();
  await foreign.goto(`${flowcode.url}/__sim/requests`);
  const results = await foreign.evaluate(async (address) => {
    const tries = [
      fetch(`${address}/api/v1/project`),
      fetch(`${address}/api/v1/runs`, {
        method: "POST",
        body: "{}",
        headers: { "content-type": "text/plain" },
      }),
      fetch(`${address}/api/v1/runs`, { method: "POST", mode: "no-cors", body: '{"kind":"sync"}' }),
    ];
    const settled = await Promise.allSettled(tries);
    return settled.map((one) => (one.status === "fulfilled" ? one.value.type : "refused"));
  }, origin);
  expect(results.filter((type) => type === "basic" || type === "cors")).toEqual([]);
  expect(await opened.names("runs")).toEqual([]);
});
