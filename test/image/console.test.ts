import { createServer } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ended } from "../process.js";
import { removeVolume, signal, start } from "./engine.js";
import { startVendors, type Vendors } from "./vendors.js";

const VOLUME = `flowcode-iterable-console-${process.pid}`;
let vendors: Vendors;
beforeAll(async () => {
  vendors = await startVendors(50);
});
afterAll(async () => {
  await Promise.all([vendors.close(), removeVolume(VOLUME)]);
});

/** A port that nobody listens on at this moment. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test("the image serves the console to the published address alone, and checks both sides from there", async () => {
  const origin = `http://127.0.0.1:${await freePort()}`;
  const name = `flowcode-iterable-console-${process.pid}`;
  const reach = ["--host", "0.0.0.0", "--port", new URL(origin).port, "--origin", origin];
  const container = start("flowcode-iterable", ["console", "--no-open", ...reach], {
    mounts: [[VOLUME, "/project"]],
    name,
  });
  const ending = ended(container);
  let said = "";
  const link = await new Promise<URL>((resolve, reject) => {
    container.stdout.on("data", (text) => {
      said += String(text);
      const found = /http:\/\/\S+#k=[\w-]{43}/.exec(said);
      if (found) resolve(new URL(found[0]));
    });
    container.once("close", () => reject(new Error(`the container has ended: ${said}`)));
  });
  expect(link.origin).toBe(origin);

  const page = await fetch(origin);
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(await page.text()).toContain("main.js");
  for (const path of ["/main.js", "/style.css"]) expect((await fetch(`${origin}${path}`)).status).toBe(200);
  const elsewhere = await fetch(`http://127.0.0.2:${link.port}/`).catch(() => ({ status: 421 }));
  expect(elsewhere.status).toBe(421);

  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${origin}/api/v1/${path}`, {
      method: "POST",
      headers: { origin, "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    return response.json() as Promise<Record<string, string>>;
  };
  const { session } = await post("session", { key: link.hash.slice("#k=".length) });
  const settings = {
    version: 1,
    source: JSON.parse(await vendors.text("source.json")),
    destination: JSON.parse(await vendors.text("destination.json")),
  };
  const authorization = `Bearer ${session}`;
  for (const side of ["source", "destination"])
    expect(await post(`check/${side}`, { settings }, { authorization })).toMatchObject({ works: true });

  await signal(name, "TERM");
  expect((await ending).code).toBe(143);
});
