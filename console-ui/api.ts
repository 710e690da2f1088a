import { forgetSession, session } from "./door/session.js";
import type { Trouble } from "./wire.js";

/** The server has declined, or could not be reached. */
export class Refused extends Error {
  override readonly name = "Refused";
  constructor(
    readonly status: number,
    readonly trouble: Trouble,
    /** What else the answer holds: the holder of a run, the difference to a saved project. */
    readonly beside: Readonly<Record<string, unknown>> = {},
  ) {
    super(trouble.title);
  }
}

/** Told when the session has ended, wherever that is noticed. */
let onEnd: () => void = () => undefined;
export function whenSessionEnds(told: () => void): void {
  onEnd = told;
}

/** The server does not know the session any more. */
export function endSession(): void {
  forgetSession();
  onEnd();
}

interface Options {
  readonly signal?: AbortSignal | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

export const get = <T>(path: string, options: Options = {}) => call<T>("GET", path, undefined, options);
export const post = <T>(path: string, body: unknown, options: Options = {}) =>
  call<T>("POST", path, body, options);
export const put = <T>(path: string, body: unknown, options: Options = {}) =>
  call<T>("PUT", path, body, options);

/** The headers that say whose session it is. */
export function authorized(): Record<string, string> {
  const token = session();
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/** Throws Refused for whatever is not a success, and the signal's reason once it is aborted. */
async function call<T>(
  method: string,
  path: string,
  body: unknown,
  { signal, headers }: Options,
): Promise<T> {
  const sent = method === "GET" ? {} : { "content-type": "application/json" };
  let response: Response;
  try {
    response = await fetch(`/api/v1/${path}`, {
      method,
      headers: { ...authorized(), ...sent, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Refused(0, {
      title: "The console does not answer.",
      todo: ["See whether flowcode-iterable console is still running, and start it again."],
    });
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer as T;
  if (response.status === 401) endSession();
  const { error, ...beside } = answer;
  throw new Refused(response.status, error ?? { title: `Error ${response.status}`, todo: [] }, beside);
}
