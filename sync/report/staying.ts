import type { Settings } from "../project/settings.js";
import type { Staying } from "../runs/events.js";
import type { Run } from "../runs/run.js";
import { listed, many } from "../terminal/words.js";
import { followedBy } from "./tallies.js";

/**
 * What an undo of a run leaves as it is: the lists that it has put contacts on, and its events. Iterable has no way to
 * take an event back, and who was on a list before is not known. A run that was cut short has not said how many.
 */
export function stayingOf(run: Run, { destination }: Settings): Staying[] {
  if (run.ended && Object.keys(run.ended.streams).length > 0)
    return followedBy(run)
      .filter(({ sent }) => sent > 0)
      .map(({ kind, name, sent }) => ({ kind, name, sent }));
  const { list_id, lists, events } = destination as {
    readonly list_id?: unknown;
    readonly lists?: readonly { readonly id?: unknown }[];
    readonly events?: readonly { readonly name?: unknown }[];
  };
  const ids = [...(list_id === undefined ? [] : [list_id]), ...(lists ?? []).map(({ id }) => id)];
  return [
    ...ids.map((id) => ({ kind: "list", name: String(id), sent: null }) as const),
    ...(events ?? []).map(({ name }) => ({ kind: "event", name: String(name), sent: null }) as const),
  ];
}

/** For people; undefined where nothing stays. */
export function stayingText(stays: readonly Staying[], run: number): string | undefined {
  if (stays.length === 0) return undefined;
  const names = stays.map(({ kind, name, sent }) => {
    const what = kind === "list" ? `list ${name}` : `event "${name}"`;
    return sent === null ? what : `${what} (${many(sent)})`;
  });
  return `Lists and events of run ${run} are not undone: ${listed(names)}. Events cannot be taken back; take contacts off a list in Iterable.`;
}
