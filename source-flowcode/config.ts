import { z } from "zod";
import { isSafeUrl, UNSAFE_URL } from "../http/addresses.js";
import { parseInstant } from "../protocol/instant.js";
import { API_BASE_URL, AUTH_BASE_URL } from "./flowcode/hosts.js";

const required = () => z.string().min(1, "must not be empty");

/**
 * What is copied from a page of Flowcode's, and sent as it is. No pattern of the specification, which platforms would
 * try before white space at the ends is trimmed.
 */
const copied = () =>
  required().refine(
    (value) => /^[!-~]*$/.test(value),
    "must not contain spaces, line breaks or invisible characters; copy it again in one piece",
  );

const baseUrl = z.string().refine(isSafeUrl, UNSAFE_URL);

const apiClient = z
  .object({
    auth_type: z.literal("api_client"),
    client_id: copied().meta({
      title: "Client ID",
      description: "The client id of an API client of your Flowcode organization",
      order: 0,
    }),
    client_secret: copied().meta({
      title: "Client secret",
      description: "The secret that Flowcode showed once, when the API client was created",
      airbyte_secret: true,
      order: 1,
    }),
  })
  .meta({ title: "API client" });

const apiKey = z
  .object({
    auth_type: z.literal("api_key"),
    api_key: copied().meta({
      title: "API key",
      description: "A key that Flowcode issued to your organization; sent as the header apikey",
      airbyte_secret: true,
      order: 0,
    }),
  })
  .meta({ title: "API key" });

const credentials = z.discriminatedUnion("auth_type", [apiClient, apiKey]);
export type Credentials = z.infer<typeof credentials>;

const advanced = z.object({
  api_base_url: baseUrl.default(API_BASE_URL).meta({
    title: "API address",
    description: "Where Flowcode's API is",
    order: 0,
  }),
  auth_base_url: baseUrl.default(AUTH_BASE_URL).meta({
    title: "Log-in address",
    description: "Where an API client's id and secret are exchanged for a token",
    order: 1,
  }),
  contacts_order_by: required().default("name").meta({
    title: "Order of the contacts",
    description: "The field by which Flowcode is asked to sort. Only name is known to work",
    order: 2,
  }),
  timezone: required().default("Etc/UCT").meta({
    title: "Time zone of the filter",
    description: "Sent along with the start of the period that is asked for, which is always in UTC",
    order: 3,
  }),
  page_size: z.number().int().min(1).max(100_000).optional().meta({
    title: "Contacts per page",
    description: "Not sent unless set: Flowcode documents no page size, and may pass it over",
    order: 4,
  }),
  timeout_seconds: z.number().min(0.001).max(3600).default(60).meta({
    title: "Timeout in seconds",
    description: "How long to wait for an answer to begin, and for an answer that has stopped to go on",
    order: 5,
  }),
  max_attempts: z.number().int().min(1).max(100).default(6).meta({
    title: "Attempts per request",
    description: "How often a request is tried before the run ends",
    order: 6,
  }),
});

/** Every setting of the source. */
export const config = z.object({
  org_id: required().meta({
    title: "Organization ID",
    description: "The id of your Flowcode organization",
    order: 0,
  }),
  workspace_id: required().meta({
    title: "Workspace ID",
    description: "The id of the workspace whose Conversion Flows collect the contacts",
    order: 1,
  }),
  credentials: credentials.meta({
    title: "Credentials",
    description: "How to authenticate with Flowcode",
    order: 2,
  }),
  start_date: z
    .string()
    .refine((value) => parseInstant(value) !== undefined, "must be a date such as 2026-01-01T00:00:00Z")
    .optional()
    .meta({
      title: "Start date",
      description: "Contacts converted before this are left out. Without it every contact is read",
      examples: ["2026-01-01T00:00:00Z"],
      order: 3,
    }),
  lookback_hours: z.number().min(0).max(87_600).default(1).meta({
    title: "Look back, in hours",
    description:
      "How far each run reaches into the time before the last one, for conversions that arrive late",
    order: 4,
  }),
  full_pass_days: z.number().min(0).max(3650).default(30).meta({
    title: "Full pass, in days",
    description:
      "How often every contact is looked at, to find conversions that the filter by date has missed",
    order: 5,
  }),
  requests_per_second: z.number().min(0.01).max(1_000_000).default(5).meta({
    title: "Requests per second",
    description: "Flowcode publishes no limit for this API; its older gateway allows 100",
    order: 6,
  }),
  discover_contacts: z.number().int().min(0).max(1_000_000).default(5000).meta({
    title: "Contacts to discover fields from",
    description: "How many contacts discover reads to find form fields. 0 reads all of them",
    order: 7,
  }),
  advanced: advanced.prefault({}).meta({ title: "Advanced", order: 8 }),
});
export type Config = z.infer<typeof config>;
