import { Readable } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Contact } from "../../../destination-iterable/delivery/contact.js";
import { decide, profileOf } from "../../../destination-iterable/delivery/write-mode.js";
import { createExisting } from "../../../destination-iterable/existing/existing.js";
import { createKeyedHash } from "../../../destination-iterable/existing/keyed-hash.js";
import { createLookups } from "../../../destination-iterable/existing/look-ups.js";
import { createSnapshot } from "../../../destination-iterable/existing/snapshot.js";
import type { Exports } from "../../../destination-iterable/iterable/exports.js";
import { ExportsRefused } from "../../../destination-iterable/iterable/exports.js";

const MINUTE = 60_000;
const MAX_AGE = 15 * MINUTE;
/** How long Iterable takes until an export has what was written: less than what is looked back. */
const LAG = 40 * MINUTE;
const FIELDS = ["city", "score"];

const person = fc.integer({ min: 0, max: 11 });
const fields = fc.record({ city: fc.constantFrom("a", "b"), score: fc.constant(1) }, { requiredKeys: [] });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("send" as const), who: person, fields }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("other" as const), who: person, fields }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("wait" as const),
      ms: fc.integer({ min: 1, max: 50 * MINUTE }),
    }),
  },
);
const scene = fc.record({
  mode: fc.constantFrom("keep_existing" as const, "fill_missing" as const, "update" as const),
  before: fc.array(fc.tuple(person, fields), { maxLength: 8 }),
  steps: fc.array(step, { maxLength: 40 }),
  method: fc.constantFrom("export" as const, "look_up" as const),
  /** What becomes of the jobs, one after the other; then they complete. */
  jobs: fc.array(fc.constantFrom("completed", "failed", "truncated", "cancelled", "refused", "broken"), {
    maxLength: 4,
  }),
  lag: fc.constantFrom(0, LAG),
});

/** Somebody edits a profile that has long been there, and the export still shows what it held before. */
const EDITED_BEHIND_THE_EXPORT = {
  mode: "keep_existing" as const,
  before: [[7, {}] as [number, object]],
  steps: [
    { kind: "other" as const, who: 7, fields: {} },
    { kind: "send" as const, who: 7, fields: {} },
  ],
  method: "export" as const,
  jobs: [],
  lag: LAG,
};

interface Profile {
  data: Record<string, unknown>;
  /** When the profile, and each of its fields, came to be. */
  since: number;
  fieldSince: Record<string, number>;
  /** What it held after each write, the newest last: an export that lags behind has what was held then. */
  versions: { readonly at: number; readonly data: Record<string, unknown> }[];
}

/** Lets time pass for the snapshot alone: whoever sleeps wakes in the order of their times. */
function createClock() {
  let now = 1_750_000_000_000;
  const sleepers: { at: number; wake: () => void }[] = [];
  const settle = async () => {
    for (let turn = 0; turn < 60; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    now: () => now,
    sleep: (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const fail = () => reject(new Error("called off"));
        if (signal.aborted) return fail();
        signal.addEventListener("abort", fail, { once: true });
        const wake = () => {
          signal.removeEventListener("abort", fail);
          resolve();
        };
        sleepers.push({ at: now + ms, wake });
      }),
    async pass(ms: number) {
      const until = now + ms;
      await settle();
      for (;;) {
        sleepers.sort((a, b) => a.at - b.at);
        const next = sleepers[0];
        if (!next || next.at > until) break;
        sleepers.shift();
        now = Math.max(now, next.at);
        next.wake();
        await settle();
      }
      now = until;
      await settle();
    },
  };
}

test("whoever existed for longer than the setting and Iterable's lag is found, whatever becomes of the exports", async () => {
  await fc.assert(
    fc.asyncProperty(scene, async ({ mode, before, steps, method, jobs, lag }) => {
      const clock = createClock();
      const profiles = new Map<string, Profile>();
      const email = (who: number) => `p${who}@example.com`;
      const put = (who: number, data: Record<string, unknown>, at = clock.now()) => {
        const old = profiles.get(email(who));
        const fieldSince = {
          ...Object.fromEntries(Object.keys(data).map((name) => [name, at])),
          ...old?.fieldSince,
        };
        const held = { ...old?.data, ...data };
        profiles.set(email(who), {
          data: held,
          since: old?.since ?? at,
          fieldSince,
          versions: [...(old?.versions ?? []), { at, data: held }],
        });
      };
      for (const [who, data] of before) put(who, data, 1_000);

      let job = 0;
      const rowsOf = new Map<string, { rows: string[]; fate: string }>();
      const exports: Exports = {
        async start({ since = Number.NEGATIVE_INFINITY }) {
          const fate = jobs[job] ?? "completed";
          job += 1;
          if (fate === "refused") throw new ExportsRefused(403);
          const rows = [...profiles].flatMap(([key, { versions }]) => {
            const seen = versions.findLast(({ at }) => at <= clock.now() - lag);
            return seen && seen.at >= since
              ? [JSON.stringify({ ...seen.data, email: key.toUpperCase() })]
              : [];
          });
          rowsOf.set(String(job), { rows, fate });
          return { job: String(job), at: clock.now() };
        },
        async page(id, after) {
          const { fate } = rowsOf.get(id)!;
          const state = fate === "failed" || fate === "cancelled" ? fate : "completed";
          return {
            state,
            isTruncated: fate === "truncated",
            files: after === undefined ? [{ name: "1", url: id }] : [],
          };
        },
        async file(url) {
          const { rows, fate } = rowsOf.get(url)!;
          return Readable.from([Buffer.from(`${rows.join("\n")}${fate === "broken" ? '\n{"em' : ""}`)]);
        },
        cancel: async () => undefined,
        close: async () => undefined,
      };
      const closing = new AbortController();
      const lookUp = async ({ key }: Contact<unknown>) => profileOf(profiles.get(key)?.data);
      const existing = createExisting({
        method,
        lookUp,
        concurrentLookUps: 2,
        hash: createKeyedHash("secret"),
        startSnapshot: (_, onReady) =>
          createSnapshot({
            exports,
            identifier: "email",
            fields: FIELDS,
            hash: createKeyedHash("secret"),
            fingerprint: "f",
            folder: undefined,
            maxAgeMs: MAX_AGE,
            now: clock.now,
            sleep: clock.sleep,
            signal: closing.signal,
            onEvent: () => undefined,
            onReady,
          }),
        onMany: () => undefined,
        onWait: () => undefined,
        signal: closing.signal,
      });
      const lookups = createLookups({
        read: existing.read,
        lookUp,
        onCreated: existing.created,
        now: clock.now,
        sleep: async () => undefined,
      });

      /** Whoever the run has seen is remembered as it was then. */
      const mine = new Set<string>();
      for (const one of steps) {
        if (one.kind === "wait") await clock.pass(one.ms);
        else if (one.kind === "other") put(one.who, one.fields);
        else {
          const key = email(one.who);
          const contact = {
            key,
            identifier: key,
            mode,
            fields: one.fields,
            layers: [],
            records: [],
          } as Contact<unknown>;
          let profile: Awaited<ReturnType<typeof lookups.before>> | undefined;
          void lookups.before(contact).then((found) => {
            profile = found;
          });
          for (let turn = 0; !profile && turn < 500; turn += 1) await clock.pass(5_000);
          if (!profile) throw new Error("nobody answers");
          const held = profiles.get(key);
          if (!mine.has(key)) {
            const known = clock.now() - MAX_AGE - lag;
            // Nobody is found who is not there, and nobody missed who was there before the exports could have missed it.
            if (profile.exists) expect(held).toBeDefined();
            else if (held) expect(held.since).toBeGreaterThan(known);
            for (const field of profile.fields) expect(held?.data[field]).toBeDefined();
            if (mode === "fill_missing" && profile.exists && held)
              for (const [field, since] of Object.entries(held.fieldSince))
                if (!profile.fields.has(field)) expect(since).toBeGreaterThan(known);
          }
          mine.add(key);
          const decision = decide(mode, one.fields, profile);
          if ("write" in decision) {
            put(one.who, decision.write);
            lookups.wrote(contact);
          }
        }
      }
      closing.abort(new Error("over"));
      await existing.close();
    }),
    { numRuns: 60, examples: [[EDITED_BEHIND_THE_EXPORT]] },
  );
}, 120_000);
