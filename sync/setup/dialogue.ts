import type { SettingsInput } from "../project/settings.js";
import { planText } from "../terminal/plan-text.js";
import { askConnection } from "./connections.js";
import type { DialogueOptions } from "./dialogue-options.js";
import { askEvents, askLists } from "./follow-ups-dialogue.js";
import { askMapping } from "./mapping-dialogue.js";
import { askConsent, askMode, askSchedule } from "./rules.js";

/** What is to be done with the settings that were put together. */
export type Ending = "save" | "sync" | "test" | "leave";

type Section = (settings: SettingsInput, options: DialogueOptions) => Promise<SettingsInput>;

/** In the order in which they are asked the first time. */
const SECTIONS: readonly (readonly [name: string, ask: Section])[] = [
  ["Connection to Flowcode", (settings, options) => askConnection("source", settings, options)],
  ["Connection to Iterable", (settings, options) => askConnection("destination", settings, options)],
  ["Where the fields go", askMapping],
  ["Contacts that Iterable already has", askMode],
  ["Consent", askConsent],
  ["Lists", askLists],
  ["Events", askEvents],
  ["How often to sync", askSchedule],
];

/** Asks for everything that a sync needs the first time, and afterwards for what is to be changed. Throws GaveUp. */
export async function converse(
  present: SettingsInput,
  options: DialogueOptions,
): Promise<{ readonly settings: SettingsInput; readonly ending: Ending }> {
  let settings = present;
  if (options.isNew) for (const [, ask] of SECTIONS) settings = await ask(settings, options);
  else settings = await askWhatToChange(settings, options);
  for (;;) {
    const ending = await askEnding(settings, options);
    if (ending !== "change") return { settings, ending };
    settings = await askWhatToChange(settings, options);
  }
}

/** A menu of all that can be changed, until nothing is left to change. */
async function askWhatToChange(given: SettingsInput, options: DialogueOptions): Promise<SettingsInput> {
  let settings = given;
  for (;;) {
    const ask = await options.asker.choose<Section | undefined>({
      message: "What do you want to change?",
      choices: [
        ...SECTIONS.map(([name, value]) => ({ name, value })),
        { name: "Nothing more: show what will happen", value: undefined },
      ],
    });
    if (!ask) return settings;
    settings = await ask(settings, options);
  }
}

async function askEnding(settings: SettingsInput, options: DialogueOptions): Promise<Ending | "change"> {
  const { asker, sides, terminal } = options;
  terminal.say("\nReading the newest contacts, to see what will happen to each field …");
  const plan = await sides.planWithSample(settings);
  terminal.say(planText(plan, terminal.columns));
  return asker.choose<Ending | "change">({
    message: plan.works ? "Everything is set." : "This cannot work yet.",
    value: plan.works ? "sync" : "change",
    choices: [
      { name: "Save and sync now", value: "sync" },
      { name: "Save and send one contact, to look at it in Iterable", value: "test" },
      { name: "Save", value: "save" },
      { name: "Back: change something", value: "change" },
      { name: "Leave without saving", value: "leave" },
    ],
  });
}
