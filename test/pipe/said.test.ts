import { afterEach, describe, expect, test } from "vitest";
import { generatePeople } from "../../simulators/people.js";
import type { Ended } from "../process.js";
import { DIALECTS, type Dialect, type Stage, setStage } from "../stage.js";
import { sync } from "./pipe.js";

let stage: Stage;
afterEach(() => stage.close());

const people = () => generatePeople(30, { seed: 5, endMs: Date.now() - 7_200_000 });
const at = new Date(Date.now() - 7_200_000).toISOString();
const times = { firstConvertedAt: at, lastConvertedAt: at };

/** What whoever watches a shell's pipe can see: standard error of both, and what the last program prints. */
function shown({ source, destination }: { source: Ended; destination: Ended }, dialect: Dialect) {
  const logs = dialect === "singer" ? [] : destination.messages.filter(({ type }) => type === "LOG");
  const said = logs.map(({ log }) => `${log.level} ${log.message}`);
  return [...said, ...source.stderr.split("\n"), ...destination.stderr.split("\n")];
}

describe.each(DIALECTS)("in a plain pipe in %s", (dialect) => {
  test("what the source warns of is shown, once, and what it says on the way is not passed on", async () => {
    stage = await setStage([...people(), { user: {}, ...times }], { flowcode: { filterPlace: "nowhere" } });
    await sync(stage, { dialect });
    const second = await sync(stage, { dialect });
    expect([second.source.code, second.destination.code]).toEqual([0, 0]);
    const lines = shown(second, dialect);
    for (const words of ["ignores the date filter", "anonymous"])
      expect(lines.filter((line) => line.startsWith("WARN") && line.includes(words))).toHaveLength(1);
    const passedOn = lines.filter((line) => line.includes("the source says"));
    expect(passedOn.every((line) => line.startsWith("WARN"))).toBe(true);
    expect(passedOn.length > 0).toBe(dialect === "airbyte");
  });

  test.each([
    ["whatever the catalog", undefined],
    ["where the catalog lists it", { agreement: { type: "string" } }],
  ])(
    "a consent field that no contact has is named, and so is every mapped field, %s",
    async (_where, listed) => {
      stage = await setStage(people());
      const json_schema = listed ? { properties: { email: {}, name: {}, ...listed } } : {};
      const catalog =
        dialect === "airbyte"
          ? {
              streams: [
                {
                  stream: { name: "contacts", json_schema, supported_sync_modes: ["full_refresh"] },
                  sync_mode: "full_refresh",
                  destination_sync_mode: "append_dedup",
                },
              ],
            }
          : undefined;
      const destination = { consent: { field: "agreement", agrees: ["yes"] } };
      const mapped = {
        field_mapping: [
          { source: "name", target: "firstName" },
          { source: "Shoe", target: "shoe" },
        ],
      };
      const consents = await sync(stage, { dialect, catalog, destination });
      expect(shown(consents, dialect).join("\n")).toMatch(
        /WARN.*no record had a value .*agreement.*nobody was written/,
      );
      const maps = await sync(stage, {
        dialect,
        catalog,
        source: { lookback_hours: 24, start_date: "2020-01-01T00:00:00Z" },
        destination: mapped,
      });
      expect(shown(maps, dialect).join("\n")).toMatch(/WARN.*no record had a value .*: Shoe;/);
    },
  );

  test("a contact whose email stands under another name, which is mapped, is not anonymous", async () => {
    stage = await setStage([{ user: { "Work Email": "ann@example.com" } as never, ...times }]);
    const field_mapping = [{ sources: ["email", "Work Email"], target: "email" }];
    const ended = await sync(stage, { dialect, destination: { field_mapping } });
    expect([ended.source.code, ended.destination.code]).toEqual([0, 0]);
    expect([...stage.iterable.users.keys()]).toEqual(["ann@example.com"]);
    expect(shown(ended, dialect).join("\n")).not.toContain("anonymous");
  });
});
