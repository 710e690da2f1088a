import { z } from "zod";
import type { Settings } from "../project/settings.js";

const row = z.object({
  stream: z.string(),
  source: z.string().nullable(),
  target: z.string().nullable(),
  verdict: z.string(),
  detail: z.string(),
});
const plan = z.object({ rows: z.array(row), problems: z.array(z.string()) });
/** What the destination would do with a field. */
export type PlanRow = z.infer<typeof row>;

/** What `plan --json` has printed; undefined where it could not plan anything. */
export function parsePlan(text: string): z.infer<typeof plan> | undefined {
  try {
    return plan.safeParse(JSON.parse(text)).data;
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
