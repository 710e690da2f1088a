import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { Unusable } from "../errors.js";
import { startConnector } from "../pipe/connector.js";

const step = z.object({
  place: z.string(),
  source: z.string().nullable(),
  found: z.unknown(),
  target: z.string().nullable(),
  sent: z.unknown(),
  verdict: z.string(),
  detail: z.string(),
});
export type Step = z.infer<typeof step>;

const field = z.object({
  field: z.string(),
  sent: z.unknown(),
  held: z.unknown(),
  verdict: z.enum(["same", "differs", "missing", "left_alone", "no_such_field"]),
});
export type FieldComparison = z.infer<typeof field>;

const lookedUp = z.object({
  lines: z.array(z.number()).min(1),
  stream: z.string().nullable(),
  contact: z.string().nullable(),
  identifier: z.string().nullable(),
  mode: z.string().nullable(),
  verdict: z.enum(["agrees", "differs", "absent", "left_alone", "kept", "rejected", "held", "unreadable"]),
  field: z.string().nullable(),
  reason: z.string().nullable(),
  steps: z.array(z.array(step)),
  payload: z.unknown(),
  second_payload: z.unknown().optional(),
  lists: z.array(z.number()).optional(),
  events: z.array(z.record(z.string(), z.unknown())).optional(),
  unsent: z
    .array(
      z.object({
        list: z.number().nullable(),
        event: z.string().nullable(),
        field: z.string(),
        found: z.unknown(),
        reason: z.string(),
      }),
    )
    .optional(),
  fields: z.array(field),
  held: z.record(z.string(), z.unknown()).nullable(),
  updated_at: z.string().nullable(),
});
/** What the destination has found out about a contact. */
export type LookedUp = z.infer<typeof lookedUp>;

export interface LookingUp {
  readonly node: string;
  /** The arguments of the destination. */
  readonly args: readonly string[];
  /** Records as they came, and emails. */
  readonly lines: readonly string[];
  readonly signal: AbortSignal;
  onFound?(count: number): void;
}

/** Has the destination look contacts up. Throws Unusable with what it says where it cannot. */
export async function lookUp({ node, args, lines, signal, onFound }: LookingUp): Promise<LookedUp[]> {
  if (lines.length === 0) return [];
  const destination = startConnector(node, "destination-iterable", ["look-up", ...args, "--json"]);
  const stop = () => destination.stop();
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    const text = Readable.from(lines.map((line) => `${line}\n`));
    const given = pipeline(text, destination.stdin).catch(() => undefined);
    const found: LookedUp[] = [];
    for await (const line of createInterface({ input: destination.stdout })) {
      found.push(lookedUp.parse(JSON.parse(line)));
      onFound?.(found.length);
    }
    await given;
    const { code } = await destination.exit;
    signal.throwIfAborted();
    if (code !== 0) throw new Unusable(destination.lastWords());
    return found;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
