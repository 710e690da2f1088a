// npm run bench [-- --quick | --long | TABLE...]: what the connectors take, beside the least that any program would have to, and
// beside what the same job takes on other foundations.
import { existing } from "./existing.mjs";
import { firstSync, people } from "./first-sync.mjs";
import { ratio } from "./measure.mjs";
import { peers } from "./peers/install.mjs";
import { destination, lookUps, memory, pair, quiet, realLimit, slowSink, source, start } from "./tables.mjs";

/** The log-in, and two pages of what may have been converted since, whatever the workspace's size. */
const MOST_QUIET_REQUESTS = 3;

const TABLES = new Map(
  Object.entries({
    start,
    destination,
    slowSink,
    realLimit,
    lookUps,
    existing,
    source,
    quiet,
    pair,
    memory,
    people,
    firstSync,
  }),
);
const args = process.argv.slice(2);
const wanted = args.filter((arg) => !arg.startsWith("-"));
const unknown = wanted.filter((name) => !TABLES.has(name));
if (unknown.length > 0) {
  console.error(`no table ${unknown.join(", ")}: there are ${[...TABLES.keys()].join(", ")}`);
  process.exit(1);
}

if (args.includes("--quick")) await quick();
else await whole();

/** The order of magnitude, which noise does not change, is held; the figures themselves are read by people. */
async function quick() {
  const size = { runs: 3, contacts: 100_000, pages: 100 };
  const starts = await start(size);
  const writes = await destination(size);
  const reads = await source(size);
  const asked = await quiet({ runs: 1 });
  const found = [
    ["spec against bare Node", ratio(starts, "destination-iterable spec", "node -e 0"), 5],
    ["the destination against its floor", ratio(writes, "ours", "floor"), 9],
    ["the source against its floor", ratio(reads, "ours", "floor"), 12],
  ];
  if (asked > MOST_QUIET_REQUESTS) {
    console.error(`a quiet run asks ${asked} times, more than ${MOST_QUIET_REQUESTS}`);
    process.exitCode = 1;
  }
  for (const [what, times, most] of found) {
    if (times <= most) continue;
    console.error(`${what}: ${times.toFixed(1)} ×, more than ${most} ×`);
    process.exitCode = 1;
  }
}

async function whole() {
  const size = { runs: 3, contacts: 500_000, pages: 1000, peers: peers(), long: args.includes("--long") };
  const all = wanted.length === 0;
  for (const name of all ? TABLES.keys() : wanted) await TABLES.get(name)(size);
  if (!all) return;
  const alone = { ...size, contacts: 200_000, peers: undefined };
  for (const shape of ["wide", "scripts", "invalid"]) await destination(alone, shape);
}
