import { randomBytes } from "node:crypto";
import type { Context } from "../../connector/connector.js";
import { tellWaiting } from "../../connector/reporting/waiting.js";
import { createWaits } from "../../http/waits.js";
import type { Config } from "../config.js";
import { FIRST_DELAY_MS } from "../iterable/api.js";
import { bucketOf } from "../rejects-settings.js";
import type { RejectsPlace } from "./rejects.js";
import type { BucketOptions } from "./rejects-bucket.js";
import { inFolder } from "./rejects-folder.js";

/** Where a run keeps its rejected contacts, as its settings say; undefined where it keeps none. */
export function placeOf(settings: Config, context: Context): RejectsPlace | undefined {
  // A name of its own, whoever else begins in the same moment: a process number is none, in containers.
  const started = new Date(context.now()).toISOString().replace(/[:.]/g, "-");
  const name = `${started}-${randomBytes(4).toString("hex")}`;
  const { storage, path } = settings.rejected_records;
  if (storage === "file") return inFolder(path, name);
  const bucket = bucketOptions(settings, context);
  if (!bucket) return undefined;
  let place: Promise<RejectsPlace> | undefined;
  const open = () => {
    // Whoever keeps nothing in a bucket loads nothing of it.
    place ??= import("./rejects-bucket.js").then(({ inBucket }) => inBucket(bucket, name));
    return place;
  };
  return {
    write: async (text, isKept) => (await open()).write(text, isKept),
    close: async () => (await place)?.close(),
  };
}

/** Proves that the bucket can be reached, where there is one. Throws ConfigError with what to do. */
export async function provePlace(settings: Config, context: Context): Promise<void> {
  const bucket = bucketOptions(settings, context);
  if (!bucket) return;
  const { proveBucket } = await import("./rejects-bucket.js");
  await proveBucket(bucket);
}

function bucketOptions({ rejected_records, advanced }: Config, context: Context): BucketOptions | undefined {
  const settings = bucketOf(rejected_records);
  return (
    settings && {
      settings,
      timeoutSeconds: advanced.timeout_seconds,
      userAgent: context.userAgent,
      maxAttempts: advanced.max_attempts,
      firstDelayMs: FIRST_DELAY_MS,
      waits: createWaits({ service: "S3", tell: tellWaiting(context), now: context.now }),
    }
  );
}
