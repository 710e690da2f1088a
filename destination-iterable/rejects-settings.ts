import { z } from "zod";
import { isSafeUrl, UNSAFE_URL } from "../http/addresses.js";

const text = (title: string, description: string) => z.string().min(1).meta({ title, description });

/** Where rejected contacts are kept. What a bucket needs has the names of Airbyte's object_storage_config, without s3_. */
export const rejectedRecords = z
  .object({
    storage: z.enum(["none", "file", "s3"]).default("none").meta({
      title: "Storage",
      description:
        "file or s3: keep rejected contacts in a file or a bucket, with their data, to be replayed; none: log their reasons alone",
    }),
    path: z.string().min(1).default("rejects").meta({ title: "Folder" }),
    bucket: text("Bucket", "S3: the bucket's name").optional(),
    prefix: z.string().default("").meta({
      title: "Prefix",
      description: "S3: what the names of objects begin with, such as a folder",
    }),
    region: text("Region", "S3: where the bucket is, such as eu-central-1")
      .regex(/^[\w-]+$/, "must be the name of a region, such as eu-central-1")
      .default("us-east-1"),
    endpoint: z
      .string()
      .refine(isSafeUrl, UNSAFE_URL)
      .optional()
      .meta({ title: "Endpoint", description: "S3: another service that speaks S3, such as MinIO" }),
    access_key_id: text("Access key", "S3: the id of a key that may write to the bucket")
      .optional()
      .meta({ airbyte_secret: true }),
    secret_access_key: text("Secret access key", "S3: its secret").optional().meta({ airbyte_secret: true }),
  })
  .superRefine((settings, context) => {
    if (settings.storage !== "s3") return;
    for (const name of ["bucket", "access_key_id", "secret_access_key"] as const) {
      if (settings[name] !== undefined) continue;
      context.addIssue({ code: "custom", path: [name], message: "is needed where storage is s3" });
    }
  });

type Settings = z.infer<typeof rejectedRecords>;
/** What writing to a bucket takes. */
export type BucketSettings = Pick<Settings, "prefix" | "region" | "endpoint"> &
  Required<{ [Name in "bucket" | "access_key_id" | "secret_access_key"]: string }>;

/** The settings of the bucket; undefined where rejections go elsewhere. */
export function bucketOf(settings: Settings): BucketSettings | undefined {
  const { storage, bucket, access_key_id, secret_access_key } = settings;
  if (storage !== "s3" || !bucket || !access_key_id || !secret_access_key) return undefined;
  const { prefix, region, endpoint } = settings;
  return { bucket, access_key_id, secret_access_key, prefix, region, endpoint };
}
