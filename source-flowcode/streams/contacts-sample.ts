import type { Context } from "../../connector/connector.js";
import { messageOf } from "../../connector/errors.js";
import { instantToMs } from "../../protocol/instant.js";
import type { JsonObject } from "../../protocol/message.js";
import type { ContactsRequest, FlowcodeApi } from "../flowcode/api.js";
import { walk } from "../flowcode/sample.js";
import { CONTACT_FIELDS, convertedAt, toContact } from "./contacts.js";
import { fingerprint } from "./fingerprint.js";
import { toSecond } from "./passes.js";
import { createSchemaSample, type SchemaSample } from "./schema-sample.js";

const DAY_MS = 86_400_000;
/** The periods that are asked for, in days before now: the shortest first, since in a busy workspace it is enough. */
const RECENT_DAYS = [1, 90];

/**
 * Learns the fields of contacts from `most` of them (0: from all): from the beginning and the end of the list by name,
 * and from those converted lately, because a form's new field stands with nobody else. What is left is taken from the
 * beginning on. Throws only where not even the beginning can be read.
 */
export async function sampleContacts(
  api: FlowcodeApi,
  most: number,
  { signal, log, now }: Pick<Context, "signal" | "log" | "now">,
): Promise<SchemaSample> {
  const contacts = createGathering(most === 0 ? Number.POSITIVE_INFINITY : most);
  const rows = (request: Partial<ContactsRequest>) =>
    walk((after) => api.listContacts({ since: null, ...request, after }, signal));
  /** What only adds to the beginning may fail. */
  const optional = async (what: string, work: Promise<unknown>) => {
    try {
      await work;
    } catch (error) {
      if (signal.aborted) throw error;
      log.warn(`${what} could not be read, so some fields may be missing: ${messageOf(error)}`);
    }
  };

  const beginning = rows({});
  try {
    const portion = most === 0 ? Number.POSITIVE_INFINITY : Math.ceil(most / 4);
    if ((await contacts.take(beginning, portion)) === "ended") return contacts.sample;
    const isBeginning = (row: JsonObject) => hashOf(toContact(row) ?? row) === contacts.first;
    await optional("The end of the list", contacts.take(rows({ descending: true }), portion, isBeginning));
    for (const days of RECENT_DAYS) {
      const since = now() - days * DAY_MS;
      const isOlder = (row: JsonObject) => {
        const at = convertedAt(row);
        return at !== undefined && instantToMs(at) < since - DAY_MS;
      };
      const recent = rows({ since: toSecond(since) });
      await optional("The latest contacts", contacts.take(recent, portion, isOlder));
    }
    await optional("The rest of the list", contacts.take(beginning, 2 * most));
    return contacts.sample;
  } finally {
    await beginning.return();
  }
}

/** 72 bits. */
const hashOf = (value: JsonObject) => fingerprint(value, 12);

function createGathering(most: number) {
  const sample = createSchemaSample(CONTACT_FIELDS);
  const met = new Set<string>();
  let taken = 0;
  let first: string | undefined;
  const add = (row: JsonObject) => {
    const contact = toContact(row);
    // Where everybody is looked at, each comes once, and there may be too many to remember.
    const hash = most === Number.POSITIVE_INFINITY ? undefined : hashOf(contact ?? row);
    first ??= hash;
    if (!contact || (hash !== undefined && met.has(hash))) return;
    if (hash !== undefined) met.add(hash);
    taken += 1;
    sample.add(contact);
  };
  return {
    sample,
    get first() {
      return first;
    },
    /** Takes about `portion` rows; nothing where the first row shows that the list is not the one asked for. */
    async take(
      list: AsyncGenerator<readonly JsonObject[], void>,
      portion: number,
      isOfAnother: (row: JsonObject) => boolean = () => false,
    ): Promise<"ended" | "more"> {
      let rows = 0;
      while (rows < portion && taken < most) {
        const { done, value } = await list.next();
        if (done) return "ended";
        const [firstRow] = value;
        if (rows === 0 && firstRow !== undefined && isOfAnother(firstRow)) break;
        for (const row of value) if (taken < most) add(row);
        rows += value.length;
      }
      return "more";
    },
  };
}
