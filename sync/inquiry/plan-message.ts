import { z } from "zod";
import type { Settings } from "../project/settings.js";

const loss = z.object({
  reason: z.string(),
  count: z.number(),
  /** What most of these values look like: letters as `a`, digits as `9`. */
  shape: z.string(),
  /** What would mend it, in words. */
  remedy: z.string().nullable(),
  /** The keys of an entry of `field_mapping` that would. */
  entry: z.record(z.string(), z.unknown()).nullable(),
});
const values = z.object({
  /** Contacts of the sample that fill the field in. */
  filled: z.number(),
  sent: z.number(),
  coerced: z.number(),
  left_out: z.number(),
  reasons: z.array(loss),
});
const row = z.object({
  stream: z.string(),
  place: z.string(),
  source: z.string().nullable(),
  source_type: z.string(),
  target: z.string().nullable(),
  target_type: z.string().nullable(),
  verdict: z.string(),
  detail: z.string(),
  /** How its values join what a profile has, where they do not replace it. */
  merge: z.enum(["first", "append"]).optional(),
  /** The event that it is a field of; absent for a field of the profile. */
  event: z.string().optional(),
  values: values.optional(),
});
/** Contacts that would be put on a list, or send an event, and those whose event could not be sent. */
const followed = z.object({ sent: z.number(), rejected: z.number() });
const contacts = z.object({
  stream: z.string(),
  read: z.number(),
  sent: z.number(),
  kept: z.number(),
  rejected: z.number(),
  reasons: z.array(
    z.object({
      kind: z.enum(["kept", "rejected"]),
      field: z.string().nullable(),
      reason: z.string(),
      count: z.number(),
    }),
  ),
  lists: z.array(followed.extend({ id: z.number() })).optional(),
  events: z.array(followed.extend({ name: z.string() })).optional(),
});
const planned = z.object({
  rows: z.array(row),
  problems: z.array(z.string()),
  contacts: z.array(contacts).optional(),
});

/** What the destination would do with a field. */
export type PlanRow = z.infer<typeof row>;
/** What would become of the values of a row in a sample. */
export type RowValues = z.infer<typeof values>;
/** What would become of the contacts of a sample. */
export type SampledContacts = z.infer<typeof contacts>;
export type Planned = z.infer<typeof planned>;

/** What `plan --json` has printed; undefined where it could not plan anything. */
export function parsePlan(text: string): Planned | undefined {
  try {
    return planned.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

const discovered = z.object({
  type: z.literal("CATALOG"),
  catalog: z.object({ streams: z.array(z.object({ name: z.string(), json_schema: z.unknown() })) }),
});

/** The streams with the fields that `discover` has found, where the settings name none. */
export function withSchemas(streams: Settings["streams"], lines: readonly string[]): Settings["streams"] {
  const found = lines.flatMap((line) => discovered.safeParse(JSON.parse(line)).data?.catalog.streams ?? []);
  return streams.map((entry) => {
    const schema = found.find(({ name }) => name === entry.stream.name)?.json_schema;
    const own = entry.stream.json_schema as { properties?: unknown } | undefined;
    return own?.properties || schema === undefined
      ? entry
      : { ...entry, stream: { ...entry.stream, json_schema: schema } };
  });
}
