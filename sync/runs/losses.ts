import type { Inventory } from "../pipe/analytics.js";
import type { Settings } from "../project/settings.js";
import type { Counts, Loss } from "./events.js";

/** What the destination makes of a field by default, where the target has another name. */
const BY_DEFAULT: Readonly<Record<string, string>> = {
  phoneNumber: "phone",
  firstName: "name",
  lastName: "name",
};

/**
 * The fields of Iterable's that lost most of the values that contacts had for them. `of`: how many had one, by what the
 * source has counted; where it has not, how many contacts were delivered.
 */
export function lossesOf(
  streams: Readonly<Record<string, Counts>>,
  inventories: readonly Inventory[],
  settings: Settings,
): Loss[] {
  return Object.entries(streams).flatMap(([stream, { delivered, left_out }]) => {
    const seen = inventories.find((one) => one.stream === stream)?.fields ?? [];
    const filled = new Map(seen.map((field) => [field.name.toLowerCase(), field.filled]));
    const lost = new Map<string, number>();
    for (const { field, count } of left_out)
      if (field !== null) lost.set(field, (lost.get(field) ?? 0) + count);
    return [...lost].flatMap(([field, count]) => {
      const sources = sourcesOf(field, stream, settings);
      const known = sources.flatMap((source) => filled.get(source.toLowerCase()) ?? []);
      const of = known.length === 0 ? delivered : Math.max(...known);
      return of > 0 && count * 2 > of ? [{ field, left_out: count, of }] : [];
    });
  });
}

interface Entry {
  readonly source?: unknown;
  readonly sources?: unknown;
  readonly target?: unknown;
}

interface Event {
  readonly name?: unknown;
  readonly field_mapping?: unknown;
}

/** The source fields that a target is filled from; a field of an event has the event's name before it. */
function sourcesOf(target: string, stream: string, { destination, streams }: Settings): string[] {
  const events = Array.isArray(destination.events) ? (destination.events as readonly Event[]) : [];
  const ofEvents = events.flatMap(({ name, field_mapping }) =>
    Array.isArray(field_mapping)
      ? (field_mapping as readonly Entry[]).filter((entry) => `${name}.${entry.target}` === target)
      : [],
  );
  if (ofEvents.length > 0) return ofEvents.flatMap(sourcesIn);
  const own = [
    streams.find((one) => one.stream.name === stream),
    ofStream(destination.streams, stream),
    destination,
  ]
    .map((place) => (place as { readonly field_mapping?: unknown } | undefined)?.field_mapping)
    .find(Array.isArray) as readonly Entry[] | undefined;
  const entries = own?.filter((entry) => entry.target === target) ?? [];
  if (entries.length === 0) return [BY_DEFAULT[target] ?? target];
  return entries.flatMap(sourcesIn);
}

function sourcesIn({ source, sources }: Entry): string[] {
  return [source, sources].flat().flatMap((path) => {
    return typeof path === "string" ? [(path.split(/(?<!\\)\./)[0] ?? "").replaceAll("\\.", ".")] : [];
  });
}

function ofStream(streams: unknown, name: string): unknown {
  return Array.isArray(streams) ? streams.find((one) => one?.name === name) : undefined;
}
