import { post, Refused } from "../api.js";
import { keepSession, session } from "./session.js";

const KEY = /#k=([\w-]+)$/;

/** The key that this page was opened with, until it is spent. */
let waiting: string | undefined;

/**
 * Spends the key behind the address's `#`, and takes it out of the address at once. Resolves with whether a session is
 * open afterwards; throws Refused where the key is no good.
 */
export async function openSession(password?: string): Promise<boolean> {
  const key = KEY.exec(location.hash)?.[1];
  if (key !== undefined) {
    waiting = key;
    history.replaceState(null, "", `${location.pathname}#/overview`);
  }
  if (waiting !== undefined) await spend(waiting, password);
  return session() !== undefined;
}

/** Spends the key of a link that somebody has pasted. A link to another port is gone to. Throws Refused. */
export async function openWith(link: string): Promise<void> {
  const url = URL.canParse(link.trim()) ? new URL(link.trim()) : undefined;
  const key = url && KEY.exec(url.hash)?.[1];
  if (!url || !/^https?:$/.test(url.protocol) || key === undefined)
    throw new Refused(0, {
      title: "That is not a link of the console.",
      todo: ["Paste all of the line that flowcode-iterable console --link prints."],
    });
  if (url.origin === location.origin) await spend(key);
  else location.assign(url);
}

async function spend(key: string, password?: string): Promise<void> {
  const opened = await post<{ session: string }>("session", { key, ...(password && { password }) });
  waiting = undefined;
  keepSession(opened.session);
}
