import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

const MINUTE_MS = 60_000;
/** How long a link can be used. */
const KEY_MS = 10 * MINUTE_MS;
const SESSION_MS = 12 * 60 * MINUTE_MS;
const IDLE_MS = 60 * MINUTE_MS;
const WRONG_KEYS_A_MINUTE = 5;
/** 256 bits: nobody guesses one. */
const KEY_BYTES = 32;
/** Links and sessions that are open at a time; the oldest goes first. */
const MOST_OPEN = 32;

/** What came of a key. */
export type Exchange =
  | { readonly kind: "session"; readonly session: string }
  | { readonly kind: "wrong" }
  /** Too many wrong keys: no key is looked at for a minute. */
  | { readonly kind: "locked" };

/** The links and the sessions of one console. Both live in memory alone and end with the process. */
export interface Sessions {
  /** A key for a link, which works once. */
  key(): string;
  /** Takes a key that somebody with access to the project has made. */
  admit(key: string): void;
  /** Gives a session for a key, and spends the key. */
  exchange(key: string): Exchange;
  /** Whether a session is open; that it was asked for keeps it open. */
  has(session: string): boolean;
  end(session: string): void;
}

interface Open {
  readonly digest: Buffer;
  readonly until: number;
  used: number;
}

/** `now`: the clock, in ms since 1970. Only hashes are kept, and they are compared in constant time. */
export function createSessions(now: () => number): Sessions {
  let keys: Open[] = [];
  let sessions: Open[] = [];
  let wrong: number[] = [];

  const added = (all: readonly Open[], token: string, lifetime: number): Open[] => {
    const one = { digest: digestOf(token), until: now() + lifetime, used: now() };
    return [...all.slice(1 - MOST_OPEN), one];
  };
  const newToken = () => randomBytes(KEY_BYTES).toString("base64url");
  const find = (all: readonly Open[], token: string): Open | undefined => {
    const digest = digestOf(token);
    return all.filter((one) => timingSafeEqual(one.digest, digest))[0];
  };
  const forgetOld = () => {
    keys = keys.filter(({ until }) => until > now());
    sessions = sessions.filter(({ until, used }) => until > now() && used + IDLE_MS > now());
    wrong = wrong.filter((at) => at + MINUTE_MS > now());
  };

  return {
    key() {
      const token = newToken();
      keys = added(keys, token, KEY_MS);
      return token;
    },
    admit(key) {
      keys = added(keys, key, KEY_MS);
    },
    exchange(key) {
      forgetOld();
      if (wrong.length >= WRONG_KEYS_A_MINUTE) return { kind: "locked" };
      const found = find(keys, key);
      if (!found) {
        wrong.push(now());
        return { kind: "wrong" };
      }
      keys = keys.filter((one) => one !== found);
      const session = newToken();
      sessions = added(sessions, session, SESSION_MS);
      return { kind: "session", session };
    },
    has(session) {
      forgetOld();
      const found = find(sessions, session);
      if (found) found.used = now();
      return found !== undefined;
    },
    end(session) {
      const found = find(sessions, session);
      sessions = sessions.filter((one) => one !== found);
    },
  };
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
