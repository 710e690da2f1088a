import type { JsonObject } from "../../protocol/message.js";
import type { Config } from "../config.js";
import type { FollowUp } from "../delivery/follow-ups/follow-up.js";
import { asEvent } from "../iterable/bodies.js";
import { listsOf, type Unmet } from "../mapping/follow-ups.js";

/** A list that a contact is not put on, or an event that it does not send. The names of its keys are relied on by programs. */
export interface Unsent {
  /** One of the two is null. */
  readonly list: number | null;
  readonly event: string | null;
  /** The field that decides, and what the record has there. */
  readonly field: string;
  readonly found: unknown;
  /** `condition`: its `when` is not met. Else why the event cannot be sent, for which the contact is rejected. */
  readonly reason: string;
}

/** What follows from one record. */
export interface FollowedRecord {
  readonly followUps: readonly FollowUp[];
  readonly unmet: readonly Unmet[];
}

/** What follows once a contact is written, and what does not. */
export function followingOf(
  records: readonly FollowedRecord[],
  settings: Config,
): {
  readonly lists: readonly number[];
  readonly events: readonly JsonObject[];
  readonly unsent: readonly Unsent[];
} {
  const lists = listsOf(settings);
  const all = records.flatMap(({ followUps }) => followUps);
  const sent = all.filter(({ misfit }) => !misfit);
  const listed = new Set(sent.map(({ channel }) => channel).filter((channel) => channel < lists.length));
  const named = (channel: number): Pick<Unsent, "list" | "event"> => {
    const list = lists[channel]?.id ?? null;
    return { list, event: list === null ? (settings.events[channel - lists.length]?.name ?? null) : null };
  };
  return {
    lists: [...new Set([...listed].flatMap((channel) => lists[channel]?.id ?? []))],
    events: sent.flatMap(({ channel, cursor, fields, ...one }) => {
      const event = settings.events[channel - lists.length];
      if (!event) return [];
      const contact = {
        ...one,
        mode: "overwrite",
        fields,
        layers: [{ cursor, fields }],
        records: [],
      } as const;
      return [asEvent(contact, event.name, settings.identifier, settings.create_new_fields)];
    }),
    unsent: [
      // One record of several is enough for a list.
      ...records
        .flatMap(({ unmet }) => unmet)
        .filter(({ channel }) => !listed.has(channel))
        .map(({ channel, field, found }) => ({ ...named(channel), field, found, reason: "condition" })),
      ...all.flatMap(({ channel, misfit }) =>
        misfit ? [{ ...named(channel), field: misfit.field, found: null, reason: misfit.reason }] : [],
      ),
    ],
  };
}
