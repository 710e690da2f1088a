import type { ConfiguredSide } from "../inquiry/check.js";
import type { SettingsInput } from "../project/settings.js";
import { harmless } from "../terminal/harmless.js";
import { paint } from "../terminal/paint.js";
import type { DialogueOptions } from "./dialogue-options.js";
import {
  type CredentialKind,
  credentialKind,
  flowcodeItems,
  ITERABLE_KEY,
  type Item,
  settingOf,
  withCredentialKind,
  withValue,
} from "./items.js";

const VENDOR = { source: "Flowcode", destination: "Iterable" } as const;
const DATA_CENTER = { side: "destination", path: ["data_center"] } as const;

/** Asks how a side is reached until it can be. Throws GaveUp. */
export async function askConnection(
  side: ConfiguredSide,
  present: SettingsInput,
  options: DialogueOptions,
): Promise<SettingsInput> {
  const { asker, sides, terminal } = options;
  const questions = side === "source" ? askFlowcode : askIterable;
  let settings = await questions(present, options);
  for (;;) {
    terminal.say(`Asking ${VENDOR[side]} …`);
    const { works, text } = await sides.check(side, settings);
    terminal.say(paint(works ? "good" : "bad", `${works ? "✓" : "✗"} ${harmless(text)}`));
    if (works) return settings;
    const next = await asker.choose({
      message: `${VENDOR[side]} cannot be reached like this.`,
      choices: [
        { name: "Correct the answers", value: "correct" },
        { name: "Try again", value: "again" },
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
          {
            name: "API client (client ID and secret)",
            value: "api_client",
            description:
              "What Flowcode issues for the Conversions API. If you have neither, ask your Flowcode contact.",
          },
          { name: "API key", value: "api_key", description: "One key, if Flowcode gave you that." },
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
      {
        name: "app.iterable.com (United States)",
        value: "us",
        description: "The address in your browser says which.",
      },
      {
        name: "app.eu.iterable.com (Europe)",
        value: "eu",
        description: "The address in your browser says which.",
      },
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
    terminal.say(`${item.message}: taken from ${item.variable}, not saved`);
    return withValue(settings, item, undefined);
  }
  const { message, help, isSecret } = item;
  const present = settingOf(settings, item);
  terminal.say(paint("soft", help));
  const answer = isSecret
    ? await asker.secret({ message, isKept: present !== undefined })
    : await asker.text({
        message,
        value: present === undefined ? undefined : String(present),
        problem: (text) => (text === "" ? "An answer is needed." : undefined),
      });
  return answer === "" ? settings : withValue(settings, item, answer);
}
