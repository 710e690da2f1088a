import { Unusable } from "../errors.js";
import type { SettingsInput } from "../project/settings.js";
import { listed } from "../terminal/words.js";
import { settingOf, withValue } from "./items.js";
import { type Entry, originText } from "./mapping.js";

/** Limits a list or an event to conversions that meet it. */
export interface When {
  readonly field: string;
  readonly equals?: string;
  readonly in?: readonly string[];
  readonly empty?: boolean;
  readonly not_empty?: boolean;
}

/** A static list that contacts are put on. */
export interface List {
  readonly id: number;
  readonly when?: When;
}

/** An event that conversions send. */
export interface EventEntry {
  readonly name: string;
  readonly field_mapping?: readonly Entry[];
  readonly when?: When;
}

const LIST_ID = { side: "destination", path: ["list_id"] } as const;
const LISTS = { side: "destination", path: ["lists"] } as const;
const EVENTS = { side: "destination", path: ["events"] } as const;

export function listsIn(settings: SettingsInput): readonly List[] {
  const short = settingOf(settings, LIST_ID);
  const lists = (settingOf(settings, LISTS) ?? []) as readonly List[];
  return [...(typeof short === "number" ? [{ id: short }] : []), ...lists];
}

/** One list for everybody has its short form. */
export function withLists(settings: SettingsInput, lists: readonly List[]): SettingsInput {
  const [only] = lists;
  const short = lists.length === 1 && only && !only.when ? only.id : undefined;
  const long = short === undefined && lists.length > 0 ? lists : undefined;
  return withValue(withValue(settings, LIST_ID, short), LISTS, long);
}

export const eventsIn = (settings: SettingsInput): readonly EventEntry[] =>
  (settingOf(settings, EVENTS) ?? []) as readonly EventEntry[];

export const withEvents = (settings: SettingsInput, events: readonly EventEntry[]): SettingsInput =>
  withValue(settings, EVENTS, events.length === 0 ? undefined : events);

/** A condition in words; "" where everybody meets it. */
export function whenText(when: When | undefined): string {
  if (!when) return "";
  const field = when.field.replaceAll("\\.", ".");
  const words = [...(when.equals === undefined ? [] : [when.equals]), ...(when.in ?? [])];
  const all = [
    ...(words.length > 0 ? [`is ${listed(words, "or")}`] : []),
    ...(when.empty ? ["is empty"] : []),
    ...(when.not_empty ? ["is filled in"] : []),
  ];
  return `, where ${field} ${listed(all, "or")}`;
}

export const listText = ({ id, when }: List): string => `list ${id}${whenText(when)}`;

export function eventText({ name, field_mapping = [], when }: EventEntry): string {
  const fields = field_mapping.map((entry) => originText(entry));
  return `event "${name}"${fields.length > 0 ? ` with ${listed(fields)}` : ""}${whenText(when)}`;
}

/** "12345", or with a condition "12345:newsletter=yes,true"; a field alone has to be filled in. Throws Unusable. */
export function listOf(flag: string): List {
  const { name, when } = split(flag);
  if (!/^[1-9]\d{0,14}$/.test(name))
    throw new Unusable(
      `--list takes the ID of a static list, such as 12345 or "12345:newsletter=yes", and not "${flag}"`,
    );
  return { id: Number(name), ...when };
}

/** "converted", or with a condition as for lists. Throws Unusable. */
export function eventOf(flag: string): EventEntry {
  const { name, when } = split(flag);
  if (name === "")
    throw new Unusable(
      `--event takes the name of an event, such as converted or "large:Shirt Size=L,XL", and not "${flag}"`,
    );
  return { name, ...when };
}

/** The events with the fields that "converted:Shirt Size=size" gives them. Throws Unusable. */
export function withEventFields(events: readonly EventEntry[], flags: readonly string[]): EventEntry[] {
  const fields = flags.map((flag) => {
    const colon = flag.indexOf(":");
    const at = flag.lastIndexOf("=");
    const [name, source, target] = [flag.slice(0, colon), flag.slice(colon + 1, at), flag.slice(at + 1)].map(
      (text) => text.trim(),
    ) as [string, string, string];
    if (colon < 1 || at < colon || source === "" || target === "")
      throw new Unusable(
        `--event-field takes an event, a field and where it goes, such as "converted:Shirt Size=size", and not "${flag}"`,
      );
    if (!events.some((event) => event.name === name))
      throw new Unusable(
        `--event-field "${flag}": there is no event "${name}"; give it with --event, or correct the name`,
      );
    return { name, entry: { source, target } };
  });
  return events.map((event) => {
    const own = fields.filter(({ name }) => name === event.name).map(({ entry }) => entry);
    return own.length === 0 ? event : { ...event, field_mapping: [...(event.field_mapping ?? []), ...own] };
  });
}

/** A flag's name and its condition. */
function split(flag: string): { readonly name: string; readonly when: { readonly when?: When } } {
  const colon = flag.indexOf(":");
  if (colon < 0) return { name: flag.trim(), when: {} };
  const condition = flag.slice(colon + 1);
  const at = condition.lastIndexOf("=");
  const field = (at < 0 ? condition : condition.slice(0, at)).trim();
  const words = at < 0 ? [] : wordsIn(condition.slice(at + 1));
  if (field === "" || (at >= 0 && words.length === 0))
    throw new Unusable(
      `a condition is a field and the answers that count, such as "newsletter=yes,true", and not "${condition}"`,
    );
  return {
    name: flag.slice(0, colon).trim(),
    when: { when: at < 0 ? { field, not_empty: true } : { field, in: words } },
  };
}

/** The answers in a text that are separated by commas. */
export const wordsIn = (text: string): string[] =>
  text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
