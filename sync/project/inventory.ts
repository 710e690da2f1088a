import { z } from "zod";
import { codeOf } from "../errors.js";
import { writeAtomically } from "./atomic.js";
import type { Folder } from "./folder.js";
import { readText } from "./text-file.js";

/** A field that a contact has had in some run. */
const known = z.object({
  name: z.string(),
  types: z.array(z.string()),
  /** How many of the `read` contacts of the largest run that had it had a value. */
  filled: z.number(),
  read: z.number(),
  seen_at: z.string(),
});
export type KnownField = z.infer<typeof known>;

const file = z.object({
  made_by: z.literal("flowcode-iterable"),
  streams: z.record(z.string(), z.array(known)),
});

/** The fields that one run has met. */
export interface Seen {
  readonly stream: string;
  readonly read: number;
  readonly fields: readonly {
    readonly name: string;
    readonly types: readonly string[];
    readonly filled: number;
  }[];
}

/** Forms have dozens of fields; whoever has thousands puts values into names. */
const MOST_FIELDS = 5_000;

/** Every field that a stream's contacts have had in a run of this project, in the order in which they came. */
export async function knownFields(folder: Folder, stream: string): Promise<readonly KnownField[]> {
  const found = await read(folder);
  return found.kind === "ours" && Object.hasOwn(found.streams, stream) ? (found.streams[stream] ?? []) : [];
}

/** Adds the fields that a run has met, so that they are offered from now on. A file of somebody else's stays as it is. */
export async function keepInventory(folder: Folder, seen: readonly Seen[], at: string): Promise<void> {
  if (seen.every(({ fields }) => fields.length === 0)) return;
  const found = await read(folder);
  if (found.kind === "foreign") return;
  const streams = new Map(Object.entries(found.streams));
  for (const one of seen) streams.set(one.stream, merged(streams.get(one.stream) ?? [], one, at));
  const content = { made_by: "flowcode-iterable", streams: Object.fromEntries(streams) };
  await writeAtomically(folder.fields, `${JSON.stringify(content, null, 1)}\n`);
}

function merged(before: readonly KnownField[], { read, fields }: Seen, at: string): KnownField[] {
  const all = new Map(before.map((field) => [field.name, field]));
  for (const { name, types, filled } of fields) {
    const old = all.get(name);
    if (!old && all.size >= MOST_FIELDS) continue;
    const of = old && old.read > read ? { filled: old.filled, read: old.read } : { filled, read };
    all.set(name, { name, types: [...new Set([...(old?.types ?? []), ...types])], ...of, seen_at: at });
  }
  return [...all.values()];
}

type Found = { readonly kind: "ours" | "foreign"; readonly streams: Readonly<Record<string, KnownField[]>> };

async function read({ fields }: Folder): Promise<Found> {
  try {
    return { kind: "ours", streams: file.parse(JSON.parse(await readText(fields))).streams };
  } catch (error) {
    return { kind: codeOf(error) === "ENOENT" ? "ours" : "foreign", streams: {} };
  }
}
