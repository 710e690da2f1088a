import { type Instant, instantToMs } from "../../protocol/instant.js";
import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import { UNREADABLE_ROW } from "../flowcode/page.js";
import type { Tally } from "../tally.js";
import { convertedAt, toContact } from "./contacts.js";
import { createFieldWatch, type Inventory } from "./field-watch.js";
import { fingerprint } from "./fingerprint.js";
import type { Plan } from "./passes.js";
import { type Seen, seenEntry } from "./seen.js";

/** Decides which rows become records, and notices where Flowcode does not behave as it was taken to. */
export interface Sift {
  /** The record of a row; undefined where it is not to be emitted. */
  take(row: JsonObject, plan: Plan, overlapStartMs: number): JsonObject | undefined;
  /** Looks back at the page that has just been taken. */
  endPage(plan: Plan): void;
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
  const page = { contacts: 0, before: 0 };
  const onDeep = () => tally.count("deep_value");
  let last: Instant | undefined;

  return {
    take(row, plan, overlapStartMs) {
      if (row === UNREADABLE_ROW || hasOddUser(row)) {
        tally.count("odd_row");
        return undefined;
      }
      const contact = toContact(row, onDeep);
      if (!contact) {
        tally.count("anonymous");
        return undefined;
      }
      const at = convertedAt(row);
      const ms = at && instantToMs(at);
      if (options.sortedByTime && at) {
        // To the second: a service may sort the texts, in which a fraction stands before none.
        if (last && at.seconds < last.seconds) {
          tally.warn(
            "order_broken",
            "Flowcode does not keep the order by lastConvertedAt; nothing is lost, since the order is not relied on; set advanced.contacts_order_by to name",
          );
        }
        last = at;
      }
      page.contacts += 1;
      if (ms !== undefined && plan.emitFromMs !== undefined && ms < plan.emitFromMs) {
        page.before += 1;
        if (plan.kind !== "full") tally.count("before");
        return undefined;
      }
      const entry = seenEntry(at?.seconds, fingerprint(contact));
      if (seen.has(entry)) {
        tally.count("again");
        return undefined;
      }
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
      page.contacts = 0;
      page.before = 0;
    },
    inventory: () => fields.inventory(),
  };
}
