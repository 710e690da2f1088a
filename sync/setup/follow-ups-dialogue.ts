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

/** Asks which static lists of Iterable's contacts are put on. Throws GaveUp, as all of these. */
export async function askLists(given: SettingsInput, options: DialogueOptions): Promise<SettingsInput> {
  let settings = given;
  for (;;) {
    const lists = listsIn(settings);
    const next = await options.asker.choose<Next>({
      message:
        lists.length === 0
          ? "Put contacts on a static list in Iterable?"
          : `Contacts are put on ${listed(lists.map(listText))}.`,
      value: "done",
      choices: [
        { name: lists.length === 0 ? "No list" : "As it is", value: "done" },
        { name: lists.length === 0 ? "Choose a list" : "Add another list", value: "add" },
        ...lists.map((list, index) => ({ name: `Remove ${listText(list)}`, value: index })),
      ],
    });
    if (next === "done") return settings;
    if (next !== "add") {
      settings = withLists(settings, lists.toSpliced(next, 1));
      continue;
    }
    const added = withLists(settings, [...lists, await askList(settings, options)]);
    if (await isThere(added, options)) settings = added;
  }
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
export async function askEvents(given: SettingsInput, options: DialogueOptions): Promise<SettingsInput> {
  let settings = given;
  for (;;) {
    const events = eventsIn(settings);
    const next = await options.asker.choose<Next>({
      message:
        events.length === 0
          ? "Send an event for each conversion, so that it can start a journey?"
          : `Each conversion sends ${listed(events.map(eventText))}.`,
      value: "done",
      choices: [
        { name: events.length === 0 ? "No event" : "As it is", value: "done" },
        { name: events.length === 0 ? "Send an event" : "Add another event", value: "add" },
        ...events.map((event, index) => ({ name: `Remove ${eventText(event)}`, value: index })),
      ],
    });
    if (next === "done") return settings;
    if (next !== "add") {
      settings = withEvents(settings, events.toSpliced(next, 1));
      continue;
    }
    const event = await askEvent(settings, options);
    settings = withEvents(settings, [...events, event]);
    if (event.field_mapping) settings = await askToCreate(settings, options);
  }
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
