import type { SettingsInput } from "../project/settings.js";
import { durationMs } from "../schedule/duration.js";
import { cronProblem } from "../schedule/timing.js";
import type { Terminal } from "../terminal/terminal.js";
import type { Asker } from "./asker.js";
import {
  type ConfiguredSide,
  type CredentialKind,
  credentialKind,
  flowcodeItems,
  ITERABLE_KEY,
  type Item,
  settingOf,
  withCredentialKind,
  withValue,
} from "./items.js";
import { askMapping } from "./mapping-dialogue.js";
import { MODES } from "./modes.js";
import type { Sides } from "./sides.js";

export interface DialogueOptions {
  readonly asker: Asker;
  readonly sides: Sides;
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What is to be done with the settings that were put together. */
export type Ending = "save" | "sync" | "test" | "leave";

const VENDOR = { source: "Flowcode", destination: "Iterable" } as const;
const DATA_CENTER = { side: "destination", path: ["data_center"] } as const;
const MODE = { side: "destination", path: ["overwrite_mode"] } as const;

/** Asks for everything that a sync needs, and checks it on the way. Throws GaveUp. */
export async function converse(
  present: SettingsInput,
  options: DialogueOptions,
): Promise<{ readonly settings: SettingsInput; readonly ending: Ending }> {
  const { asker, sides, terminal } = options;
  let settings = await askUntilItWorks("source", present, options, askFlowcode);
  settings = await askUntilItWorks("destination", settings, options, askIterable);
  settings = await askMapping(settings, options);
  settings = withValue(settings, MODE, await askMode(settings, asker));
  settings = await askSchedule(settings, asker, present.source === undefined);

  terminal.say("\nWhat will happen to each field:\n");
  const plan = await sides.plan(settings);
  terminal.say(plan.text);
  const ending = await asker.choose<Ending>({
    message: plan.works ? "All is set." : "This cannot work yet.",
    value: plan.works ? "sync" : "save",
    choices: [
      { name: "Save and sync now", value: "sync" },
      { name: "Save and send one contact, to look at it in Iterable", value: "test" },
      { name: "Save", value: "save" },
      { name: "Leave without saving", value: "leave" },
    ],
  });
  return { settings, ending };
}

type Questions = (settings: SettingsInput, options: DialogueOptions) => Promise<SettingsInput>;

async function askUntilItWorks(
  side: ConfiguredSide,
  present: SettingsInput,
  options: DialogueOptions,
  questions: Questions,
): Promise<SettingsInput> {
  const { asker, sides, terminal } = options;
  let settings = await questions(present, options);
  for (;;) {
    terminal.say(`Asking ${VENDOR[side]} …`);
    const { works, text } = await sides.check(side, settings);
    terminal.say(text);
    if (works) return settings;
    const next = await asker.choose({
      message: `${VENDOR[side]} cannot be reached like this.`,
      choices: [
        { name: "Correct the answers", value: "correct" },
        { name: "Try once more", value: "again" },
      ],
    });
    if (next === "correct") settings = await questions(settings, options);
  }
}

async function askFlowcode(settings: SettingsInput, options: DialogueOptions): Promise<SettingsInput> {
  const { asker, env } = options;
  const present = credentialKind(settings, env);
  const isGiven = env.FLOWCODE_API_KEY || env.FLOWCODE_CLIENT_SECRET;
  const kind = isGiven
    ? present
    : await asker.choose<CredentialKind>({
        message: "How do you log in to Flowcode's API?",
        value: present,
        choices: [
          { name: "API client (client id and secret)", value: "api_client" },
          { name: "API key", value: "api_key" },
        ],
      });
  let changed = withCredentialKind(settings, kind);
  for (const item of flowcodeItems(kind)) changed = await askItem(changed, item, options);
  return changed;
}

async function askIterable(settings: SettingsInput, options: DialogueOptions): Promise<SettingsInput> {
  const { asker } = options;
  const changed = await askItem(settings, ITERABLE_KEY, options);
  const center = await asker.choose({
    message: "Where do you log in to Iterable?",
    value: String(settingOf(settings, DATA_CENTER) ?? "us"),
    choices: [
      { name: "app.iterable.com (United States)", value: "us" },
      { name: "app.eu.iterable.com (Europe)", value: "eu" },
    ],
  });
  return withValue(changed, DATA_CENTER, center);
}

async function askItem(
  settings: SettingsInput,
  item: Item,
  { asker, env, terminal }: DialogueOptions,
): Promise<SettingsInput> {
  if (env[item.variable]) {
    terminal.say(`${item.message}: taken from ${item.variable}, and not saved`);
    return withValue(settings, item, undefined);
  }
  const { message, isSecret } = item;
  const present = settingOf(settings, item);
  const answer = isSecret
    ? await asker.secret({ message, isKept: present !== undefined })
    : await asker.text({
        message,
        value: present === undefined ? undefined : String(present),
        problem: (text) => (text === "" ? "It is needed." : undefined),
      });
  return answer === "" ? settings : withValue(settings, item, answer);
}

function askMode(settings: SettingsInput, asker: Asker): Promise<string> {
  return asker.choose({
    message: "What happens to contacts that Iterable has already?",
    value: String(settingOf(settings, MODE) ?? "overwrite"),
    choices: MODES.map(({ name, value, description }) => ({ name: `${name}: ${description}`, value })),
  });
}

async function askSchedule(settings: SettingsInput, asker: Asker, isNew: boolean): Promise<SettingsInput> {
  const { schedule, ...others } = settings;
  const kind = await asker.choose({
    message: "How often shall contacts be synced?",
    value: schedule ? ("cron" in schedule ? "cron" : "every") : isNew ? "every" : "hand",
    choices: [
      { name: "At intervals, such as every 30 minutes", value: "every" },
      { name: "At fixed times (cron)", value: "cron" },
      { name: "Only when I say so", value: "hand" },
    ],
  });
  if (kind === "every") {
    const every = await asker.text({
      message: "Every",
      value: schedule && "every" in schedule ? schedule.every : "30m",
      problem: (text) =>
        durationMs(text) === undefined ? "A minute or more, such as 30m, 6h or 1d." : undefined,
    });
    return { ...others, schedule: { every } };
  }
  if (kind === "hand") return others;
  const before = schedule && "cron" in schedule ? schedule : undefined;
  const cron = await asker.text({
    message: "Minute, hour, day, month, weekday",
    value: before?.cron ?? "0 6 * * 1-5",
    problem: (text) => cronProblem(text, undefined),
  });
  const time_zone = await asker.text({
    message: "Time zone",
    value: before?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    problem: (text) => cronProblem(cron, text),
  });
  return { ...others, schedule: { cron, time_zone } };
}
