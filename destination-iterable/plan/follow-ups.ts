import type { JsonObject } from "../../protocol/message.js";
import { createFollowUpCounts, type FollowUpOutcome } from "../accounting/follow-up-counts.js";
import type { Config } from "../config.js";
import type { Condition } from "../follow-up-settings.js";
import { compileFollowUps, eventOptions, followUpNames, listsOf } from "../mapping/follow-ups.js";
import { createMapping, type Mapped, MappingError } from "../mapping/mapping.js";
import type { MappingOptions } from "../mapping/options.js";
import { splitPath } from "../mapping/paths.js";
import { sourcesOf } from "../mapping/unmapped.js";
import { outlookOf, type PlanRow } from "./plan.js";
import { createRowTally, type RowValues } from "./row-tally.js";

/** What the fields of an event would be. */
export interface EventOutlook {
  readonly options: MappingOptions;
  readonly rows: readonly PlanRow[];
  /** The same rows as its own mapping has them. */
  readonly own: ReadonlyMap<PlanRow, PlanRow>;
}

/** What the fields of events would be. Which fields an event has already, Iterable does not tell. */
export function eventOutlooks(
  config: Config,
  options: MappingOptions,
  properties: JsonObject,
): EventOutlook[] {
  return config.events.map(({ name, field_mapping: entries = [] }, index) => {
    const ownOptions = eventOptions(entries, options, new Map());
    const own = new Map<PlanRow, PlanRow>();
    for (const row of outlookOf(ownOptions, properties, config.create_new_fields).rows) {
      if (!entries.some((_, at) => row.place === `field_mapping[${at}]`)) continue;
      const place = `events[${index}].${row.place}`;
      own.set({ ...row, place, ...verdictOn(row, config), event: name }, row);
    }
    return { options: ownOptions, rows: [...own.keys()], own };
  });
}

function verdictOn(
  { verdict, detail }: PlanRow,
  { create_new_fields }: Config,
): Pick<PlanRow, "verdict" | "detail"> {
  if (verdict === "cannot_fit") return { verdict, detail };
  const otherwise = create_new_fields ? "created" : "left out";
  return { verdict: "fits", detail: `${otherwise} where the event does not have it` };
}

/** Rows of fields that nothing maps, with what they are for all the same: events that carry them, and conditions. */
export function withUses(
  rows: readonly PlanRow[],
  config: Pick<Config, "list_id" | "lists" | "events">,
): PlanRow[] {
  const uses = [
    ...config.events.flatMap(({ name, field_mapping: entries = [] }) =>
      entries.flatMap((entry) =>
        sourcesOf(entry).map((path) => [path, `the event "${name}" carries it`] as const),
      ),
    ),
    ...[...listsOf(config), ...config.events].flatMap((one) => {
      const what = "id" in one ? `list ${one.id}` : `the event "${one.name}"`;
      return one.when ? [[one.when.field, `decides on ${what}`] as const] : [];
    }),
  ];
  return rows.map((row) => {
    if (row.verdict !== "not_sent" || row.source === null) return row;
    const mine = uses.filter(([path]) => path === row.source || splitPath(path)[0] === row.source);
    if (mine.length === 0) return row;
    return { ...row, detail: `not to the profile; ${[...new Set(mine.map(([, use]) => use))].join(", ")}` };
  });
}

/** Counts what would follow from the records of a sample, and what becomes of the values of events. */
export function createFollowUpTally(
  config: Config,
  options: MappingOptions,
  outlooks: readonly EventOutlook[],
) {
  const counts = createFollowUpCounts(followUpNames(config));
  const lists = listsOf(config).length;
  const followUps = orNone(() => compileFollowUps(config, options));
  const events = outlooks.map(({ options: own, own: rows }) => ({
    mapping: orNone(() => createMapping(own)),
    tallies: [...rows].map(([row, inner]) => [row, createRowTally(inner, own)] as const),
  }));
  return {
    take(record: JsonObject, mapped: Mapped): void {
      if (mapped.verdict !== "send" || !followUps) return;
      const { key, identifier } = mapped;
      for (const { channel, misfit } of followUps.of(
        record,
        { key, identifier, cursor: undefined },
        ignore,
      )) {
        counts.add(channel, misfit === undefined);
        const event = events[channel - lists];
        const carried = event?.mapping?.map(record, []);
        if (carried) for (const [, tally] of event?.tallies ?? []) tally.take(record, carried);
      }
    },
    values: (): (readonly [PlanRow, RowValues])[] =>
      events.flatMap(({ tallies }) => tallies.map(([row, tally]) => [row, tally.end()] as const)),
    outcome: (): FollowUpOutcome => counts.outcome(),
  };
}

const ignore = () => undefined;

/** What cannot work does nothing: the plan says why. */
function orNone<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof MappingError) return undefined;
    throw error;
  }
}

/** What follows once a contact is written, for people. */
export function followUpNotes(config: Config): string[] {
  return [
    ...listsOf(config).map(({ id, when }) => `put on list ${id}${limited(when)}`),
    ...config.events.map(({ name, when }) => `sends the event "${name}"${limited(when)}`),
  ];
}

const limited = (when: Condition | undefined) => (when ? `, depending on "${when.field}"` : "");
