import type { Context, Finding } from "../../connector/connector.js";
import type { RateLimiter } from "../../http/rate-limit.js";
import type { ConfiguredStream } from "../../protocol/catalog.js";
import type { Line } from "../../protocol/lines.js";
import type { Config } from "../config.js";
import { UNREADABLE, unlessUnreadable } from "../delivery/unreadable.js";
import type { IterableApi } from "../iterable/api.js";
import type { FieldType } from "../iterable/field-types.js";
import { compareWithHeld } from "./held.js";
import type { LookedUp } from "./looked-up.js";
import { type Subject, subjectsOf } from "./subjects.js";
import { textOf } from "./text.js";

/** Requests that wait for their answer at a time. */
const AT_A_TIME = 16;

export interface LookUpJob {
  readonly settings: Config;
  readonly streams: readonly ConfiguredStream[];
  readonly fields: ReadonlyMap<string, FieldType>;
  readonly api: Pick<IterableApi, "dataFields" | "limiter">;
  readonly lines: AsyncIterable<readonly Line[]>;
  readonly context: Context;
}

/**
 * Maps each record of the input as `write` would, reads the profile that Iterable holds, and compares the two. Records of
 * one contact that follow one another are taken together, as in a request of `write`. A line that is no message is an
 * email, or a user id: of it only the profile is read. Other messages are passed over. Nothing is written. A profile that
 * Iterable cannot read is said to be `unreadable`, and the others go on.
 */
export async function* lookUp(job: LookUpJob): AsyncGenerator<Omit<Finding, "problem">> {
  const { settings } = job;
  const limiter = job.api.limiter({
    name: "lookup",
    perSecond: settings.advanced.lookup_requests_per_second,
    concurrent: AT_A_TIME,
  });
  const waiting: Promise<LookedUp>[] = [];
  const told = async () => {
    const found = await (waiting.shift() as Promise<LookedUp>);
    return { json: found, text: textOf(found) };
  };
  const subjects = subjectsOf({ ...job, log: job.context.log });
  let next: Promise<IteratorResult<Subject>> | undefined = subjects.next();
  // Whoever types names one by one gets each answer before the next name.
  while (next || waiting.length > 0) {
    const [first] = waiting;
    const isToldFirst = first && (waiting.length >= AT_A_TIME || !next || (await isSooner(first, next)));
    if (isToldFirst) {
      yield await told();
      continue;
    }
    const subject: IteratorResult<Subject> | undefined = await next;
    if (!subject || subject.done) {
      next = undefined;
      continue;
    }
    next = subjects.next();
    // It is waited for below; until then nobody would hear of its failure.
    next.catch(() => undefined);
    const found = findOut(subject.value, job, limiter);
    found.catch(() => undefined);
    waiting.push(found);
  }
}

/** Whether the first of two comes to its end before the second. */
function isSooner(first: Promise<unknown>, second: Promise<unknown>): Promise<boolean> {
  const [yes, no] = [() => true, () => false];
  return Promise.race([first.then(yes, yes), second.then(no, no)]);
}

async function findOut(
  { found, contact, decided }: Subject,
  { settings, fields: types, api }: LookUpJob,
  limiter: RateLimiter,
): Promise<LookedUp> {
  const unknown = { fields: [], held: null, updated_at: null };
  if (found.identifier === null) return { ...found, ...unknown, verdict: decided ?? "rejected" };
  const held = await unlessUnreadable(api.dataFields(found.identifier, limiter));
  if (held === UNREADABLE) return { ...found, ...unknown, reason: "unreadable", verdict: "unreadable" };
  const updated = held?.profileUpdatedAt;
  const profile = { held: held ?? null, updated_at: typeof updated === "string" ? updated : null };
  if (!contact) return { ...found, ...profile, fields: [], verdict: held ? "held" : "absent" };
  const { mode, joins } = contact;
  const createNewFields = settings.create_new_fields;
  return {
    ...found,
    ...profile,
    ...compareWithHeld(contact.fields, held, { mode, types, createNewFields, joins }),
  };
}
