import { post } from "./api.js";
import { keepSession, session } from "./session.js";

/** The key that this page was opened with, until it is spent. */
let waiting: string | undefined;

/**
 * Spends the key behind the address's `#`, and takes it out of the address at once. Resolves with whether a session is
 * open afterwards; throws Refused where the key is no good.
 */
export async function openSession(password?: string): Promise<boolean> {
  const key = /^#k=([\w-]+)$/.exec(location.hash)?.[1];
  if (key !== undefined) {
    waiting = key;
    history.replaceState(null, "", `${location.pathname}#/overview`);
  }
  if (waiting !== undefined) {
    const opened = await post<{ session: string }>("session", {
      key: waiting,
      ...(password && { password }),
    });
    waiting = undefined;
    keepSession(opened.session);
  }
  return session() !== undefined;
}
