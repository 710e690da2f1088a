import type { Outcome } from "../../accounting/outcome.js";
import type { Contact } from "../contact.js";
import type { Delivered } from "../delivered.js";
import type { Channel } from "./channel.js";
import type { FollowUp } from "./follow-up.js";

/** Iterable asks for at least 60 seconds between a write and what depends on it (API reference, users/update). */
const VISIBILITY_MS = 60_000;

const NONE: readonly FollowUp[] = [];

/** A record for which something is still to be asked. */
export interface Following<R> {
  readonly record: R;
  /** How it ends where nothing goes wrong. */
  readonly outcome: Outcome;
  /** Until when its profile, which was just written, may not be found, in ms since 1970. */
  readonly foundBy: number;
  /** What is to be asked when what is being asked has ended. */
  next: readonly FollowUp[];
  pending: number;
  rejected: Outcome | undefined;
}

/** Asks Iterable for what follows from a record once its profile is there: first lists, then events. */
export interface FollowUps<R> {
  /**
   * Takes a record whose profile is there, and was perhaps written just now. `onEnd` is told once how it ended: like
   * `outcome`, unless something was refused.
   */
  begin(record: R, followUps: readonly FollowUp[], outcome: Outcome, isJustWritten: boolean): void;
  /** Undefined where there is room for more records, here and with `other`; else resolves when there is. */
  roomBeside(other: Promise<void> | undefined): Promise<void> | undefined;
  drain(): Promise<void>;
  stop(): Promise<void>;
}

export function createFollowUps<R>(options: {
  /** Lists first, then events. `onEnd` is what a channel, by its place, has to tell. */
  readonly channels: (
    onEnd: (channel: number, delivered: Delivered<Following<R>>) => void,
  ) => readonly Channel<Following<R>>[];
  /** How many of the channels are lists. */
  readonly lists: number;
  readonly onEnd: (record: R, outcome: Outcome) => void;
  /** Told of each list and event of a record, by its channel, whether Iterable has taken it. */
  readonly onAnswered: (record: R, channel: number, isTaken: boolean) => void;
  readonly onDropped: (record: R, dropped: Delivered<unknown>["dropped"]) => void;
  readonly now: () => number;
}): FollowUps<R> {
  const ended = (channel: number, { contact, outcome, dropped }: Delivered<Following<R>>): void => {
    for (const following of contact.records) {
      if (dropped.length > 0) options.onDropped(following.record, dropped);
      options.onAnswered(following.record, channel, outcome.kind === "delivered");
      if (outcome.kind === "rejected") following.rejected ??= outcome;
      following.pending -= 1;
      if (following.pending === 0) goOn(following);
    }
  };
  const channels = options.channels(ended);
  const isList = ({ channel }: FollowUp) => channel < options.lists;

  /** What cannot be asked for rejects the record, and holds none of its other events back. */
  const turnAway = (following: Following<R>, { channel, misfit }: FollowUp): boolean => {
    if (!misfit) return false;
    options.onAnswered(following.record, channel, false);
    following.rejected ??= { kind: "rejected", stage: "event", ...misfit };
    return true;
  };

  /** Asks for what is next: lists, then events, whether or not the lists have taken the record. */
  const goOn = (following: Following<R>): void => {
    const { next } = following;
    const listed = next.filter(isList);
    following.next = listed.length > 0 ? next.filter((one) => !isList(one)) : NONE;
    const now = listed.length > 0 ? listed : next.filter((one) => !turnAway(following, one));
    following.pending = now.length;
    if (now.length === 0) options.onEnd(following.record, following.rejected ?? following.outcome);
    for (const one of now) channels[one.channel]?.add(asContact(one, following));
  };

  return {
    begin(record, followUps, outcome, isJustWritten) {
      const foundBy = isJustWritten ? options.now() + VISIBILITY_MS : 0;
      goOn({ record, outcome, foundBy, next: followUps, pending: 0, rejected: undefined });
    },
    roomBeside(other) {
      if (channels.length === 0) return other;
      const full = [other, ...channels.map((channel) => channel.room())].filter((room) => room !== undefined);
      return full.length === 0 ? undefined : Promise.all(full).then(() => undefined);
    },
    async drain() {
      for (const channel of channels) await channel.drain();
    },
    async stop() {
      await Promise.all(channels.map((channel) => channel.stop()));
    },
  };
}

function asContact<R>(
  { key, identifier, cursor, fields }: FollowUp,
  following: Following<R>,
): Contact<Following<R>> {
  return { key, identifier, mode: "overwrite", fields, layers: [{ cursor, fields }], records: [following] };
}
