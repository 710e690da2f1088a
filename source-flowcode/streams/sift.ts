import { type Instant, instantToMs } from "../../protocol/instant.js";
import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import { MARRED } from "../flowcode/marred.js";
import { UNREADABLE_ROW } from "../flowcode/page.js";
import type { Tally } from "../tally.js";
import { convertedAt, PRIMARY_KEY, toContact } from "./contacts.js";
import { createFieldWatch, type Inventory } from "./field-watch.js";
import { fingerprint, shortHash } from "./fingerprint.js";
import type { Older } from "./pass-state.js";
import type { Plan } from "./passes.js";
import { HASH_CHARACTERS, type Seen } from "./seen.js";

/** Decides which rows become records, and notices where Flowcode does not behave as it was taken to. */
export interface Sift {
  /** The record of a row; undefined where it is not to be emitted. */
  take(row: JsonObject, plan: Plan, overlapStartMs: number): JsonObject | undefined;
  /** Looks back at the page that has just been taken. Returns how many older contacts it held. */
  endPage(plan: Plan): Older;
  /** The fields of the records taken so far. */
  inventory(): Inventory;
}

/** Whether something stands for the user that cannot be one. */
const hasOddUser = ({ user }: JsonObject) => user !== undefined && user !== null && !isJsonObject(user);

export function createSift(options: {
  readonly seen: Seen;
  readonly schema: JsonObject;
  /** The time by which the rows are meant to be sorted; undefined: they are sorted by something else. */
  readonly sortedByTime: boolean;
  readonly tally: Tally;
}): Sift {
  const { seen, tally } = options;
  const fields = createFieldWatch(options.schema, tally);
  const watchOrder = options.sortedByTime ? createOrderWatch(tally) : undefined;
  const page = { contacts: 0, before: 0, known: 0, next: 0 };
  const onDeep = () => tally.count("deep_value");

  const count = (ms: number, plan: Plan, overlapStartMs: number, isKnown: boolean) => {
    if (plan.kind === "incremental" || isBefore(ms, plan.startMs)) return;
    if (ms < overlapStartMs) page.next += 1;
    if (isKnown && isBefore(ms, plan.olderThanMs)) page.known += 1;
  };
  /** Whether a contact who had converted before what is asked for was never met: it became visible later. */
  const isLate = (ms: number, key: string, plan: Plan) =>
    plan.kind !== "first" && !isBefore(ms, plan.startMs) && seen.whole && !seen.knows(key);
  const leaveOut = (key: string, plan: Plan) => {
    if (plan.kind === "full") seen.meet(key);
    else tally.count("before");
  };

  return {
    take(row, plan, overlapStartMs) {
      if (row === UNREADABLE_ROW || hasOddUser(row)) {
        tally.count("odd_row");
        return undefined;
      }
      if (MARRED in row) tally.count("marred_row");
      const contact = toContact(row, onDeep);
      if (!contact) {
        tally.count("anonymous");
        return undefined;
      }
      const at = convertedAt(row);
      const ms = at && instantToMs(at);
      if (at) watchOrder?.(at);
      page.contacts += 1;
      const key = shortHash(contact[PRIMARY_KEY] as string);
      const isEarlier = ms !== undefined && isBefore(ms, plan.emitFromMs);
      const late = isEarlier && isLate(ms, key, plan);
      if (isEarlier) page.before += 1;
      if (ms !== undefined) count(ms, plan, overlapStartMs, !late);
      if (isEarlier && !late) {
        leaveOut(key, plan);
        return undefined;
      }
      const entry = { hash: fingerprint(contact, HASH_CHARACTERS), key, seconds: at?.seconds };
      if (seen.has(entry)) {
        tally.count("again");
        seen.meet(key);
        return undefined;
      }
      if (late) tally.count("late");
      seen.add(entry, ms === undefined || ms >= overlapStartMs);
      return fields.pass(contact);
    },
    endPage(plan) {
      const asked = plan.kind !== "full" && plan.filtered;
      if (asked && page.contacts > 0 && page.before === page.contacts) {
        tally.warn(
          "filter_ignored",
          `Flowcode ignores the date filter: a page held only contacts converted before ${plan.since}. They are left out here, but every run has to read every contact. Run probe for details`,
        );
      }
      const { known, next } = page;
      Object.assign(page, { contacts: 0, before: 0, known: 0, next: 0 });
      return { known, next };
    },
    inventory: () => fields.inventory(),
  };
}

const isBefore = (ms: number, limit: number | undefined) => limit !== undefined && ms < limit;

/** Warns of a contact that is earlier than the one before it. */
function createOrderWatch(tally: Tally): (at: Instant) => void {
  let last: Instant | undefined;
  return (at) => {
    // To the second: a service may sort the texts, in which a fraction stands before none.
    if (last && at.seconds < last.seconds) {
      tally.warn(
        "order_broken",
        "Flowcode ignores the order by lastConvertedAt. Nothing is lost, because the order is not relied on; set advanced.contacts_order_by to name",
      );
    }
    last = at;
  };
}
