import type { Log } from "../connector/log.js";
import { compareInstants, type Instant, instantToMs } from "../protocol/instant.js";
import { isJsonObject, type JsonObject } from "../protocol/message.js";
import { convertedAt, toContact } from "./contacts.js";
import type { Plan } from "./cursor.js";
import { fingerprint } from "./fingerprint.js";
import { type Seen, seenEntry } from "./seen.js";

/** Field names that are warned of, at most: a form builder can make any number of them. */
const MOST_FIELD_WARNINGS = 50;

/** Decides which rows become records, and notices where Flowcode does not behave as it was taken to. */
export interface Sift {
  /** The record of a row; undefined where it is not to be emitted. */
  take(row: JsonObject, plan: Plan, comesAgainFromMs: number): JsonObject | undefined;
  /** Looks back at the page that has just been taken. */
  endPage(plan: Plan): void;
  /** Tells what was not emitted, and why. */
  report(): void;
}

export function createSift(options: {
  readonly seen: Seen;
  readonly schema: JsonObject;
  /** The time by which the rows are meant to be sorted; undefined: they are sorted by something else. */
  readonly sortedByTime: boolean;
  readonly log: Log;
}): Sift {
  const { seen, log } = options;
  const fields = createFieldWatch(options.schema, log);
  const counts = { anonymous: 0, before: 0, again: 0 };
  const page = { contacts: 0, before: 0 };
  const warnOnce = createWarnOnce(log);
  let last: Instant | undefined;

  return {
    take(row, plan, comesAgainFromMs) {
      const contact = toContact(row);
      if (!contact) {
        counts.anonymous += 1;
        return undefined;
      }
      const at = convertedAt(row);
      const ms = at && instantToMs(at);
      if (options.sortedByTime && at) {
        if (last && compareInstants(at, last) < 0) {
          warnOnce(
            "Flowcode does not keep the order by lastConvertedAt; nothing is lost, since the order is not relied on; set advanced.contacts_order_by to name",
          );
        }
        last = at;
      }
      page.contacts += 1;
      if (ms !== undefined && plan.emitFromMs !== undefined && ms < plan.emitFromMs) {
        page.before += 1;
        if (plan.kind !== "full") counts.before += 1;
        return undefined;
      }
      const entry = seenEntry(at?.seconds, fingerprint(contact));
      if (seen.has(entry)) {
        counts.again += 1;
        return undefined;
      }
      seen.add(entry, ms === undefined || ms >= comesAgainFromMs);
      return fields.pass(contact);
    },
    endPage(plan) {
      if (plan.kind !== "full" && page.contacts > 0 && page.before === page.contacts) {
        warnOnce(
          `Flowcode does not keep to the filter by date: a page held only contacts converted before ${plan.since}; they are left out here, but every run has to look at every contact`,
        );
      }
      page.contacts = 0;
      page.before = 0;
    },
    report() {
      const tell = (count: number, what: string) => count > 0 && log.info(`${count} ${what}`);
      tell(
        counts.anonymous,
        "conversions were anonymous, without email and phone, and are not among the records",
      );
      tell(
        counts.before,
        "contacts were converted before the period that was asked for, and were left out; if Flowcode delivers conversions late, raise lookback_hours",
      );
      tell(counts.again, "contacts had been read before and are unchanged; they were not emitted again");
    },
  };
}

function createWarnOnce(log: Log): (message: string) => void {
  const warned = new Set<string>();
  return (message) => {
    if (!warned.has(message)) log.warn(message);
    warned.add(message);
  };
}

/** Compares records with the catalog's schema: warns once per field, and leaves fields out where the schema says so. */
function createFieldWatch(schema: JsonObject, log: Log): { pass(contact: JsonObject): JsonObject } {
  // A schema without properties has nothing to say about fields.
  if (!isJsonObject(schema.properties) || Object.keys(schema.properties).length === 0) {
    return { pass: (contact) => contact };
  }
  const types = new Map(
    Object.entries(schema.properties).map(([name, property]) => [name, typesOf(property)] as const),
  );
  const closed = schema.additionalProperties === false;
  const warned = new Set<string>();
  const warn = (name: string, problem: string) => {
    if (warned.has(name)) return;
    warned.add(name);
    if (warned.size <= MOST_FIELD_WARNINGS) log.warn(`the field "${name}" ${problem}`);
  };
  return {
    pass(contact) {
      let unlisted = false;
      for (const name of Object.keys(contact)) {
        if (!types.has(name)) {
          unlisted = true;
          const outcome = closed ? "is left out, as its schema allows no others" : "is emitted all the same";
          warn(name, `is not in the catalog and ${outcome}; run discover again`);
        } else if (!fits(contact[name], types.get(name))) {
          warn(name, "holds values of another type than the catalog says; run discover again");
        }
      }
      if (!closed || !unlisted) return contact;
      return Object.fromEntries(Object.entries(contact).filter(([name]) => types.has(name)));
    },
  };
}

function typesOf(property: unknown): ReadonlySet<unknown> | undefined {
  const type = isJsonObject(property) ? property.type : undefined;
  if (type === undefined) return undefined;
  return new Set(Array.isArray(type) ? type : [type]);
}

function fits(value: unknown, types: ReadonlySet<unknown> | undefined): boolean {
  if (types === undefined || value === null) return true;
  if (typeof value === "number")
    return types.has("number") || (Number.isInteger(value) && types.has("integer"));
  return types.has(Array.isArray(value) ? "array" : typeof value);
}
