import { z } from "zod";
import { isSafeUrl, UNSAFE_URL } from "../http/addresses.js";
import { MAX_BATCH_BYTES, MAX_BATCH_USERS } from "./iterable/batch-limits.js";

const baseUrl = z.string().refine(isSafeUrl, UNSAFE_URL).optional();

const sharedLimitUrl = z
  .string()
  .refine(
    (value) =>
      URL.canParse(value) && /^rediss?:$/.test(new URL(value).protocol) && new URL(value).host !== "",
    "must be the address of a Redis, such as redis://:password@host:6379",
  )
  .optional();

/** Settings that few need. */
export const advanced = z.object({
  base_url: baseUrl.meta({
    title: "Base URL",
    description: "Where Iterable's API is, if not at the address of the data center",
  }),
  shared_limit_url: sharedLimitUrl.meta({
    title: "Shared limit",
    description:
      "Address of a Redis through which all connections with this API key, on any machine, keep to the limits below together: redis://:password@host:6379, or rediss:// with TLS",
    airbyte_secret: true,
  }),
  bulk_requests_per_second: z.number().min(0.01).max(1_000_000).default(4.5).meta({
    title: "Bulk requests per second",
    description: "Iterable allows 5 per project, which everything that uses the project shares",
  }),
  lookup_requests_per_second: z.number().min(0.01).max(1_000_000).default(60).meta({
    title: "Look-ups per second",
    description: "Iterable allows 100 per project, which everything that uses the project shares",
  }),
  batch_size: z.number().int().min(1).max(MAX_BATCH_USERS).default(MAX_BATCH_USERS).meta({
    title: "Contacts per request",
  }),
  batch_bytes: z.number().int().min(1000).max(MAX_BATCH_BYTES).default(MAX_BATCH_BYTES).meta({
    title: "Bytes per request",
    description: "Iterable refuses more than 4 MB",
  }),
  batch_seconds: z.number().min(0.001).max(3600).default(30).meta({
    title: "Maximum batch age (seconds)",
    description: "Contacts that have waited this long are sent, even if the request is not full",
  }),
  max_in_flight: z.number().int().min(1).max(32).default(4).meta({ title: "Concurrent requests" }),
  timeout_seconds: z.number().min(0.001).max(3600).default(30).meta({ title: "Timeout in seconds" }),
  max_attempts: z.number().int().min(1).max(100).default(8).meta({ title: "Attempts per request" }),
});
