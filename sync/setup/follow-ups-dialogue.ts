import type { SettingsInput } from "../project/settings.js";
import { harmless } from "../terminal/harmless.js";
import { paint } from "../terminal/paint.js";
import { listed } from "../terminal/words.js";
import type { DialogueOptions } from "./dialogue-options.js";
import {
  type EventEntry,
  eventsIn,
  eventText,
  listsIn,
  listText,
  type When,
  withEvents,
  withLists,
  wordsIn,
} from "./follow-ups.js";
import { settingOf, withValue } from "./items.js";
import type { Entry } from "./mapping.js";

const CREATE = { side: "destination", path: ["create_new_fields"] } as const;
const DEFAULT_EVENT = "flowcode_conversion";

/** What a menu of entries leads to: nothing more, a new one, or the place of one that is to go. */
type Next = "done" | "add" | number;

/** Entries of the settings that somebody may add to, or take some of away, until they are as they should be. */
interface Entries<T> {
  readonly inside: (settings: SettingsInput) => readonly T[];
  readonly into: (settings: SettingsInput, entries: readonly T[]) => SettingsInput;
  readonly text: (entry: T) => string;
  /** Asked where there are none, and said of those that there are. */
  readonly question: string;
  readonly present: (named: string) => string;
  /** The choices: none, a first one, one more. */
  readonly choices: readonly [none: string, first: string, more: string];
  /** Asks for one more; the settings with it. */
  readonly add: (settings: SettingsInput, before: readonly T[]) => Promise<SettingsInput>;
}

async function askEntries<T>(
  given: SettingsInput,
  { asker }: DialogueOptions,
  { inside, into, text, question, present, choices: [none, first, more], add }: Entries<T>,
): Promise<SettingsInput> {
  let settings = given;
  for (;;) {
    const entries = inside(settings);
    const isEmpty = entries.length === 0;
    const next = await asker.choose<Next>({
      message: isEmpty ? question : present(listed(entries.map(text))),
      value: "done",
      choices: [
        { name: isEmpty ? none : "As it is", value: "done" },
        { name: isEmpty ? first : more, value: "add" },
        ...entries.map((entry, index) => ({ name: `Remove ${text(entry)}`, value: index })),
      ],
    });
    if (next === "done") return settings;
    settings = next === "add" ? await add(settings, entries) : into(settings, entries.toSpliced(next, 1));
  }
}

/** Asks which static lists of Iterable's contacts are put on. Throws GaveUp, as all of these. */
export function askLists(given: SettingsInput, options: DialogueOptions): Promise<SettingsInput> {
  return askEntries(given, options, {
    inside: listsIn,
    into: withLists,
    text: listText,
    question: "Put contacts on a static list in Iterable?",
    present: (named) => `Contacts are put on ${named}.`,
    choices: ["No list", "Choose a list", "Add another list"],
    async add(settings, lists) {
      const added = withLists(settings, [...lists, await askList(settings, options)]);
      return (await isThere(added, options)) ? added : settings;
    },
  });
}

async function askList(settings: SettingsInput, options: DialogueOptions) {
  options.terminal.say(
    paint("soft", "In Iterable: Audience → Lists → the list; its ID is the number in the address."),
  );
  const id = await options.asker.text({
    message: "ID of the static list",
    problem: (text) => (/^[1-9]\d{0,14}$/.test(text) ? undefined : "A number, such as 12345."),
  });
  const when = await askWhen("Whom to put on it?", settings, options);
  return { id: Number(id), ...(when && { when }) };
}

/** Whether Iterable has the lists; where not, it is said why, and nothing is added. */
async function isThere(settings: SettingsInput, { sides, terminal }: DialogueOptions): Promise<boolean> {
  terminal.say("Asking Iterable …");
  const { works, text } = await sides.check("destination", settings);
  terminal.say(paint(works ? "good" : "bad", `${works ? "✓" : "✗"} ${harmless(text)}`));
  return works;
}

/** Asks which events conversions send. */
export function askEvents(given: SettingsInput, options: DialogueOptions): Promise<SettingsInput> {
  return askEntries(given, options, {
    inside: eventsIn,
    into: withEvents,
    text: eventText,
    question: "Send an event for each conversion, so that it can start a journey?",
    present: (named) => `Each conversion sends ${named}.`,
    choices: ["No event", "Send an event", "Add another event"],
    async add(settings, events) {
      const event = await askEvent(settings, options);
      const added = withEvents(settings, [...events, event]);
      return event.field_mapping ? askToCreate(added, options) : added;
    },
  });
}

async function askEvent(settings: SettingsInput, options: DialogueOptions): Promise<EventEntry> {
  const name = await options.asker.text({
    message: "Name of the event",
    value: DEFAULT_EVENT,
    problem: (text) => (text === "" ? "An event needs a name." : undefined),
  });
  const field_mapping = await askEventFields(settings, options);
  const when = await askWhen("Which conversions send it?", settings, options);
  return { name, ...(field_mapping.length > 0 && { field_mapping }), ...(when && { when }) };
}

async function askEventFields(
  settings: SettingsInput,
  { asker, sides }: DialogueOptions,
): Promise<readonly Entry[]> {
  const names = (await sides.fields("source", settings)).map(({ name }) => name);
  const entries: Entry[] = [];
  for (;;) {
    const field = await asker.find<string | undefined>({
      message: entries.length === 0 ? "Which field does the event carry?" : "Which other field?",
      choices: [
        { name: "(no more fields)", value: undefined },
        ...names.map((name) => ({ name, value: name })),
      ],
    });
    if (field === undefined) return entries;
    const target = await asker.text({
      message: "Its name in the event",
      // A dot would lead into an object.
      value: field.replaceAll(".", "_"),
      problem: (text) =>
        text === "" || entries.some((entry) => entry.target === text)
          ? "A name that no other field of the event has."
          : undefined,
    });
    entries.push({ source: field.replaceAll(".", "\\."), target });
  }
}

/** A new event has no fields in Iterable yet. */
async function askToCreate(settings: SettingsInput, { asker }: DialogueOptions): Promise<SettingsInput> {
  if (settingOf(settings, CREATE) === true) return settings;
  const creates = await asker.choose({
    message: "May Iterable create the event's fields where it does not have them yet?",
    value: true,
    choices: [
      {
        name: "Yes, create them",
        value: true,
        description:
          "Turns on create_new_fields, for the fields of profiles too. Types can never be changed.",
      },
      { name: "No", value: false, description: "The event is sent without fields that it does not have." },
    ],
  });
  return creates ? withValue(settings, CREATE, true) : settings;
}

/** Asks whether something is for everybody or for some; undefined: for everybody. */
async function askWhen(
  message: string,
  settings: SettingsInput,
  { asker, sides, terminal }: DialogueOptions,
): Promise<When | undefined> {
  const kind = await asker.choose<"all" | "in" | "not_empty" | "empty">({
    message,
    value: "all",
    choices: [
      { name: "All", value: "all" },
      { name: "Only with certain answers in a field", value: "in" },
      { name: "Only where a field is filled in", value: "not_empty" },
      { name: "Only where a field is empty", value: "empty" },
    ],
  });
  if (kind === "all") return undefined;
  const names = (await sides.fields("source", settings)).map(({ name }) => name);
  const found = await asker.find<string>({
    message: "Which field decides?",
    choices: names.map((name) => ({ name, value: name })),
  });
  const field = found.replaceAll(".", "\\.");
  if (kind !== "in") return { field, [kind]: true };
  terminal.say(paint("soft", "Separate the answers by commas. Case counts here."));
  const words = await asker.text({
    message: "Answers that count",
    problem: (text) => (wordsIn(text).length === 0 ? "At least one answer is needed." : undefined),
  });
  return { field, in: wordsIn(words) };
}
