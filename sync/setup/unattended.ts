import { readFile } from "node:fs/promises";
import { codeOf, Unusable } from "../errors.js";
import type { SettingsInput } from "../project/settings.js";
import { eventOf, eventsIn, listOf, withEventFields, withEvents, withLists } from "./follow-ups.js";
import {
  type CredentialKind,
  credentialKind,
  flowcodeItems,
  ITEMS,
  ITERABLE_KEY,
  settingOf,
  withCredentialKind,
  withValue,
} from "./items.js";

/** What flags say, by their names. */
export type Flags = Readonly<Record<string, unknown>>;

/**
 * The settings with what flags, files and the environment give. Throws Unusable naming everything that is still
 * missing, with the ways to give it.
 */
export async function withFlags(
  present: SettingsInput,
  flags: Flags,
  env: Readonly<Record<string, string | undefined>>,
): Promise<SettingsInput> {
  const kind: CredentialKind =
    flags["flowcode-key-file"] !== undefined
      ? "api_key"
      : flags["client-id"] !== undefined
        ? "api_client"
        : credentialKind(present, env);
  let settings = withCredentialKind(present, kind);
  for (const item of ITEMS) {
    const given = flags[item.flag];
    if (typeof given === "string") {
      const value = item.isSecret ? await readSecret(given, item.flag) : given;
      settings = withValue(settings, item, value);
    } else if (env[item.variable]) settings = withValue(settings, item, undefined);
  }
  const missing = [...flowcodeItems(kind), ITERABLE_KEY].filter(
    (item) => settingOf(settings, item) === undefined && !env[item.variable],
  );
  if (missing.length > 0) {
    const ways = missing.map(({ message, flag, variable }) => `${message}: --${flag}, or ${variable}`);
    throw new Unusable(`these settings are missing:\n  ${ways.join("\n  ")}`);
  }
  const map = (flags.map ?? []) as readonly string[];
  const direct = {
    data_center: flags["data-center"],
    overwrite_mode: flags["overwrite-mode"],
    create_new_fields: flags["create-new-fields"],
    field_mapping: map.length > 0 ? map.map(entryOf) : undefined,
  };
  for (const [name, value] of Object.entries(direct)) {
    if (value !== undefined) settings = withValue(settings, { side: "destination", path: [name] }, value);
  }
  settings = withFollowUps(settings, flags);
  const { every, cron, "time-zone": time_zone } = flags as Record<string, string | undefined>;
  if (every !== undefined) return { ...settings, schedule: { every } };
  if (cron !== undefined)
    return { ...settings, schedule: { cron, ...(time_zone !== undefined && { time_zone }) } };
  return settings;
}

/** Lists and events that flags name take the place of those that there were. */
function withFollowUps(given: SettingsInput, flags: Flags): SettingsInput {
  const [lists, events, fields] = ["list", "event", "event-field"].map(
    (name) => (flags[name] ?? []) as readonly string[],
  ) as [readonly string[], readonly string[], readonly string[]];
  const settings = lists.length > 0 ? withLists(given, lists.map(listOf)) : given;
  if (events.length + fields.length === 0) return settings;
  const named = events.length > 0 ? events.map(eventOf) : eventsIn(settings);
  return withEvents(settings, withEventFields(named, fields));
}

async function readSecret(path: string, flag: string): Promise<string> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw new Unusable(`--${flag}: "${path}" cannot be read (${codeOf(error)})`);
  });
  if (text.trim() === "") throw new Unusable(`--${flag}: "${path}" is empty`);
  return text.trim();
}

function entryOf(text: string) {
  const at = text.lastIndexOf("=");
  const [source, target] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  if (at < 0 || source === "" || target === "") {
    throw new Unusable(
      `--map takes a field and where it goes, such as "Shirt Size=shirtSize", and not "${text}"`,
    );
  }
  return { source, target };
}
