import type { SettingsInput } from "../project/settings.js";
import { durationMs } from "../schedule/duration.js";
import { cronProblem } from "../schedule/timing.js";
import { paint } from "../terminal/paint.js";
import type { DialogueOptions } from "./dialogue-options.js";
import { wordsIn } from "./follow-ups.js";
import { settingOf, withValue } from "./items.js";
import { MODES } from "./modes.js";

const MODE = { side: "destination", path: ["overwrite_mode"] } as const;
const CONSENT = { side: "destination", path: ["consent"] } as const;

/** Asks what happens to contacts that Iterable has already. Throws GaveUp, as all of these. */
export async function askMode(settings: SettingsInput, { asker }: DialogueOptions): Promise<SettingsInput> {
  const mode = await asker.choose<string>({
    message: "What happens to contacts that Iterable already has?",
    value: String(settingOf(settings, MODE) ?? "overwrite"),
    choices: MODES,
  });
  return withValue(settings, MODE, mode);
}

/** Asks whose contacts may be sent at all. */
export async function askConsent(settings: SettingsInput, options: DialogueOptions): Promise<SettingsInput> {
  const { asker, sides, terminal } = options;
  const present = settingOf(settings, CONSENT) as { field?: string; agrees?: string[] } | undefined;
  const isAsked = await asker.choose({
    message: "Does your form ask for consent to marketing?",
    value: present !== undefined,
    choices: [
      {
        name: "No, send every contact",
        value: false,
        description: "Nobody's subscriptions are ever changed.",
      },
      {
        name: "Yes, send only contacts who agreed",
        value: true,
        description: "Contacts who did not agree, or did not answer, are kept out of Iterable.",
      },
    ],
  });
  if (!isAsked) return withValue(settings, CONSENT, undefined);
  const names = (await sides.fields("source", settings)).map(({ name }) => name);
  const field = await asker.find<string>({
    message: `Which field holds the answer?${present?.field ? ` (now: ${present.field})` : ""}`,
    choices: names.map((name) => ({ name, value: name })),
  });
  terminal.say(paint("soft", "Separate the answers by commas. Case and surrounding spaces are ignored."));
  const words = await asker.text({
    message: "Accepted answers",
    value: present?.agrees?.join(", ") ?? "yes, true",
    problem: (text) => (wordsIn(text).length === 0 ? "At least one answer is needed." : undefined),
  });
  return withValue(settings, CONSENT, { field: field.replaceAll(".", "\\."), agrees: wordsIn(words) });
}

/** Asks how often contacts are synced. */
export async function askSchedule(
  settings: SettingsInput,
  { asker, terminal, isNew }: DialogueOptions,
): Promise<SettingsInput> {
  const { schedule, ...others } = settings;
  const kind = await asker.choose({
    message: "How often should contacts be synced?",
    value: schedule ? ("cron" in schedule ? "cron" : "every") : isNew ? "every" : "hand",
    choices: [
      { name: "At intervals, such as every 30 minutes", value: "every" },
      {
        name: "At fixed times",
        value: "cron",
        description: "A cron expression, such as 0 6 * * 1-5: at six on working days.",
      },
      { name: "Only when I start it", value: "hand" },
    ],
  });
  if (kind === "hand") return others;
  if (kind === "every") {
    terminal.say(paint("soft", "m for minutes, h for hours, d for days: 30m, 6h, 1d."));
    const every = await asker.text({
      message: "Every",
      value: schedule && "every" in schedule ? schedule.every : "30m",
      problem: (text) =>
        durationMs(text) === undefined ? "A minute or more, such as 30m, 6h or 1d." : undefined,
    });
    return { ...others, schedule: { every } };
  }
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
