import { AwsV4Signer } from "aws4fetch";
import { ConfigError, TransientError } from "../../connector/errors.js";
import { withoutSlash } from "../../http/addresses.js";
import { createHttpClient, type HttpClient } from "../../http/client.js";
import { HttpStatusError, NetworkError } from "../../http/errors.js";
import { retry } from "../../http/retry.js";
import type { Waits } from "../../http/waits.js";
import type { BucketSettings } from "../rejects-settings.js";
import type { RejectsPlace } from "./rejects.js";

export interface BucketOptions {
  readonly settings: BucketSettings;
  readonly timeoutSeconds: number;
  readonly userAgent: string;
  readonly maxAttempts: number;
  readonly firstDelayMs: number;
  readonly waits?: Waits | undefined;
}

/** What S3 says by the code of an error, and what to do. */
const REMEDIES: Readonly<Record<string, string>> = {
  NoSuchBucket: "there is no bucket of that name: create it, or correct rejected_records.bucket",
  InvalidAccessKeyId: "the access key is not known: correct rejected_records.access_key_id",
  SignatureDoesNotMatch:
    "the secret does not belong to the access key: correct rejected_records.secret_access_key",
  AccessDenied: "the access key may not write there: allow it s3:PutObject on the prefix",
  PermanentRedirect: "the bucket is in another region: correct rejected_records.region",
  AuthorizationHeaderMalformed: "the bucket is in another region: correct rejected_records.region",
  RequestTimeTooSkewed: "the clock of this machine is wrong: correct it",
};

/**
 * Objects of a bucket: one for each piece that is written, since an object cannot grow. Under `prefix` their names begin
 * with `name`, and are numbered.
 */
export function inBucket(options: BucketOptions, name: string): RejectsPlace {
  const { prefix } = options.settings;
  const client = createHttpClient(options);
  let part = 0;
  return {
    async write(text) {
      if (text === "") return;
      part += 1;
      const folder = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
      const key = `${folder}${name}-${String(part).padStart(5, "0")}.jsonl`;
      await send(client, options, "PUT", key, text);
    },
    close: () => client.close(),
  };
}

/** Proves that the bucket is there and the key known. Whether it may write shows with the first rejection alone. */
export async function proveBucket(options: BucketOptions): Promise<void> {
  const client = createHttpClient(options);
  try {
    await send(client, options, "GET", "", undefined);
  } catch (error) {
    if (!(error instanceof ConfigError && error.cause === "AccessDenied")) throw error;
  } finally {
    await client.close();
  }
}

async function send(
  client: HttpClient,
  options: BucketOptions,
  method: "GET" | "PUT",
  key: string,
  text: string | undefined,
): Promise<void> {
  const { settings, maxAttempts, firstDelayMs, waits } = options;
  const url = `${addressOf(settings)}/${key.split("/").map(encodeURIComponent).join("/")}`;
  const body = text === undefined ? undefined : new TextEncoder().encode(text);
  const signer = {
    method,
    url: method === "GET" ? `${url}?list-type=2&max-keys=0` : url,
    ...(body && { body, headers: { "content-type": "application/x-ndjson" } }),
    accessKeyId: settings.access_key_id,
    secretAccessKey: settings.secret_access_key,
    service: "s3",
    region: settings.region,
  };
  const attempt = async () => {
    // Signed anew each time: a signature is good for some minutes.
    const signed = await new AwsV4Signer(signer).sign();
    const headers = Object.fromEntries([...signed.headers].filter(([name]) => name !== "host"));
    await client.text({ method, url: signed.url.href, endpoint: "rejects", headers, ...(body && { body }) });
  };
  try {
    await retry(attempt, {
      attempts: maxAttempts,
      firstDelayMs,
      maxDelayMs: 30_000,
      waits,
      decide: (error) => ({ action: isTransient(error) ? "retry" : "give_up" }),
    });
  } catch (error) {
    throw explain(error, settings);
  }
}

function isTransient(error: unknown): boolean {
  if (error instanceof NetworkError) return error.isTransient;
  return error instanceof HttpStatusError && (error.status >= 500 || error.status === 429);
}

function explain(error: unknown, { bucket }: BucketSettings): unknown {
  const place = `rejected contacts cannot be kept in the bucket "${bucket}"`;
  const end = "the run stops, since they would be lost";
  if (error instanceof NetworkError) {
    const text = `${place} (${error.message}); ${end}`;
    return error.isTransient ? new TransientError(text) : new ConfigError(text);
  }
  if (!(error instanceof HttpStatusError)) return error;
  const code = codeIn(error.body);
  const remedy = REMEDIES[code] ?? "see what the storage says of this error";
  const text = `${place} (${error.status}${code && ` ${code}`}): ${remedy}; ${end}`;
  return isTransient(error) ? new TransientError(text) : new ConfigError(text, { cause: code });
}

/** The code of an error in XML; "" where there is none. */
function codeIn(body: string): string {
  const from = body.indexOf("<Code>") + "<Code>".length;
  const code = body.slice(from, body.indexOf("</Code>", from)).slice(0, 60);
  return body.includes("<Code>") && /^\w+$/.test(code) ? code : "";
}

/** By path where another host is named, or where a dot in the bucket's name would spoil the certificate's. */
function addressOf({ bucket, region, endpoint }: BucketSettings): string {
  if (endpoint !== undefined) return `${withoutSlash(endpoint)}/${bucket}`;
  const host = `s3.${region}.amazonaws.com`;
  return bucket.includes(".") ? `https://${host}/${bucket}` : `https://${bucket}.${host}`;
}
