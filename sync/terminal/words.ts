/** A number as people write it. */
export function many(count: number): string {
  return count.toLocaleString("en");
}

/** A number with what it counts: "1 contact", "2,940 contacts". */
export function counted(count: number, one: string, more = `${one}s`): string {
  return `${many(count)} ${count === 1 ? one : more}`;
}

/** Names in a sentence: "a", "a and b", "a, b and c". */
export function listed(names: readonly string[], word = "and"): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} ${word} ${names.at(-1)}`;
}

/** Swedish writes dates as ISO 8601 does. */
const CLOCK = new Intl.DateTimeFormat("sv-SE", {
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
  timeZoneName: "short",
});

/** An instant as the clock on the wall shows it, with its zone. */
export function local(at: string | number): string {
  return CLOCK.format(new Date(at));
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** How far an instant is from now: "2 minutes ago", "in 3 hours". */
export function ago(at: string | number, now: number): string {
  const seconds = (new Date(at).getTime() - now) / 1000;
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  const format = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  return format.format(Math.trunc(seconds / size), unit);
}

/** How long something took: "0.8 s", "2 min 5 s", "1 h 4 min". */
export function lasting(ms: number): string {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${many(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}
