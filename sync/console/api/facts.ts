import { rowOn } from "../../compare/row.js";
import type { SourceFields } from "../../inquiry/both-sides.js";
import type { Field } from "../../inquiry/fields.js";
import { parseSettings, type SettingsInput } from "../../project/settings.js";
import { credentialKind } from "../../setup/items.js";
import { counted } from "../../terminal/words.js";

/** Something that was found out about a connection. `at`: a moment instead of words. */
export interface Fact {
  readonly name: string;
  readonly text?: string;
  readonly at?: string;
}

const LOG_INS = { api_client: "API client", api_key: "API key" } as const;

/** What Flowcode has, as far as it was looked at. */
export function sourceFacts(settings: SettingsInput, { fields, sample }: SourceFields): Fact[] {
  const { streams } = parseSettings(JSON.stringify(settings), "flowcode-iterable.json");
  const [newest] = sample.lines;
  const changedAt = newest === undefined ? undefined : rowOn(newest, streams).changedAt;
  return [
    { name: "Credentials", text: LOG_INS[credentialKind(settings, {})] },
    { name: "Contacts looked at", text: `the newest ${counted(sample.contacts, "contact")}` },
    ...(changedAt === undefined ? [] : [{ name: "Newest contact", at: new Date(changedAt).toISOString() }]),
    { name: "Form fields", text: counted(fields.length, "field") },
  ];
}

/** What the Iterable project has. */
export function iterableFacts({ destination = {} }: SettingsInput, fields: readonly Field[]): Fact[] {
  const isEuropean = destination.data_center === "eu";
  return [
    { name: "Data center", text: isEuropean ? "Europe (app.eu.iterable.com)" : "US (app.iterable.com)" },
    { name: "API key", text: "Server-side; it can write contacts" },
    { name: "Contacts identified by", text: destination.identifier === "user_id" ? "user ID" : "email" },
    { name: "Fields that can be mapped", text: counted(fields.length, "field") },
  ];
}
