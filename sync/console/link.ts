import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { codeOf, Unusable } from "../errors.js";
import { makeFile } from "../project/atomic.js";
import { type Folder, makeFolder } from "../project/folder.js";
import { replaceMarked } from "../project/own-file.js";
import { readText } from "../project/text-file.js";
import { holder, holderOf, vitalityOf } from "../runs/holder.js";

const LOOK_MS = 250;
/** How long a console gets to answer, in ms. */
const ANSWER_MS = 5_000;
const KEY = /^[\w-]{43}$/;

/** Where the console that is open says where it is. */
const addressOf = (folder: Folder) => join(folder.path, "console.json");

/** Tells it from a file of somebody else's. */
const MARK = '{"made_by":"flowcode-iterable","origin":';
const address = z.object({ made_by: z.literal("flowcode-iterable"), origin: z.string(), holder });

/** Says where the console of a project is. Throws Unusable where another one is open already. */
export async function announce(folder: Folder, origin: string): Promise<() => Promise<void>> {
  const other = await addressIn(folder);
  if (other) {
    throw new Unusable(
      `the console of this project is open already, at ${other}: flowcode-iterable console --link prints a new link for it`,
    );
  }
  await makeFolder(folder.path);
  const content = { made_by: "flowcode-iterable", origin, holder: await holderOf() };
  await replaceMarked(addressOf(folder), `${JSON.stringify(content)}\n`, MARK);
  return () => rm(addressOf(folder), { force: true });
}

/** Where the console that is open is; undefined where none is. One that was killed is not open. */
async function addressIn(folder: Folder): Promise<string | undefined> {
  const text = await readText(addressOf(folder)).catch(() => "");
  const found = address.safeParse(parse(text)).data;
  if (!found || (await vitalityOf(found.holder)) === "dead") return undefined;
  return found.origin;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Where somebody who may read and write the project leaves a key for its console. */
const placeOf = (folder: Folder) => join(folder.path, "console.link");

/**
 * Leaves a key for the console of a project, in a file that its owner alone can read, and waits until it was taken.
 * Resolves with a link that opens it; undefined where no console took the key.
 */
export async function askForLink(folder: Folder, signal: AbortSignal): Promise<string | undefined> {
  const origin = await addressIn(folder);
  if (origin === undefined) return undefined;
  const key = randomBytes(32).toString("base64url");
  const place = placeOf(folder);
  if ((await keyAt(place)) !== undefined) await rm(place, { force: true });
  await makeFile(place, key).catch((error: unknown) => {
    if (codeOf(error) !== "EEXIST") throw error;
    throw new Unusable(`"${place}" is no file of this program's: move it away`);
  });
  const deadline = Date.now() + ANSWER_MS;
  while (Date.now() < deadline && !signal.aborted) {
    await sleep(LOOK_MS);
    if ((await keyAt(place)) !== key) return `${origin}/#k=${key}`;
  }
  await rm(place, { force: true });
  return undefined;
}

/** Takes the keys that are left in the project, until `signal` is aborted. */
export async function takeLinks(
  folder: Folder,
  admit: (key: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const place = placeOf(folder);
  while (!signal.aborted) {
    const key = await keyAt(place);
    if (key !== undefined) {
      admit(key);
      await rm(place, { force: true });
    }
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** The key that lies there; undefined where nothing does, or something else. */
async function keyAt(place: string): Promise<string | undefined> {
  const text = await readText(place).catch(() => "");
  return KEY.test(text) ? text : undefined;
}
