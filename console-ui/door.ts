import { post } from "./api.js";
import { keepSession, session } from "./session.js";

/**
 * Spends the key behind the address's `#`, and takes it out of the address at once. Resolves with whether a session is
 * open afterwards; throws Refused where the key is no good.
 */
export async function openSession(): Promise<boolean> {
  const key = /^#k=([\w-]+)$/.exec(location.hash)?.[1];
  if (key !== undefined) {
    history.replaceState(null, "", `${location.pathname}#/overview`);
    const opened = await post<{ session: string }>("session", { key });
    keepSession(opened.session);
  }
  return session() !== undefined;
}
