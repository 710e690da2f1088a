import { afterAll, describe, expect, test } from "vitest";
import type { FaultAction } from "../../simulators/http/faults.js";
import {
  conversionsOf,
  heldEvents,
  heldLists,
  QUICK,
  SETTINGS,
  stageOf,
  wantedEvents,
  wantedLists,
} from "../conversions.js";
import { toldBy } from "../messages.js";
import { sync } from "../pipe/pipe.js";
import { DIALECTS } from "../stage.js";
import { isWhole, report } from "./figures.js";
import { MODES, PATHS } from "./scenario.js";

interface Moment {
  readonly name: string;
  readonly path: string;
  /** What the simulator does to the request that the destination dies at. */
  readonly action: FaultAction;
}

/** A request that is never answered was not carried out; one whose answer is lost was. */
const MOMENTS: readonly Moment[] = [
  {
    name: "when a profile is written and its answer is not there",
    path: PATHS.bulk,
    action: { kind: "lost_answer" },
  },
  { name: "between the profile's answer and the list", path: PATHS.list, action: { kind: "hang" } },
  {
    name: "when a list is taken and its answer is not there",
    path: PATHS.list,
    action: { kind: "lost_answer" },
  },
  { name: "between the profile's answer and the event's", path: PATHS.event, action: { kind: "hang" } },
  {
    name: "when an event is taken and its answer is not there",
    path: PATHS.event,
    action: { kind: "lost_answer" },
  },
];
const PLACES = isWhole ? [1, 2, 4] : [2];
const all = MOMENTS.flatMap((moment, m) =>
  PLACES.flatMap((place, p) =>
    DIALECTS.map((dialect, d) => ({
      ...moment,
      place,
      dialect,
      mode: MODES[(m + p + d) % 3] ?? "overwrite",
    })),
  ),
);
/** The sample is the moment that matters most, in both dialects. */
const cases = isWhole
  ? all
  : all.filter(({ path, action }) => path === PATHS.event && action.kind === "hang");

let kills = 0;
afterAll(() => report("kills between profile, list and event", kills));

describe.concurrent("a destination that is killed (-9) loses no conversion's event and doubles none", () => {
  test.each(cases)(
    "$name, request $place ($dialect, $mode)",
    async ({ path, action, place, dialect, mode }) => {
      const rows = conversionsOf(40);
      const stage = await stageOf(rows);
      try {
        const { iterable } = stage;
        // Somebody who exists gets an event too, in every mode.
        iterable.put({ email: "person3@example.com", dataFields: { firstName: "Already" } });
        const destination = { ...SETTINGS, overwrite_mode: mode, advanced: QUICK };
        iterable.faults.script({ path, from: place, action });
        const moment = iterable.journal.reached(path, place);
        const killed = await sync(stage, {
          dialect,
          destination,
          meanwhile: ({ destination: victim }) => void moment.then(() => victim.kill("SIGKILL")),
        });
        expect(killed.destination.signal, toldBy(killed.destination)).toBe("SIGKILL");
        kills += 1;
        // What it has acknowledged by then has its events already, since the next run does not bring it again.
        const next = await sync(stage, { dialect, destination });
        expect([next.source.code, next.destination.code], toldBy(next.destination)).toEqual([0, 0]);
        expect(heldEvents(stage)).toEqual(wantedEvents(rows));
        expect(heldLists(stage)).toEqual(wantedLists(rows));
      } finally {
        await stage.close();
      }
    },
  );
});
