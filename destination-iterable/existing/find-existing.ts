import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../../connector/connector.js";
import type { JsonObject } from "../../protocol/message.js";
import type { Config } from "../config.js";
import type { Contact } from "../delivery/contact.js";
import type { ProfileReads } from "../delivery/held-values.js";
import { profileOf } from "../delivery/write-mode.js";
import type { IterableApi } from "../iterable/api.js";
import type { Exports } from "../iterable/exports.js";
import type { FieldType } from "../iterable/field-types.js";
import type { StreamPlan } from "../streams.js";
import { createExisting } from "./existing.js";
import { createKeyedHash } from "./keyed-hash.js";
import { createLookups, type Lookups } from "./look-ups.js";
import { createRecent } from "./recent.js";
import { createSnapshot } from "./snapshot.js";
import { createTelling } from "./telling.js";
import { trackedFields } from "./tracked-fields.js";

const MAX_LOOKUPS_AT_A_TIME = 32;

/** Profiles whose values are remembered until they are about to be changed: those of the batches on their way. */
const REMEMBERED_VALUES = 20_000;

export interface FoundExisting {
  readonly lookups: Lookups;
  /** The fields of a contact's profile before this run wrote to it, or now; undefined where it had none. */
  held(contact: Contact<unknown>): Promise<JsonObject | undefined>;
  /** The same, there and then. */
  readHeld(contact: Contact<unknown>): Promise<JsonObject | undefined>;
  /** The same for values that are joined with what profiles have. */
  readonly profiles: ProfileReads;
  close(): Promise<void>;
}

/** How a run finds out which contacts exist, as its settings say. */
export function findExisting(options: {
  readonly settings: Config;
  readonly plans: ReadonlyMap<string, StreamPlan>;
  readonly fields: ReadonlyMap<string, FieldType>;
  readonly api: IterableApi;
  readonly exports: () => Exports;
  readonly context: Context;
}): FoundExisting {
  const { settings, api, context } = options;
  const { advanced, existing_contacts: wanted } = settings;
  const limiter = api.limiter({
    name: "lookup",
    perSecond: advanced.lookup_requests_per_second,
    concurrent: MAX_LOOKUPS_AT_A_TIME,
  });
  const values = createRecent<JsonObject>(REMEMBERED_VALUES);
  const readHeld = async ({ key, identifier, joins }: Contact<unknown>) => {
    const found = await api.dataFields(identifier, limiter);
    if (found && (joins || settings.previous_values.storage === "file")) values.set(key, found);
    return found;
  };
  const lookUp = async (contact: Contact<unknown>) => profileOf(await readHeld(contact));
  const telling = createTelling({ lookUpsPerSecond: advanced.lookup_requests_per_second, context });
  const hash = createKeyedHash(settings.api_key);
  const existing = createExisting({
    method: wanted.method,
    lookUp,
    concurrentLookUps: MAX_LOOKUPS_AT_A_TIME,
    hash,
    startSnapshot(first, onReady) {
      const fields = trackedFields(options.plans.values(), first.mode === "fill_missing", options.fields);
      const purpose = [advanced.base_url ?? settings.data_center, settings.identifier, ...fields];
      return createSnapshot({
        exports: options.exports(),
        identifier: settings.identifier,
        fields,
        hash,
        fingerprint: createHmac("sha256", settings.api_key).update(JSON.stringify(purpose)).digest("hex"),
        folder: wanted.path,
        maxAgeMs: wanted.max_age_minutes * 60_000,
        now: context.now,
        sleep: (ms, signal) => sleep(ms, undefined, { signal }),
        signal: context.signal,
        onEvent: telling.event,
        onReady,
      });
    },
    onMany: telling.many,
    onWait: telling.waits,
    signal: context.signal,
  });
  const lookups = createLookups({
    read: existing.read,
    lookUp,
    onCreated: existing.created,
    now: context.now,
    sleep: (ms) => sleep(ms, undefined, { signal: context.signal }),
  });
  const held: FoundExisting["held"] = async (contact) => {
    if (contact.mode !== "restore" && !(await lookups.before(contact)).exists) return undefined;
    return values.get(contact.key) ?? readHeld(contact);
  };
  return {
    lookups,
    held,
    readHeld,
    profiles: { before: lookups.before, held, readHeld, hash },
    async close() {
      await existing.close();
      telling.end(existing.counts);
    },
  };
}
