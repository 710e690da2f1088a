import { createHash } from "node:crypto";
import { basename } from "node:path";
import { codeOf, messageOf, Unusable } from "../../errors.js";
import { type Folder, makeFolder } from "../../project/folder.js";
import { pointerTo } from "../../project/pointer.js";
import { InvalidSettings, parseSettings, type SettingsInput, writeSettings } from "../../project/settings.js";
import { readText } from "../../project/text-file.js";
import { runNumbers } from "../../runs/archive.js";
import { ITEMS, settingOf, withValue } from "../../setup/items.js";
import { Declined } from "../answer.js";
import { differences } from "../difference.js";
import type { Route } from "../route.js";
import type { SchedulerView } from "../scheduling.js";

type Env = Readonly<Record<string, string | undefined>>;

/** The settings as they are on disk, and what tells this text from every other. */
interface Saved {
  readonly exists: boolean;
  readonly etag: string;
  readonly settings: SettingsInput;
}

/** What these routes need to know. */
export interface ProjectContext {
  readonly folder: Folder;
  readonly env: Env;
  readonly version: string;
  readonly scheduler: () => Promise<SchedulerView>;
  /** Told when the project has been saved here. */
  readonly onSaved: () => void;
}

/** `GET project` and `PUT project`. Secrets go in and never come out. */
export function projectRoutes(context: ProjectContext): Route[] {
  return [
    {
      method: "GET",
      path: "/api/v1/project",
      answer: async () => {
        const saved = await read(context.folder);
        return { json: await view(saved, context), headers: { etag: saved.etag } };
      },
    },
    {
      method: "PUT",
      path: "/api/v1/project",
      async answer({ body, headers }) {
        const saved = await read(context.folder);
        if (headers["if-match"] !== saved.etag)
          throw await changedMeanwhile(saved, settingsIn(body), context);
        await save(context.folder, withSecrets(settingsIn(body), saved.settings));
        context.onSaved();
        const now = await read(context.folder);
        return { json: await view(now, context), headers: { etag: now.etag } };
      },
    },
  ];
}

/** The settings that a request carries. Throws Declined where there are none. */
export function settingsIn(body: unknown): SettingsInput {
  const settings = (body as { settings?: unknown } | undefined)?.settings;
  if (typeof settings !== "object" || settings === null || Array.isArray(settings))
    throw new Declined(400, { title: "The request has no settings.", todo: [] });
  return settings as SettingsInput;
}

/** Settings from a page, with the saved secrets in the places where the page says that they stay as they are. */
export async function draftIn(body: unknown, folder: Folder): Promise<SettingsInput> {
  return withSecrets(settingsIn(body), (await read(folder)).settings);
}

/** The settings as they are saved, secrets included: for the connectors, and for no page. Throws Declined where there are none. */
export async function savedSettings(folder: Folder): Promise<SettingsInput> {
  const saved = await read(folder);
  if (saved.exists) return saved.settings;
  throw new Declined(409, {
    title: "The project is not saved yet.",
    todo: ["Fill in both connections and save them."],
    code: "not_saved",
  });
}

async function read(folder: Folder): Promise<Saved> {
  const text = await readText(folder.settings).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return { exists: false, etag: '"new"', settings: { version: 1 } };
  const etag = `"${createHash("sha256").update(text).digest("base64url")}"`;
  try {
    parseSettings(text, folder.settings);
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    throw new Declined(409, {
      title: "The project's settings cannot be used.",
      todo: [messageOf(error)],
      side: "runner",
    });
  }
  return { exists: true, etag, settings: JSON.parse(text.replace(/^\uFEFF/, "")) };
}

async function view({ exists, etag, settings }: Saved, context: ProjectContext): Promise<object> {
  const { folder, env, version, scheduler } = context;
  return {
    name: basename(folder.path),
    version,
    etag,
    exists,
    is_new: (await runNumbers(folder)).length === 0,
    settings: withoutSecrets(settings, env),
    environment: ITEMS.filter(
      (item) => settingOf(settings, item) === undefined && isInEnvironment(item, env),
    ).map(pointerOf),
    scheduler: await scheduler(),
  };
}

const pointerOf = ({ side, path }: (typeof ITEMS)[number]) => pointerTo([side, ...path]);

const isInEnvironment = ({ variable }: (typeof ITEMS)[number], env: Env) =>
  Boolean(env[variable] || env[`${variable}_FILE`]);

/** The settings with a word about each secret in its place: that there is one, and where it stands. */
function withoutSecrets(settings: SettingsInput, env: Env): SettingsInput {
  return ITEMS.filter(({ isSecret }) => isSecret).reduce((shown, item) => {
    if (settingOf(settings, item) !== undefined) return withValue(shown, item, { set: true, from: "file" });
    return isInEnvironment(item, env) ? withValue(shown, item, { set: true, from: "environment" }) : shown;
  }, settings);
}

function withSecrets(draft: SettingsInput, saved: SettingsInput): SettingsInput {
  return ITEMS.filter(({ isSecret }) => isSecret).reduce((whole, item) => {
    const given = settingOf(draft, item);
    if (typeof given === "string") return withValue(whole, item, given.trim() || undefined);
    return given === undefined ? whole : withValue(whole, item, settingOf(saved, item));
  }, draft);
}

async function save(folder: Folder, settings: SettingsInput): Promise<void> {
  try {
    await makeFolder(folder.path);
    await writeSettings(folder, settings);
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    throw new Declined(422, {
      title: "These settings cannot be saved.",
      todo: [messageOf(error)],
      side: "runner",
      ...(error instanceof InvalidSettings && { at: error.at }),
    });
  }
}

/** Somebody else has saved since the page was loaded: says what differs, by the names of the settings. */
async function changedMeanwhile(
  saved: Saved,
  yours: SettingsInput,
  context: ProjectContext,
): Promise<Declined> {
  const trouble = {
    title: "The project was changed elsewhere since you opened it.",
    todo: ["Nothing that you typed is lost. Choose whose settings to go on with."],
    side: "runner" as const,
    code: "changed_elsewhere",
  };
  const { env } = context;
  const difference = differences(withoutSecrets(saved.settings, env), withoutNewSecrets(yours));
  return new Declined(412, trouble, { project: await view(saved, context), difference });
}

/** A secret that was typed is not sent back, not even to whoever has typed it. */
function withoutNewSecrets(draft: SettingsInput): SettingsInput {
  return ITEMS.filter(({ isSecret }) => isSecret).reduce(
    (shown, item) =>
      typeof settingOf(draft, item) === "string" ? withValue(shown, item, { set: true, from: "you" }) : shown,
    draft,
  );
}
