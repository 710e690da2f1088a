/** So often something is tried to be told. */
const ATTEMPTS = 3;
/** So long an answer is waited for, in ms: whoever hangs holds a program that is done for ten seconds at most. */
const TIMEOUT_MS = 3_000;
const PAUSE_MS = 500;
const NO_ANSWER = `no answer within ${TIMEOUT_MS / 1000} seconds`;

export interface Telling {
  readonly url: string;
  /** Posted as JSON; undefined: an empty body. */
  readonly body: unknown;
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Posts once, or a few times where it fails. Resolves with what is wrong, without the address, which is a secret. */
export async function tell({ url, body, sleep, env }: Telling): Promise<string | undefined> {
  const { EnvHttpProxyAgent, request } = await import("undici");
  const dispatcher = new EnvHttpProxyAgent({
    bodyTimeout: TIMEOUT_MS,
    headersTimeout: TIMEOUT_MS,
    ...proxiesIn(env),
  });
  let problem: string | undefined;
  try {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      if (attempt > 1) await sleep(PAUSE_MS * (attempt - 1));
      const asked = request(url, {
        method: "POST",
        dispatcher,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: body === undefined ? {} : { "content-type": "application/json" },
        body: body === undefined ? null : JSON.stringify(body),
      }).then(
        ({ statusCode, body: answer }) => {
          // Nobody reads it, and cutting it off is an error of its own.
          answer.on("error", () => undefined).destroy();
          return statusCode < 300 ? undefined : `it answered ${statusCode}`;
        },
        (error: unknown) => describe(error),
      );
      problem = await inTime(asked);
      if (problem === undefined || /answered 4(?!29|08)/.test(problem)) return problem;
    }
    return problem;
  } finally {
    void dispatcher.destroy().catch(() => undefined);
  }
}

/** What comes of it, or that nothing has: behind a proxy that hangs up, undici does not look at its signal. */
async function inTime(asked: Promise<string | undefined>): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(NO_ANSWER), TIMEOUT_MS + PAUSE_MS);
  });
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}

/** The rules of the connectors: names in lower case win where they are not empty, and this machine is never proxied. */
function proxiesIn({ http_proxy, HTTP_PROXY, https_proxy, HTTPS_PROXY, no_proxy, NO_PROXY }: Telling["env"]) {
  const none = no_proxy || NO_PROXY || "";
  return {
    httpProxy: http_proxy || HTTP_PROXY || "",
    httpsProxy: https_proxy || HTTPS_PROXY || "",
    noProxy: none === "*" ? none : `${none},localhost,127.0.0.1,[::1]`,
  };
}

function describe(error: unknown): string {
  const { code, name } = (error ?? {}) as { readonly code?: string; readonly name?: string };
  return name === "TimeoutError" || code?.includes("TIMEOUT") ? NO_ANSWER : (code ?? "the connection failed");
}
