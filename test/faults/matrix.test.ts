import { afterAll, describe, expect, test } from "vitest";
import { toldBy } from "../messages.js";
import { DIALECTS } from "../stage.js";
import { isWhole, report } from "./figures.js";
import { KINDS, MOMENTS, PLACES } from "./kinds.js";
import { createScenario, MODES, PATHS } from "./scenario.js";

/** Places that matter to the modes that depend on what exists. */
const NEED_TO_KNOW: ReadonlySet<string> = new Set(["lookup", "export", "files", "file"]);
const EXPORTS: ReadonlySet<string> = new Set(["export", "files", "file"]);
const kinds = Object.entries(KINDS);
const all = PLACES.flatMap((place, p) =>
  kinds.flatMap(([kind, action], k) =>
    MOMENTS.map((moment, m) => {
      const number = (p * kinds.length + k) * MOMENTS.length + m;
      // Look-ups are made by the modes that need them.
      const mode = NEED_TO_KNOW.has(place) ? MODES[1 + (number % 2)] : MODES[number % 3];
      return {
        place,
        kind,
        action,
        moment,
        mode: mode ?? "overwrite",
        dialect: DIALECTS[(k + m) % 2] ?? "airbyte",
        number,
      };
    }),
  ),
);
/** A sample that has every kind, every place and every moment. */
const cases = isWhole
  ? all
  : kinds.flatMap(
      (_, k) => all[((k % PLACES.length) * kinds.length + k) * MOMENTS.length + (k % MOMENTS.length)] ?? [],
    );

let survived = 0;
afterAll(() => report("faults", survived));

describe.concurrent("a fault that passes costs nobody anything, in one run", () => {
  test.each(cases)(
    "$kind, $place, $moment.name ($mode, $dialect)",
    async ({ place, action, moment, mode, dialect, number }) => {
      const scenario = await createScenario({
        seed: number + 1,
        mode,
        dialect,
        followUps: place === "list" || place === "event",
        exports: EXPORTS.has(place),
      });
      try {
        const { stage } = scenario;
        const { flowcode, iterable } = stage;
        const side =
          place === "token" || place === "page" ? flowcode : place === "file" ? iterable.files : iterable;
        const { from, times } = moment;
        const path = PATHS[place];
        side.faults.script({ ...(path !== undefined && { path, from }), times, action });
        const { source, destination } = await scenario.run();
        expect(scenario.problems(), `${toldBy(source)}${toldBy(destination)}`).toEqual([]);
        expect([source.code, destination.code], `${toldBy(source)}${toldBy(destination)}`).toEqual([0, 0]);
        survived += 1;
      } finally {
        await scenario.close();
      }
    },
  );
});
