import type { JsonObject } from "../../protocol/message.js";
import type { FollowUpName } from "../accounting/follow-up-counts.js";
import type { Config, EventSettings, SkipCondition } from "../config.js";
import type { FollowUp } from "../delivery/follow-ups/follow-up.js";
import type { FieldType } from "../iterable/field-types.js";
import { IDENTIFIER_TARGETS } from "../iterable/identifiers.js";
import { compileCondition } from "./conditions.js";
import type { DroppedField } from "./gathering.js";
import { createMapping } from "./mapping.js";
import type { MappingOptions } from "./options.js";
import { compilePath } from "./paths.js";
import { conditionProblems, findProblems } from "./problems.js";
import { type Carried, createCarried } from "./remarks/carried.js";
import { type Remark, unlistedSources } from "./remarks/listed.js";

/** What follows from records of a stream. */
export interface FollowUpMapping {
  /** What Iterable is to be asked for a record that is sent as this contact. */
  of(
    record: JsonObject,
    contact: Pick<FollowUp, "key" | "identifier" | "cursor">,
    onDropped: (dropped: DroppedField) => void,
  ): readonly FollowUp[];
  /** The lists and events whose conditions a record does not meet, with what it has instead: for people. */
  unmet(record: JsonObject): Unmet[];
  /** Notes the types that fields of an event, by its place in the settings, turned out to have. */
  learn(event: number, types: ReadonlyMap<string, FieldType>): void;
}

/** A condition that a record does not meet. */
export interface Unmet {
  /** The place of the list or event in the settings: lists first, then events. */
  readonly channel: number;
  readonly field: string;
  readonly found: unknown;
}

/** The static lists of the settings, the short form first. */
export function listsOf({ list_id, lists }: Pick<Config, "list_id" | "lists">): Config["lists"] {
  return [...(list_id === undefined ? [] : [{ id: list_id }]), ...lists];
}

/** What follows from a record, by the places of the channels. */
export function followUpNames(settings: Pick<Config, "list_id" | "lists" | "events">): FollowUpName[] {
  return [
    ...listsOf(settings).map(({ id }) => ({ list: id })),
    ...settings.events.map(({ name }) => ({ event: name })),
  ];
}

/** Compiles lists and events for a stream; undefined where there are none. `options` are those of the stream's mapping, whose mistakes are found before, and `carried` its watch over the fields that come. */
export function compileFollowUps(
  settings: Pick<Config, "list_id" | "lists" | "events">,
  options: MappingOptions,
  carried: Carried = createCarried(),
): FollowUpMapping | undefined {
  const lists = listsOf(settings).map(({ when }) =>
    when ? compileCondition(when, carried.compile) : undefined,
  );
  const events = settings.events.map((event) => compileEvent(event, options, carried));
  if (lists.length + events.length === 0) return undefined;

  return {
    of(record, contact, onDropped) {
      const found: FollowUp[] = [];
      for (const [channel, meets] of lists.entries()) {
        if (!meets || meets(record)) found.push({ ...contact, channel, fields: {} });
      }
      for (const [index, event] of events.entries()) {
        const followUp = event.of(record, contact, onDropped);
        if (followUp) found.push({ ...followUp, channel: lists.length + index });
      }
      return found;
    },
    unmet(record) {
      const conditions = [...listsOf(settings), ...settings.events].map(({ when }) => when);
      return conditions.flatMap((when, channel) => {
        if (!when || compileCondition(when)(record)) return [];
        return [{ channel, field: when.field, found: compilePath(when.field)(record)?.value ?? null }];
      });
    },
    learn(event, types) {
      for (const [field, type] of types) events[event]?.types.set(field, type);
    },
  };
}

function compileEvent(
  { name, when, field_mapping = [] }: EventSettings,
  options: MappingOptions,
  carried: Carried,
) {
  /** Nothing tells the types of an event's fields beforehand. */
  const types = new Map<string, FieldType>();
  const meets = when && compileCondition(when, carried.compile);
  const mapping = createMapping(eventOptions(field_mapping, options, types), carried);
  return {
    types,
    of(
      record: JsonObject,
      { key, identifier, cursor }: Pick<FollowUp, "key" | "identifier" | "cursor">,
      onDropped: (dropped: DroppedField) => void,
    ): Omit<FollowUp, "channel"> | undefined {
      if (meets && !meets(record)) return undefined;
      // The same conversion has the same id in every run, and another one of the same person another.
      const moment = cursor ? `${cursor.seconds}.${cursor.nanos}` : JSON.stringify(record);
      const id = options.sha256(JSON.stringify([name, options.stream, key, moment]));
      const mapped = mapping.map(record, []);
      const sent = { key: id, identifier, cursor };
      if (mapped.verdict !== "send") {
        const misfit =
          mapped.verdict === "reject"
            ? { field: `${name}.${mapped.field}`, reason: mapped.reason }
            : undefined;
        return { ...sent, fields: {}, ...(misfit && { misfit }) };
      }
      for (const { field, reason } of mapped.dropped) onDropped({ field: `${name}.${field}`, reason });
      return { ...sent, fields: mapped.fields };
    },
  };
}

/** An event's mapping: the contact's own identifier, and fields of which nothing is known. */
export function eventOptions(
  entries: EventSettings["field_mapping"] & object,
  options: MappingOptions,
  iterableFields: ReadonlyMap<string, FieldType>,
): MappingOptions {
  const target = IDENTIFIER_TARGETS[options.identifier];
  const identifier = options.identity
    ? []
    : (options.entries ?? []).filter((entry) => entry.target === target);
  return {
    ...options,
    entries: [...entries, ...identifier],
    identity: false,
    unmappedFields: "drop",
    onInvalidValue: "drop_field",
    iterableFields,
    skipIf: undefined,
    consent: undefined,
  };
}

/** All that is wrong with lists and events, for a stream. */
export function followUpProblems(
  settings: Pick<Config, "list_id" | "lists" | "events">,
  options: MappingOptions,
): string[] {
  const { lists, events } = settings;
  const target = IDENTIFIER_TARGETS[options.identifier];
  return [
    ...lists.flatMap(({ when }, index) => conditionProblems(`lists[${index}].when`, when, options)),
    ...events.flatMap(({ name, when, field_mapping = [] }, index) => {
      const place = `events[${index}] ("${name}")`;
      const twin = events.slice(0, index).findIndex((other) => other.name === name);
      return [
        ...(twin >= 0 && !when && !events[twin]?.when
          ? [`${place}: events[${twin}] has the same name; remove one, or give each its "when"`]
          : []),
        ...conditionProblems(`${place}: when`, when, options),
        ...findProblems(eventOptions(field_mapping, options, new Map()))
          .filter(({ entry }) => entry !== undefined && entry < field_mapping.length)
          .map(({ text }) => `${place}: ${text}`),
        ...field_mapping.flatMap(({ merge }, at) =>
          merge === undefined || merge === "last"
            ? []
            : [`${place}: field_mapping[${at}]: an event has nothing to "merge" with; remove it`],
        ),
        ...field_mapping.flatMap((entry, at) =>
          entry.target === target
            ? [
                `${place}: field_mapping[${at}] (target "${target}"): an event is its contact's already; choose another target`,
              ]
            : [],
        ),
      ];
    }),
  ];
}

/** What works in lists and events, and may still not be meant. */
export function followUpRemarks(
  { lists, events }: Pick<Config, "lists" | "events">,
  options: MappingOptions,
): Remark[] {
  const remarksOn = (place: string, entries: EventSettings["field_mapping"], when?: SkipCondition) => {
    const found = unlistedSources({ ...options, identity: false, entries, consent: undefined, skipIf: when });
    return found.map(({ text }) => ({ text: `${place}: ${text.replace("skip_if.field", "when.field")}` }));
  };
  return [
    ...lists.flatMap(({ when }, index) => remarksOn(`lists[${index}]`, undefined, when)),
    ...events.flatMap(({ name, when, field_mapping }, index) =>
      remarksOn(`events[${index}] ("${name}")`, field_mapping, when),
    ),
  ];
}
