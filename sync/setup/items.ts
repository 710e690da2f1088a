import type { ConfiguredSide } from "../inquiry/check.js";
import type { SettingsInput } from "../project/settings.js";

/** A setting that has to be known before a first sync. */
export interface Item {
  readonly side: ConfiguredSide;
  /** Its place in the side's configuration. */
  readonly path: readonly [string, ...string[]];
  readonly message: string;
  /** Where the value is found. */
  readonly help: string;
  /** The flag that gives it; for a secret, the flag of the file that holds it. */
  readonly flag: string;
  /** The environment variable that may stand in for it: then nothing is asked, and nothing is written. */
  readonly variable: string;
  readonly isSecret: boolean;
  readonly isRequired: boolean;
}

const ISSUED = "Your Flowcode contact issues it together with the access to the Conversions API.";
const HIDDEN = "Issued by Flowcode once, together with the other values. It is hidden while you type.";

const ORGANIZATION: readonly Item[] = [
  item("source", ["org_id"], "Flowcode organization ID", "org-id", ISSUED),
  item("source", ["workspace_id"], "Flowcode workspace ID", "workspace-id", ISSUED),
];

/** By the kind of the credentials. */
const CREDENTIALS = {
  api_client: [
    item("source", ["credentials", "client_id"], "Client ID", "client-id", ISSUED),
    secret("source", ["credentials", "client_secret"], "Client secret", "client-secret-file", HIDDEN),
  ],
  api_key: [secret("source", ["credentials", "api_key"], "Flowcode API key", "flowcode-key-file", HIDDEN)],
} as const;
export type CredentialKind = keyof typeof CREDENTIALS;

export const ITERABLE_KEY: Item = secret(
  "destination",
  ["api_key"],
  "Iterable API key",
  "iterable-key-file",
  "In Iterable: Integrations → API keys → New API key; type Server-side, not Read-only. It is hidden while you type.",
);

export function flowcodeItems(kind: CredentialKind): readonly Item[] {
  return [...ORGANIZATION, ...CREDENTIALS[kind]];
}

/** Every setting that flags and files can give. */
export const ITEMS: readonly Item[] = [
  ...ORGANIZATION,
  ...CREDENTIALS.api_client,
  ...CREDENTIALS.api_key,
  ITERABLE_KEY,
];

type Path = Item["path"];

function item(side: ConfiguredSide, path: Path, message: string, flag: string, help: string): Item {
  const prefix = side === "source" ? "FLOWCODE" : "ITERABLE";
  const variable = `${prefix}_${String(path.at(-1)).toUpperCase()}`;
  return { side, path, message, help, flag, variable, isSecret: false, isRequired: true };
}

function secret(side: ConfiguredSide, path: Path, message: string, flag: string, help: string): Item {
  return { ...item(side, path, message, flag, help), isSecret: true };
}

type Tree = Readonly<Record<string, unknown>>;

/** The value of a setting; undefined where there is none. */
export function settingOf(settings: SettingsInput, { side, path }: Pick<Item, "side" | "path">): unknown {
  return path.reduce<unknown>(
    (inner, name) => (typeof inner === "object" && inner !== null ? (inner as Tree)[name] : undefined),
    settings[side],
  );
}

/** The settings with another value in one place; undefined takes it away. */
export function withValue(
  settings: SettingsInput,
  { side, path }: Pick<Item, "side" | "path">,
  value: unknown,
): SettingsInput {
  return { ...settings, [side]: put(settings[side] ?? {}, path, value) };
}

function put(tree: Tree, [name, ...rest]: Path, value: unknown): Tree {
  const [next, ...others] = rest;
  if (next !== undefined) {
    return { ...tree, [name]: put((tree[name] as Tree | undefined) ?? {}, [next, ...others], value) };
  }
  const { [name]: _, ...kept } = tree;
  return value === undefined ? kept : { ...kept, [name]: value };
}

/** The kind of credentials that the settings or the environment hold. */
export function credentialKind(
  settings: SettingsInput,
  env: Readonly<Record<string, string | undefined>>,
): CredentialKind {
  const present = settingOf(settings, { side: "source", path: ["credentials", "auth_type"] });
  if (present === "api_key" || present === "api_client") return present;
  return env.FLOWCODE_API_KEY ? "api_key" : "api_client";
}

/** The settings with credentials of one kind: what belongs to the other goes. */
export function withCredentialKind(settings: SettingsInput, kind: CredentialKind): SettingsInput {
  const other = kind === "api_key" ? CREDENTIALS.api_client : CREDENTIALS.api_key;
  const kept = other.reduce((changed, each) => withValue(changed, each, undefined), settings);
  return withValue(kept, { side: "source", path: ["credentials", "auth_type"] }, kind);
}
