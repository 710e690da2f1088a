import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type Configuration, writeConfiguration } from "./configuration.js";
import { offerConsole } from "./demo-console.js";
import { type SyncReport, sync } from "./demo-sync.js";
import { CUSTOM_FIELDS, type Expectation, expect } from "./expectation.js";
import type { ContactRow } from "./flowcode/row.js";
import { startFlowcode } from "./flowcode.js";
import { type IterableSimulator, startIterable } from "./iterable.js";
import { generatePeople } from "./people.js";

const CONTACTS = 10_000;
const MINUTE_MS = 60_000;
const BULK = "/api/users/bulkUpdate";

/** People who said no are left out, which the destination is told by its `skip_if`. */
const SKIP = { field: "newsletter", in: ["no", "false"] };
const saidNo = (row: ContactRow) => SKIP.in.includes(String(row.user.newsletter));

const rows = generatePeople(CONTACTS, { seed: 7, endMs: Date.now() - 5 * MINUTE_MS });
const sound = rows
  .filter((row) => !saidNo(row))
  .map(({ user }) =>
    String(user.email ?? "")
      .trim()
      .toLowerCase(),
  );
const [forgotten, poisoned] = [1200, 3400].map(
  (place) => sound.slice(place).find((email) => /^person\d+@/.test(email)) as string,
);
const refused = new Set([forgotten as string, poisoned as string]);

const flowcode = await startFlowcode(rows, { pageSize: 1000, tokenSeconds: 2, keepBodies: false });
const iterable = await startIterable({
  fields: CUSTOM_FIELDS,
  forgotten: [forgotten as string],
  poisoned: [poisoned as string],
  strict: true,
  latencyMs: 40,
  keepBodies: false,
});
// A day like any other at Iterable's: a gateway error, a cut connection, and an answer that gets lost on the way.
iterable.faults.script(
  { path: BULK, from: 2, action: { kind: "html", status: 502 } },
  { path: BULK, from: 4, action: { kind: "reset" } },
  { path: BULK, from: 6, action: { kind: "lost_answer" } },
);
const folder = await mkdtemp(join(tmpdir(), "demo-"));
const differences: string[] = [];
/** Promises that hold. */
const kept: string[] = [];

try {
  const files = await writeConfiguration(folder, flowcode, iterable, {
    streams: [{ name: "contacts", skip_if: SKIP }],
  });
  console.log(`${many(rows.length)} conversions wait in a simulated Flowcode; Iterable is simulated too.\n`);
  await syncAndCompare("First sync", files, rows.length, expect(flowcode.rows, refused, saidNo));
  for (const promise of kept) console.log(`  ✓ ${promise}`);

  const news = conversions();
  flowcode.add(news);
  const after = expect(flowcode.rows, refused, saidNo);
  console.log("\n3 new people convert, and 2 come again.\n");
  const before = kept.length;
  const second = await syncAndCompare("Second sync", files, news.length, { ...after, ...expectCounts(news) });
  check(
    second.read === news.length,
    `only the ${news.length} new conversions travel`,
    `${second.read} contacts travelled`,
  );
  console.log(`  ✓ ${kept.length - before} promises hold: ${kept.at(-1)}`);
  tellTheEnd();
  if (differences.length === 0) await offerConsole(folder, files);
} finally {
  await Promise.all([flowcode.close(), iterable.close()]);
  await rm(folder, { recursive: true });
}
process.exitCode = differences.length === 0 ? 0 : 1;

function tellTheEnd(): void {
  for (const difference of differences) console.log(`  ✗ ${difference}`);
  if (differences.length > 0) {
    console.log(`\n${differences.length} differences.`);
    return;
  }
  console.log("\nEverything is as promised. Try next:");
  console.log("  npm run simulators                                 both stand-ins, to try by hand");
  console.log(
    "  node dist/sync/main.js console --project my-sync   your own Flowcode and Iterable, in a browser",
  );
}

async function syncAndCompare(
  title: string,
  files: Configuration,
  rowsThere: number,
  promised: Expectation,
): Promise<SyncReport> {
  const requests = { flowcode: flowcode.journal.entries.length, iterable: iterable.journal.entries.length };
  const report = await sync(files, () => iterable.users.size);
  const { outcome, read } = report;
  for (const failure of report.failures) console.log(`  ${failure}`);
  if (outcome) {
    const { delivered, kept, rejected, reasons, left_out } = outcome;
    console.log(
      `${title}: ${many(read)} read = ${many(delivered)} delivered + ${many(kept)} kept + ${many(rejected)} rejected, in ${(report.ms / 1000).toFixed(1)} s`,
    );
    if (rowsThere > read)
      console.log(
        `  ${many(rowsThere)} conversions = ${many(read)} read + ${many(rowsThere - read)} without any answer`,
      );
    tell(
      "kept",
      kept,
      reasons.filter(({ kind }) => kind === "kept").map(({ reason, count }) => [reason, count]),
    );
    tell(
      "rejected",
      rejected,
      reasons.filter(({ kind }) => kind === "rejected").map(({ reason, count }) => [reason, count]),
    );
    const lost = left_out.reduce((sum, { count }) => sum + count, 0);
    tell(
      "values left out",
      lost,
      left_out.map(({ field, count }) => [field, count]),
    );
  }
  const made = (simulator: { journal: IterableSimulator["journal"] }, before: number) =>
    simulator.journal.entries.length - before;
  console.log(
    `  ${many(made(flowcode, requests.flowcode))} requests to Flowcode, ${many(made(iterable, requests.iterable))} to Iterable, which failed now and then, on purpose`,
  );

  check(
    report.exitCodes.every((code) => code === 0),
    "both connectors end well",
    `exit codes ${report.exitCodes}`,
  );
  check(
    report.read === promised.records,
    "every contact is read",
    `${report.read} read instead of ${promised.records}`,
  );
  check(
    report.settled + report.rejected === report.read,
    "the acknowledged states account for every contact",
    `${report.settled} and ${report.rejected} of ${report.read}`,
  );
  check(
    report.rejected === promised.rejected,
    "who is rejected should be",
    `${report.rejected} instead of ${promised.rejected}`,
  );
  check(iterable.journal.count(BULK, 429) === 0, "the rate limit is never exceeded", "there were refusals");
  check(
    iterable.collisions.length === 0,
    "nobody is on the way twice at once",
    `${iterable.collisions.length} are`,
  );
  compareProfiles(promised.users);
  return report;
}

function compareProfiles(promised: Expectation["users"]): void {
  const wrong = [...promised].filter(([email, fields]) => {
    const held = iterable.users.get(email)?.dataFields;
    return !isDeepStrictEqual(JSON.parse(JSON.stringify(held ?? null)), JSON.parse(JSON.stringify(fields)));
  });
  const extra = [...iterable.users.keys()].filter((email) => !promised.has(email));
  check(
    wrong.length === 0 && extra.length === 0,
    `Iterable holds exactly the ${promised.size.toLocaleString("en")} profiles that were promised`,
    `${wrong.length} are wrong (such as ${wrong[0]?.[0]}), ${extra.length} should not be there (such as ${extra[0]})`,
  );
}

function check(holds: boolean, promise: string, otherwise: string): void {
  if (holds) kept.push(promise);
  else differences.push(`${promise}: ${otherwise}`);
}

/** A number with what it is made of. */
function tell(what: string, total: number, parts: readonly (readonly [name: string, count: number])[]): void {
  if (total === 0) return;
  const sums = new Map<string, number>();
  for (const [name, count] of parts) sums.set(name, (sums.get(name) ?? 0) + count);
  const sum = [...sums].map(([name, count]) => `${many(count)} ${name.replaceAll("_", " ")}`).join(" + ");
  console.log(`  ${many(total)} ${what} = ${sum}`);
}

function many(count: number): string {
  return count.toLocaleString("en");
}

/** Three people convert for the first time and two once more, just now. */
function conversions(): ContactRow[] {
  const at = new Date().toISOString();
  const again = rows
    .filter((row) => !saidNo(row) && /^person\d+@example/.test(String(row.user.email)))
    .slice(10, 12);
  return [
    ...["Ada New", "Bo Newer", "Çağla Newest"].map((name, index) => ({
      user: { email: `new${index}@example.com`, name, "Shirt Size": "L" },
      firstConvertedAt: at,
      lastConvertedAt: at,
    })),
    ...again.map((row) => ({ ...row, user: { ...row.user, "Shirt Size": "XXL" }, lastConvertedAt: at })),
  ];
}

function expectCounts(news: readonly ContactRow[]): Pick<Expectation, "records" | "kept" | "rejected"> {
  const { records, kept, rejected } = expect(news, refused, saidNo);
  return { records, kept, rejected };
}
