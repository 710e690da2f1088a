import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { generatePeople } from "../../simulators/people.js";
import { type Project, setProject } from "./project.js";

let project: Project;
let silent: Server;
let url: string;
beforeEach(async () => {
  project = await setProject(generatePeople(3, { seed: 3, endMs: Date.now() - 60_000 }));
  silent = createServer((socket) => void socket.on("error", () => undefined).resume());
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
});
afterEach(async () => {
  silent.close();
  await project.close();
});

test.each([
  ["Flowcode", () => ({ source: { advanced: { api_base_url: url, auth_base_url: url } } })],
  ["Iterable", () => ({ destination: { advanced: { base_url: url } } })],
])(
  "a run whose %s takes connections and never answers says so, and fails",
  async (vendor, settings) => {
    await project.settings(settings());
    const { code, stdout, stderr } = await project.run("sync");
    expect(code).toBe(1);
    const said = `${stdout}${stderr}`;
    expect(said).toContain(`waiting for ${vendor}: does not answer, attempt 1`);
    expect(said).toContain(`${vendor} takes connections and does not answer. Check`);
    const ended = (await project.log(1)).find(({ event }) => event === "ended");
    expect(ended).toMatchObject({ outcome: "failed", explanation: { failure_type: "transient_error" } });
  },
  60_000,
);

test("one that is slow, and has answered before, is waited for", async () => {
  await project.settings({ destination: { advanced: { timeout_seconds: 30 } } });
  project.iterable.faults.script({
    path: "/api/users/bulkUpdate",
    from: 1,
    action: { kind: "slow", ms: 13_000 },
  });
  const { code } = await project.run("sync");
  expect(code).toBe(0);
}, 60_000);
