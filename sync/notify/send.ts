/** So often something is tried to be told. */
const ATTEMPTS = 3;
/** So long an answer is waited for, in ms: whoever hangs holds a program that is done for ten seconds at most. */
const TIMEOUT_MS = 3_000;
const PAUSE_MS = 500;

export interface Telling {
  readonly url: string;
  /** Posted as JSON; undefined: an empty body. */
  readonly body: unknown;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** Posts once, or a few times where it fails. Resolves with what is wrong, without the address, which is a secret. */
export async function tell({ url, body, sleep }: Telling): Promise<string | undefined> {
  const { EnvHttpProxyAgent, request } = await import("undici");
  const dispatcher = new EnvHttpProxyAgent({ bodyTimeout: TIMEOUT_MS, headersTimeout: TIMEOUT_MS });
  let problem: string | undefined;
  try {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      if (attempt > 1) await sleep(PAUSE_MS * (attempt - 1));
      problem = await request(url, {
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
      if (problem === undefined || /answered 4(?!29|08)/.test(problem)) return problem;
    }
    return problem;
  } finally {
    void dispatcher.destroy().catch(() => undefined);
  }
}

function describe(error: unknown): string {
  const { code, name } = (error ?? {}) as { readonly code?: string; readonly name?: string };
  return name === "TimeoutError" || code?.includes("TIMEOUT")
    ? `no answer within ${TIMEOUT_MS / 1000} seconds`
    : (code ?? "the connection failed");
}
