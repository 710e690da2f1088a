import type { JsonObject } from "../../protocol/message.js";
import type { Config } from "../config.js";
import type { Condition } from "../follow-up-settings.js";
import { eventOptions, listsOf } from "../mapping/follow-ups.js";
import type { MappingOptions } from "../mapping/options.js";
import { outlookOf, type PlanRow } from "./plan.js";

/** What the fields of events would be. Which fields an event has already, Iterable does not tell. */
export function eventRows(config: Config, options: MappingOptions, properties: JsonObject): PlanRow[] {
  return config.events.flatMap(({ name, field_mapping: entries = [] }, index) => {
    const { rows } = outlookOf(
      eventOptions(entries, options, new Map()),
      properties,
      config.create_new_fields,
    );
    return rows
      .filter(({ place }) => entries.some((_, at) => place === `field_mapping[${at}]`))
      .map((row) => ({ ...row, place: `events[${index}].${row.place}`, ...verdictOn(row, name, config) }));
  });
}

function verdictOn(
  { verdict, detail }: PlanRow,
  event: string,
  { create_new_fields }: Config,
): Pick<PlanRow, "verdict" | "detail"> {
  if (verdict === "cannot_fit") return { verdict, detail };
  const otherwise = create_new_fields
    ? "created where it does not have it"
    : "left out where it does not have it";
  return { verdict: "fits", detail: `of the event "${event}"; ${otherwise}` };
}

/** What follows once a contact is written, for people. */
export function followUpNotes(config: Config): string[] {
  return [
    ...listsOf(config).map(({ id, when }) => `subscribed to list ${id}${limited(when)}`),
    ...config.events.map(({ name, when }) => `sends the event "${name}"${limited(when)}`),
  ];
}

const limited = (when: Condition | undefined) => (when ? `, depending on "${when.field}"` : "");
