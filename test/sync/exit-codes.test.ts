import { writeFile } from "node:fs/promises";
import { afterEach, expect, test } from "vitest";
import { generatePeople } from "../../simulators/people.js";
import { ended, type Project, setProject, until } from "./project.js";

const LIST = "/abacus.v1.AbacusService/ListContacts";
const BULK = "/api/users/bulkUpdate";
const ONCE = { advanced: { max_attempts: 1 } };

let project: Project;
afterEach(() => project.close());
const onStage = () => setProject(generatePeople(60, { seed: 5, endMs: Date.now() - 7_200_000 }));

/** What a scheduler goes by: 1 is worth another try, 2 is not before somebody has corrected what the run names. */
test.each<[string, number, (project: Project) => unknown]>([
  ["a sync that has done its work", 0, () => undefined],
  [
    "a failure of Flowcode that lasts",
    1,
    async ({ settings, flowcode }) => {
      await settings({ source: ONCE });
      flowcode.faults.script({ path: LIST, action: { kind: "html", status: 503 } });
    },
  ],
  [
    "a failure of Iterable that lasts",
    1,
    async ({ settings, iterable }) => {
      await settings({ destination: ONCE });
      iterable.faults.script({ path: BULK, times: 99, action: { kind: "html", status: 503 } });
    },
  ],
  [
    "a key that Iterable refuses",
    2,
    ({ settings }) => settings({ destination: { api_key: "wrong-key-wrong-key-wrong-key-00" } }),
  ],
  ["a key that may not write", 2, ({ settings }) => settings({ destination: { api_key: "1".repeat(32) } })],
  [
    "a secret that Flowcode refuses",
    2,
    ({ settings }) =>
      settings({
        source: { credentials: { auth_type: "api_client", client_id: "nobody", client_secret: "nothing" } },
      }),
  ],
  [
    "a mapping that cannot work",
    2,
    ({ settings }) =>
      settings({ destination: { field_mapping: [{ source: "zip", target: "too.deep.by.far" }] } }),
  ],
  ["settings that cannot be read", 2, ({ folder }) => writeFile(`${folder}/flowcode-iterable.json`, "{")],
])("%s ends with %i", async (_what, code, prepare) => {
  project = await onStage();
  await prepare(project);
  const sync = await project.run("sync");
  expect([sync.code, `${sync.stdout}${sync.stderr}`]).toEqual([code, expect.stringMatching(/\w/)]);
});

test("a sync beside another one ends with 3, and leaves that one alone", async () => {
  project = await onStage();
  project.flowcode.faults.script({ path: LIST, action: { kind: "hang" } });
  const first = project.start(["sync"]);
  const end = ended(first);
  await until(async () => (await project.names("runs")).includes("1.jsonl"));
  const second = await project.run("sync");
  expect([second.code, second.stderr]).toEqual([3, expect.stringContaining("under way")]);
  first.kill("SIGTERM");
  expect((await end).signal).toBe("SIGTERM");
  expect((await project.log(1)).at(-1)?.outcome).toBe("stopped");
});
