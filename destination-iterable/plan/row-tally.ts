import type { JsonObject } from "../../protocol/message.js";
import type { Mapped } from "../mapping/mapping.js";
import type { MappingOptions } from "../mapping/options.js";
import { fieldName, isWithin } from "../mapping/targets.js";
import { isEmpty } from "../mapping/text.js";
import type { PlanRow } from "./plan.js";
import { type Mend, mendOf } from "./repair.js";
import { shapeOf } from "./shape.js";
import { stepOf } from "./steps.js";

/** What becomes of a row's values in a sample. The names of its keys are relied on by programs. */
export interface RowValues {
  /** Records that fill the field in. */
  readonly filled: number;
  /** Of their values, those that are sent as they are. */
  readonly sent: number;
  readonly coerced: number;
  readonly left_out: number;
  readonly reasons: readonly ({
    readonly reason: string;
    readonly count: number;
    /** What most of these values look like. */
    readonly shape: string;
  } & Mend)[];
}

/** So many values are remembered for each reason, to find out what would mend them. */
const REMEMBERED = 500;
/** So many different shapes are counted. */
const MOST_SHAPES = 1000;

interface Lost {
  count: number;
  readonly values: unknown[];
  readonly shapes: Map<string, number>;
}

/** Counts what becomes of the values of one row of the plan, record by record. */
export function createRowTally(row: PlanRow, options: MappingOptions) {
  let filled = 0;
  let sent = 0;
  let coerced = 0;
  const sentValues: unknown[] = [];
  const lost = new Map<string, Lost>();

  const leaveOut = (reason: string, value: unknown): void => {
    let entry = lost.get(reason);
    if (!entry) {
      entry = { count: 0, values: [], shapes: new Map() };
      lost.set(reason, entry);
    }
    entry.count += 1;
    if (entry.values.length < REMEMBERED) entry.values.push(value);
    const shape = shapeOf(value);
    if (entry.shapes.size < MOST_SHAPES || entry.shapes.has(shape))
      entry.shapes.set(shape, (entry.shapes.get(shape) ?? 0) + 1);
  };

  return {
    take(record: JsonObject, mapped: Mapped): void {
      const step = stepOf(row, options, record, mapped);
      if (isEmpty(step.found)) return;
      filled += 1;
      switch (step.verdict) {
        case "sent":
        case "coerced":
        case "cleared":
          if (isUnknownToIterable(row)) return leaveOut("no_such_field", step.found);
          if (step.verdict === "coerced") coerced += 1;
          else sent += 1;
          if (sentValues.length < REMEMBERED) sentValues.push(step.sent);
          return;
        case "left_out":
          return leaveOut(reasonOf(row, mapped) ?? step.detail, step.found);
        case "empty":
        case "not_sent":
          return;
      }
    },
    end(): RowValues {
      const reasons = [...lost].sort(([, a], [, b]) => b.count - a.count);
      return {
        filled,
        sent,
        coerced,
        left_out: reasons.reduce((sum, [, { count }]) => sum + count, 0),
        reasons: reasons.map(([reason, { count, values, shapes }]) => ({
          reason,
          count,
          shape: mostFrequent(shapes),
          ...mend(row, options, reason, values, sentValues),
        })),
      };
    },
  };
}

/** Whether Iterable would leave the values out, because it has no such field. */
const isUnknownToIterable = ({ verdict }: PlanRow) => verdict === "dropped" || verdict === "looks_like";

function reasonOf({ target }: PlanRow, mapped: Mapped): string | undefined {
  if (mapped.verdict === "reject") return mapped.reason;
  if (mapped.verdict !== "send") return undefined;
  const own = fieldName(target ?? "");
  const isFor = ({ field }: { readonly field: string }) => field === own || isWithin(field, own);
  return mapped.dropped.find(isFor)?.reason;
}

function mend(
  row: PlanRow,
  options: MappingOptions,
  reason: string,
  lost: readonly unknown[],
  sent: readonly unknown[],
): Mend {
  const { target, source, place } = row;
  if (target === null || place === "identifier") return { remedy: null, entry: null };
  const index = /^field_mapping\[(\d+)\]$/.exec(place)?.[1];
  const own = index === undefined ? { source, target } : options.entries?.[Number(index)];
  const entry = Object.fromEntries(
    Object.entries({ ...own, target }).filter(([, value]) => value !== undefined && value !== false),
  ) as { target: string };
  return mendOf(
    { reason, entry, targetType: options.iterableFields.get(fieldName(target)), lost, sent },
    options,
  );
}

function mostFrequent(counts: ReadonlyMap<string, number>): string {
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  return most?.[0] ?? "";
}
