import { afterAll, describe, expect, test } from "vitest";
import { createRandom } from "../../simulators/random.js";
import { toldBy } from "../messages.js";
import { DIALECTS } from "../stage.js";
import { isWhole, report } from "./figures.js";
import { createScenario, MODES, PATHS } from "./scenario.js";

/** Kills within one scenario, before it is let through. */
const KILLS = isWhole ? 4 : 3;
const scenarios = Array.from({ length: isWhole ? 360 : 3 }, (_, seed) => ({
  seed,
  mode: MODES[seed % MODES.length] ?? "overwrite",
  dialect: DIALECTS[Math.floor(seed / MODES.length) % 2] ?? "airbyte",
}));

let kills = 0;
afterAll(() => report("kills", kills));

describe.concurrent("whoever is killed (-9), and whenever, the runs after it bring everybody", () => {
  test.each(scenarios)("$mode, $dialect, seed $seed", async ({ seed, mode, dialect }) => {
    const random = createRandom(seed + 1);
    // In every second scenario a kill may come between a profile, its list and its event.
    const followUps = seed % 2 === 0;
    // In the others what exists is exported, where the mode depends on it.
    const exports = !followUps && mode !== "overwrite";
    const scenario = await createScenario({ seed: seed + 1000, mode, dialect, followUps, exports });
    try {
      const { flowcode, iterable } = scenario.stage;
      // Whose request it is that somebody dies at, and the latest of how many.
      const moments = [
        [flowcode, PATHS.token, 1],
        [flowcode, PATHS.page, 6],
        [iterable, PATHS.fields, 1],
        [iterable, PATHS.bulk, 6],
        ...(followUps
          ? ([
              [iterable, PATHS.list, 6],
              [iterable, PATHS.event, 6],
            ] as const)
          : []),
        ...(exports
          ? ([
              [iterable, PATHS.export, 2],
              [iterable, PATHS.files, 3],
            ] as const)
          : []),
      ] as const;
      for (let kill = 0; kill < KILLS; kill += 1) {
        const victim = random() < 0.5 ? "source" : "destination";
        const [side, path, most] = moments[Math.floor(random() * moments.length)] as (typeof moments)[number];
        const count = side.journal.count(path) + 1 + Math.floor(random() * most);
        const moment = side.journal.reached(path, count);
        await scenario.run({
          meanwhile: (processes) => {
            void moment.then(() => {
              if (processes[victim].kill("SIGKILL")) kills += 1;
            });
          },
        });
      }
      const { source, destination } = await scenario.run();
      expect([source.code, destination.code], `${toldBy(source)}${toldBy(destination)}`).toEqual([0, 0]);
      expect(scenario.problems(), `${toldBy(source)}${toldBy(destination)}`).toEqual([]);
    } finally {
      await scenario.close();
    }
  });
});
