/** A list or an event of the settings. */
export type FollowUpName = { readonly list: number } | { readonly event: string };

/** What Iterable has taken of the lists and events of a stream's records, as data. Its names are relied on by programs. */
export interface FollowUpOutcome {
  /** Records whose contact was put on the list, and those whom it did not take. */
  readonly lists?: readonly { readonly id: number; readonly sent: number; readonly rejected: number }[];
  readonly events?: readonly { readonly name: string; readonly sent: number; readonly rejected: number }[];
}

export interface FollowUpCounts {
  /** `place`: of the list or event in the settings. */
  add(place: number, isTaken: boolean): void;
  outcome(): FollowUpOutcome;
}

/** `names`: the lists and events of the settings, by their places. Entries of one name are counted together. */
export function createFollowUpCounts(names: readonly FollowUpName[]): FollowUpCounts {
  const counts = names.map((name) => ({ name, sent: 0, rejected: 0 }));
  const first = names.map((name) =>
    names.findIndex((other) => JSON.stringify(other) === JSON.stringify(name)),
  );
  return {
    add(place, isTaken) {
      const count = counts[first[place] ?? -1];
      if (!count) return;
      if (isTaken) count.sent += 1;
      else count.rejected += 1;
    },
    outcome() {
      const named = counts.filter((_, place) => first[place] === place);
      const lists = named.flatMap(({ name, ...rest }) =>
        "list" in name ? [{ id: name.list, ...rest }] : [],
      );
      const events = named.flatMap(({ name, ...rest }) =>
        "event" in name ? [{ name: name.event, ...rest }] : [],
      );
      return { ...(lists.length > 0 && { lists }), ...(events.length > 0 && { events }) };
    },
  };
}

/** For people: `list 7 12, event converted 11 (1 not taken)`; "" where there is neither. */
export function describeFollowUps({ lists = [], events = [] }: FollowUpOutcome): string {
  return [
    ...lists.map(({ id, ...counts }) => `list ${id} ${sentText(counts)}`),
    ...events.map(({ name, ...counts }) => `event ${name} ${sentText(counts)}`),
  ].join(", ");
}

function sentText({ sent, rejected }: { readonly sent: number; readonly rejected: number }): string {
  return rejected === 0 ? String(sent) : `${sent} (${rejected} not taken)`;
}
