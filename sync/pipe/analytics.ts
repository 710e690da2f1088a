import { z } from "zod";
import { counts, fieldsSeen, rejection, requests } from "../runs/events.js";

/** What a connector tells as data (TRACE ANALYTICS), as far as this program knows it. */
export type Told =
  | { readonly kind: "outcome"; readonly stream: string; readonly counts: z.infer<typeof counts> }
  | { readonly kind: "rejected"; readonly rejection: z.infer<typeof rejection> }
  | { readonly kind: "requests"; readonly requests: readonly z.infer<typeof requests>[] }
  | { readonly kind: "created" | "left_out"; readonly fields: readonly string[] }
  | { readonly kind: "waiting"; readonly waiting: Wait }
  | { readonly kind: "waited"; readonly for: string }
  | { readonly kind: "inventory"; readonly inventory: Inventory };

/** A vendor lets a connector wait. Times are ISO 8601. */
export type Wait = z.infer<typeof wait>;
/** The fields that a stream's records had in one run. */
export type Inventory = z.infer<typeof inventory>;

const wait = z.object({
  for: z.string(),
  reason: z.string(),
  since: z.iso.datetime({ offset: true }),
  attempt: z.number().optional(),
  /** Whether the vendor has answered anything since the run began. */
  answered: z.boolean().optional(),
  /** null: it is being tried at this moment. */
  next_at: z.iso.datetime({ offset: true }).nullish(),
});
const inventory = z.object({ stream: z.string(), read: z.number(), fields: fieldsSeen });
const fields = z.object({ fields: z.array(z.string()) });

/** By its type, how each is read. A type that is not here is for others. */
const READERS = {
  stream_outcome: z
    .object({ stream: z.string(), ...counts.shape })
    .transform(({ stream, ...rest }): Told => ({ kind: "outcome", stream, counts: rest })),
  rejection: rejection.transform((found): Told => ({ kind: "rejected", rejection: found })),
  requests: z
    .object({ requests: z.array(requests) })
    .transform((found): Told => ({ kind: "requests", requests: found.requests })),
  fields_created: fields.transform((found): Told => ({ kind: "created", ...found })),
  fields_left_out: fields.transform((found): Told => ({ kind: "left_out", ...found })),
  waiting: z.union([
    z
      .object({ for: z.string(), over: z.literal(true) })
      .transform((found): Told => ({ kind: "waited", for: found.for })),
    wait.transform((waiting): Told => ({ kind: "waiting", waiting })),
  ]),
  inventory: inventory.transform((found): Told => ({ kind: "inventory", inventory: found })),
};

/** What is told under a type; undefined for a type, or a value, that is not known here. */
export function readAnalytics(type: string, value: string): Told | undefined {
  if (!Object.hasOwn(READERS, type)) return undefined;
  try {
    return READERS[type as keyof typeof READERS].safeParse(JSON.parse(value)).data;
  } catch {
    return undefined;
  }
}
