import type { Schedule } from "./wire.js";

const number = new Intl.NumberFormat("en");
const clock = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });
const today = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const zone = new Intl.DateTimeFormat("en-GB", { timeZoneName: "short" });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** 2,940 */
export function count(value: number): string {
  return number.format(value);
}

/** "1 contact", "2,940 contacts" */
export function many(value: number, one: string, several = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : several}`;
}

/** 98 % */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return "under 1 %";
  return `${Math.floor(share * 100)} %`;
}

/** A time of this machine's: 16:02:10 today, with the date otherwise. */
export function local(iso: string): string {
  const at = new Date(iso);
  return at.toDateString() === new Date().toDateString() ? `today ${today.format(at)}` : clock.format(at);
}

/** The same with its zone. */
export function localWithZone(iso: string): string {
  const name = zone.formatToParts(new Date(iso)).find(({ type }) => type === "timeZoneName")?.value ?? "";
  return `${local(iso)} ${name}`.trim();
}

/** "2 minutes ago", "in 4 seconds" */
export function ago(iso: string, now = Date.now()): string {
  const ms = new Date(iso).getTime() - now;
  const size = Math.abs(ms);
  if (size < MINUTE_MS) return relative.format(Math.round(ms / 1000), "second");
  if (size < HOUR_MS) return relative.format(Math.round(ms / MINUTE_MS), "minute");
  if (size < DAY_MS) return relative.format(Math.round(ms / HOUR_MS), "hour");
  return relative.format(Math.round(ms / DAY_MS), "day");
}

/** "0.8 s", "2 min 5 s", "3 h 2 min" */
export function duration(from: string, to: string): string {
  const ms = new Date(to).getTime() - new Date(from).getTime();
  if (ms < MINUTE_MS) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min ${Math.round((ms % MINUTE_MS) / 1000)} s`;
  return `${Math.floor(ms / HOUR_MS)} h ${Math.round((ms % HOUR_MS) / MINUTE_MS)} min`;
}

/** A sentence as a part of another one. */
export function clause(sentence: string): string {
  return sentence.replace(/\.$/, "");
}

/** 977 read = 948 delivered + 29 rejected */
export function sums(run: {
  readonly read: number;
  readonly delivered: number;
  readonly kept: number;
  readonly rejected: number;
  readonly unsettled: number;
}): string {
  const parts = (["delivered", "kept", "rejected", "unsettled"] as const).filter((name) => run[name] > 0);
  const named = parts.map((name) => `${count(run[name])} ${name}`).join(" + ");
  if (run.read === 0) return "nothing new";
  return `${count(run.read)} read = ${named || "none settled"}`;
}

const UNITS: Readonly<Record<string, string>> = { m: "minute", h: "hour", d: "day" };
const DAY_NAMES: Readonly<Record<string, string>> = { "*": "every day", "1-5": "Monday to Friday" };

/** "every 30 minutes", "at 06:00, Monday to Friday (Europe/Berlin)" */
export function frequency(schedule: Schedule): string {
  if ("every" in schedule) {
    const [, number = "", unit = ""] = /^(\d+)\s*([mhd])$/.exec(schedule.every) ?? [];
    const name = UNITS[unit];
    if (name === undefined) return `every ${schedule.every}`;
    return number === "1" ? `every ${name}` : `every ${number} ${name}s`;
  }
  const zone = schedule.time_zone === undefined ? "" : ` (${schedule.time_zone})`;
  const [, minute = "", hour = "", days = ""] = /^(\d+) (\d+) \* \* (\S+)$/.exec(schedule.cron) ?? [];
  if (hour === "") return `by the cron expression ${schedule.cron}${zone}`;
  const time = `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`;
  return `at ${time}, ${DAY_NAMES[days] ?? `on day ${days} of the week`}${zone}`;
}
