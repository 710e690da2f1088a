import { setTimeout } from "node:timers/promises";
import { sendTestContact } from "../compare/test-contact.js";
import { EXIT, Unusable } from "../errors.js";
import type { Host } from "../host.js";
import type { Folder } from "../project/folder.js";
import type { Settings } from "../project/settings.js";
import { createProgress } from "../terminal/progress.js";
import { sentText } from "../terminal/sent-text.js";

export interface Sending {
  readonly folder: Folder;
  readonly settings: Settings;
  readonly email: string;
  readonly json: boolean;
}

/** Sends one contact and shows both sides: what was sent, and what Iterable holds. */
export async function sendContact({ folder, settings, email, json }: Sending, host: Host): Promise<number> {
  const { terminal, now } = host;
  if (email.trim() === "") throw new Unusable("--contact takes an email");
  let told = "";
  const onProgress = (text: string) => {
    if (json) return;
    if (terminal.isWatched) return terminal.rewrite(text);
    // Where no line can be rewritten, each thing is said once.
    const kind = text.split(/[.:]/, 1)[0] ?? "";
    if (kind !== told) terminal.say(text);
    told = kind;
  };
  onProgress(`Looking for ${email} in Flowcode …`);
  const sent = await sendTestContact(
    {
      folder,
      settings,
      email,
      progress: createProgress(terminal, { json, now }),
      sleep: (ms) => setTimeout(ms, undefined, { signal: host.signal }).catch(() => undefined),
      onProgress,
    },
    host,
  );
  terminal.rewrite("");
  if (json)
    terminal.printJson({ email, ...sent, run: sent.run && { number: sent.run.number, ...sent.run.ended } });
  else terminal.print(sentText(email, sent, { now: now(), columns: terminal.columns }));
  const arrived = sent.found?.verdict === "agrees" || sent.found?.verdict === "left_alone";
  return arrived ? EXIT.done : EXIT.failed;
}
