// npm run bench [-- --quick]: what the connectors take, beside the least that any program would have to.
import { catalog } from "./contacts.mjs";
import { file, here, median, run, serve } from "./processes.mjs";

const isQuick = process.argv.includes("--quick");
const RUNS = isQuick ? 3 : 5;
const CONTACTS = isQuick ? 100_000 : 1_000_000;
const node = process.execPath;
const source = here("../dist/source-flowcode/main.js");
const destination = here("../dist/destination-iterable/main.js");
const feed = (count, shape = "plain") => [node, here("feed.mjs"), String(count), shape];
const configFor = (url, more = {}) =>
  file({ api_key: "0".repeat(32), ...more, advanced: { base_url: url, ...more.advanced } });

/** The medians of several runs, of programs that take turns, so that a noisy minute hits them all. */
async function compare(programs) {
  const taken = new Map(programs.map(({ name }) => [name, []]));
  for (let turn = 0; turn < RUNS; turn += 1) {
    for (const { name, measure } of programs) taken.get(name).push(await measure());
  }
  return [...taken].map(([name, results]) => ({
    name,
    cpu: median(results.map(({ cpu }) => cpu)),
    peakMb: median(results.map(({ peakMb }) => peakMb)),
  }));
}

function table(title, rows, unit) {
  const [base] = rows;
  console.log(`\n## ${title}\n`);
  console.log(`| | CPU, ${unit.name} | of the first | peak memory, MB |\n|---|---|---|---|`);
  for (const { name, cpu, peakMb } of rows) {
    const share = `${(cpu / base.cpu).toFixed(2)} ×`;
    console.log(`| ${name} | ${(cpu * unit.factor).toFixed(1)} | ${share} | ${peakMb.toFixed(0)} |`);
  }
  return new Map(rows.map(({ name, cpu }) => [name, cpu / base.cpu]));
}

async function start() {
  const iterable = await serve("iterable.mjs");
  const catalogFile = file(catalog("plain"));
  const config = configFor(iterable.url);
  const rows = await compare([
    { name: "node -e 0", measure: () => run([node, "-e", "0"]) },
    { name: "source-flowcode spec", measure: () => run([node, source, "spec"]) },
    { name: "destination-iterable spec", measure: () => run([node, destination, "spec"]) },
    {
      name: "destination-iterable write, without input",
      measure: () =>
        run([node, destination, "write", "--config", config, "--catalog", catalogFile], {
          input: [["true"]],
        }),
    },
  ]);
  await iterable.stop();
  return table("Start", rows, { name: "ms", factor: 1000 });
}

async function write(shape) {
  const iterable = await serve("iterable.mjs");
  const catalogFile = file(catalog(shape));
  const config = configFor(iterable.url, {
    max_rejected_percent: 100,
    advanced: { bulk_requests_per_second: 100_000 },
  });
  const ours = [node, destination, "write", "--config", config, "--catalog", catalogFile];
  const rows = await compare([
    {
      name: "floor",
      measure: () =>
        run([node, here("floor-destination.mjs"), iterable.url], { input: [feed(CONTACTS, shape)] }),
    },
    { name: "destination-iterable", measure: () => run(ours, { input: [feed(CONTACTS, shape)] }) },
  ]);
  await iterable.stop();
  const unit = { name: "µs a contact", factor: 1e6 / CONTACTS };
  return table(`Destination, unlimited sink, ${CONTACTS} contacts (${shape})`, rows, unit);
}

const found = [await start(), await write("plain")];
if (!isQuick) for (const shape of ["wide", "scripts", "invalid"]) await write(shape);

// The order of magnitude, which noise does not change; the figures themselves are read by people.
const [started, written] = found;
const tooMuch = [
  ["spec against bare Node", started.get("destination-iterable spec"), 6],
  ["write against the floor", written.get("destination-iterable"), 12],
].filter(([, ratio, most]) => ratio > most);
for (const [what, ratio, most] of tooMuch)
  console.error(`${what}: ${ratio.toFixed(1)} ×, more than ${most} ×`);
process.exitCode = tooMuch.length > 0 ? 1 : 0;
