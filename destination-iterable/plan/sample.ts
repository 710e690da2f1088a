import { ProtocolError } from "../../connector/errors.js";
import { airbyte } from "../../protocol/airbyte.js";
import { parseExact } from "../../protocol/exact.js";
import type { Line } from "../../protocol/lines.js";
import { dialectOf, isJsonObject, type JsonObject } from "../../protocol/message.js";
import type { RecordValidator } from "../../protocol/schema/validation.js";
import { createSinger } from "../../protocol/singer.js";
import type { FollowUpOutcome } from "../accounting/follow-up-counts.js";
import type { Config } from "../config.js";
import { createMapping, keepingAll, type Mapped, type Mapping, MappingError } from "../mapping/mapping.js";
import type { MappingOptions } from "../mapping/options.js";
import { createFollowUpTally, type EventOutlook } from "./follow-ups.js";
import type { PlanRow } from "./plan.js";
import { createRowTally, type RowValues } from "./row-tally.js";

/** A stream that the sample's records may be of. */
export interface SampledStream {
  readonly key: string;
  readonly name: string;
  readonly validator: RecordValidator;
  readonly options: MappingOptions;
  readonly rows: readonly PlanRow[];
  /** Its events, and the settings that they and its lists are of. */
  readonly events: readonly EventOutlook[];
  readonly config: Config;
  /** Whether it can have no identifier, so that all of it is kept. */
  readonly isPassedOver: boolean;
}

/** What becomes of a sample's contacts, with lists and events as they would follow. The names of its keys are relied on by programs. */
export interface SampledContacts extends FollowUpOutcome {
  readonly stream: string;
  readonly read: number;
  readonly sent: number;
  readonly kept: number;
  readonly rejected: number;
  readonly reasons: readonly {
    readonly kind: "kept" | "rejected";
    readonly field: string | null;
    readonly reason: string;
    readonly count: number;
  }[];
}

export interface Sampled {
  /** By the rows of the streams, in their order. */
  readonly values: ReadonlyMap<PlanRow, RowValues>;
  readonly contacts: readonly SampledContacts[];
}

/**
 * Maps the records of a sample as `write` would, and counts what becomes of their values. Lines are messages of a source,
 * or mere records, which belong to the first stream that is not passed over. Messages that are no records, and streams that are not planned, are
 * passed over. Throws ProtocolError at a line that is no JSON object, without quoting it.
 */
export async function takeSample(
  streams: readonly SampledStream[],
  lines: AsyncIterable<readonly Line[]>,
): Promise<Sampled> {
  const tallies = new Map(streams.map((stream) => [stream.key, createStreamTally(stream)]));
  const singer = createSinger();
  const first = (streams.find(({ isPassedOver }) => !isPassedOver) ?? streams[0])?.key ?? "";
  for await (const chunk of lines) {
    for (const line of chunk) {
      const found = recordOf(line, singer, first);
      if (found) tallies.get(found.stream)?.take(found.data);
    }
  }
  const ended = [...tallies.values()].map((tally) => tally.end());
  return {
    values: new Map(ended.flatMap(({ values }) => values)),
    contacts: ended.map(({ contacts }) => contacts),
  };
}

function createStreamTally(stream: SampledStream) {
  const { name, validator, options, rows, isPassedOver, events, config } = stream;
  const followUps = isPassedOver ? undefined : createFollowUpTally(config, options, events);
  const mapping = isPassedOver ? keepingAll("no_identifier_stream") : mappingOf(options);
  const tallies = rows.map((row) => [row, createRowTally(row, options)] as const);
  const counts = { read: 0, sent: 0, kept: 0, rejected: 0 };
  const reasons = new Map<
    string,
    { kind: "kept" | "rejected"; field: string | null; reason: string; count: number }
  >();

  const count = (mapped: Mapped): void => {
    counts.read += 1;
    if (mapped.verdict === "send") {
      counts.sent += 1;
      return;
    }
    const kind = mapped.verdict === "keep" ? "kept" : "rejected";
    counts[kind] += 1;
    const field = mapped.verdict === "reject" ? mapped.field : null;
    const id = JSON.stringify([kind, field, mapped.reason]);
    const known = reasons.get(id);
    if (known) known.count += 1;
    else reasons.set(id, { kind, field, reason: mapped.reason, count: 1 });
  };

  return {
    take(record: JsonObject): void {
      if (!mapping) return;
      const mapped = mapping.map(record, validator.invalidFields(record));
      count(mapped);
      for (const [, tally] of tallies) tally.take(record, mapped);
      followUps?.take(record, mapped);
    },
    end: () => ({
      values: [...tallies.map(([row, tally]) => [row, tally.end()] as const), ...(followUps?.values() ?? [])],
      contacts: {
        stream: name,
        ...counts,
        reasons: [...reasons.values()].sort((a, b) => b.count - a.count),
        ...followUps?.outcome(),
      } satisfies SampledContacts,
    }),
  };
}

/** A mapping that cannot work maps nobody: the plan says why. */
function mappingOf(options: MappingOptions): Mapping | undefined {
  try {
    return createMapping(options);
  } catch (error) {
    if (error instanceof MappingError) return undefined;
    throw error;
  }
}

function recordOf(
  { text, number }: Line,
  singer: ReturnType<typeof createSinger>,
  first: string,
): { readonly stream: string; readonly data: JsonObject } | undefined {
  let value: unknown;
  try {
    value = parseExact(text);
  } catch {
    throw new ProtocolError(`line ${number} of the sample is not JSON`);
  }
  if (!isJsonObject(value)) throw new ProtocolError(`line ${number} of the sample is JSON but not an object`);
  const isMessage = typeof value.type === "string" && value.type === value.type.toUpperCase();
  if (!isMessage) return { stream: first, data: value };
  const message = dialectOf(value) === "singer" ? singer.decode(value) : airbyte.decode(value);
  return message.kind === "record" && isJsonObject(message.data)
    ? { stream: message.stream, data: message.data }
    : undefined;
}
