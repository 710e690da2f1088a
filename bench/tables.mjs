// What is measured: one function for each table.
import { catalog } from "./contacts.mjs";
import { compare, print, table } from "./measure.mjs";
import { file, here, run, serve } from "./processes.mjs";
import { holdToTheSameJob } from "./same-job.mjs";

const node = process.execPath;
const sourceProgram = here("../dist/source-flowcode/main.js");
const destinationProgram = here("../dist/destination-iterable/main.js");
const OURS = "ours";
const FLOOR = "floor";
const FAROS = "faros-airbyte-cdk";
const PER_CONTACT = { name: "µs a contact", factor: 1e6 };

const feed = (count, shape = "plain", dialect = "airbyte") => [
  [node, here("feed.mjs"), String(count), shape, dialect],
];

/** A configuration of the destination; the Singer peer looks for `base_url` at the top. */
const destinationConfig = (url, { advanced, ...more } = {}) =>
  file({
    api_key: "0".repeat(32),
    max_rejected_percent: 100,
    ...more,
    advanced: { base_url: url, ...advanced },
  });
const UNLIMITED = { bulk_requests_per_second: 100_000 };
const ourDestination = (url, settings, shape = "plain") => {
  const config = destinationConfig(url, settings);
  return [node, destinationProgram, "write", "--config", config, "--catalog", file(catalog(shape))];
};

const sourceConfig = (url, { advanced, ...more } = {}) =>
  file({
    org_id: "o",
    workspace_id: "w",
    credentials: { api_key: "key" },
    requests_per_second: 1000,
    ...more,
    advanced: { api_base_url: url, ...advanced },
  });
const contactsCatalog = () => file(catalog("plain"));
const ourSource = (url) => [
  node,
  sourceProgram,
  "read",
  "--config",
  sourceConfig(url),
  "--catalog",
  contactsCatalog(),
];

/** The rows of the programs that there are; a peer that could not be installed has no command. */
const present = (programs) => programs.filter(({ command }) => command !== undefined);

export async function start({ runs }) {
  const iterable = await serve("iterable.mjs");
  const write = ourDestination(iterable.url, {});
  const rows = await compare(
    [
      { name: "node -e 0", measure: () => run([node, "-e", "0"]) },
      { name: "source-flowcode spec", measure: () => run([node, sourceProgram, "spec"]) },
      { name: "destination-iterable spec", measure: () => run([node, destinationProgram, "spec"]) },
      { name: "write, without input", measure: () => run(write, { input: [["true"]] }) },
    ],
    runs,
  );
  await iterable.stop();
  return table("Start", rows, { name: "ms", factor: 1000 });
}

/** The destinations, by what they are built on; those whose peer could not be installed are left out. */
function destinations(peers, shape = "plain") {
  const airbyte = (command) => (url) => [
    ...command,
    "write",
    "--config",
    destinationConfig(url),
    "--catalog",
    contactsCatalog(),
  ];
  return [
    { name: OURS, commandFor: (url) => ourDestination(url, { advanced: UNLIMITED }, shape) },
    peers?.farosDestination && { name: FAROS, commandFor: airbyte(peers.farosDestination) },
    peers?.jq && { name: "jq and curl", commandFor: (url) => [...peers.jq, url], isSlow: true },
    peers?.airbyte && { name: "Airbyte's Python CDK", commandFor: airbyte(peers.airbyte), isSlow: true },
    peers?.meltano && {
      name: "Meltano SDK",
      commandFor: (url) => [...peers.meltano, "--config", file({ base_url: url })],
      isSlow: true,
      dialect: "singer",
    },
  ].filter(Boolean);
}

/** `shape`: see contacts.mjs. Slow programs are fed fewer contacts, or one would wait for an hour. */
export async function destination({ runs, contacts, peers }, shape = "plain") {
  const programs = destinations(peers, shape);
  if (peers) await holdToTheSameJob(programs, feed);
  const iterable = await serve("iterable.mjs");
  const floor = {
    name: FLOOR,
    commandFor: (url) => [node, here("floor-destination.mjs"), url],
  };
  const rows = await compare(
    [floor, ...programs].map(({ name, commandFor, isSlow, dialect }) => {
      const units = isSlow ? Math.min(contacts, 50_000) : contacts;
      const command = commandFor(iterable.url);
      return { name, units, measure: () => run(command, { input: feed(units, shape, dialect) }) };
    }),
    runs,
  );
  await iterable.stop();
  return table(`Destination, unlimited sink, contacts: ${shape}`, rows, PER_CONTACT);
}

export async function slowSink({ runs, contacts, peers }) {
  const iterable = await serve("iterable.mjs", { delayMs: 50 });
  const units = Math.min(contacts, 200_000);
  const rows = await compare(
    destinations(peers)
      .filter(({ isSlow }) => !isSlow)
      .reverse()
      .map(({ name, commandFor }) => {
        const command = commandFor(iterable.url);
        return { name, units, measure: () => run(command, { input: feed(units) }) };
      }),
    runs,
  );
  await iterable.stop();
  return table("Destination, each answer after 50 ms", rows, PER_CONTACT);
}

/** A minute at the limit that Iterable has: the sixth request within a second is refused. */
export async function realLimit({ limitSeconds = 60 }) {
  const PER_SECOND = 4.95;
  const iterable = await serve("iterable.mjs", { perSecond: 5 });
  const requests = Math.round(limitSeconds * PER_SECOND);
  const command = ourDestination(iterable.url, { advanced: { bulk_requests_per_second: PER_SECOND } });
  const { cpu, seconds, peakMb } = await run(command, { input: feed(requests * 1000) });
  const seen = await iterable.stop();
  const rate = (seen.requests - 1) / ((seen.lastAt - seen.firstAt) / 1000);
  print(
    `Destination at the real limit, set to ${PER_SECOND} bulk requests a second`,
    ["requests", "a second", "of the setting", "refused", "CPU, of one core", "peak memory, MB"],
    [
      [
        seen.requests,
        rate.toFixed(2),
        percent(rate / PER_SECOND),
        seen.refused,
        percent(cpu / seconds),
        peakMb.toFixed(0),
      ],
    ],
  );
}

export async function lookUps() {
  const PER_SECOND = 99;
  const contacts = PER_SECOND * 20;
  const iterable = await serve("iterable.mjs");
  const command = ourDestination(iterable.url, {
    overwrite_mode: "keep_existing",
    advanced: { ...UNLIMITED, lookup_requests_per_second: PER_SECOND },
  });
  const { cpu, seconds } = await run(command, { input: feed(contacts) });
  const seen = await iterable.stop();
  const rate = (seen.lookups - 1) / ((seen.lastAt - seen.firstAt) / 1000);
  print(
    `Look-ups (keep_existing), set to ${PER_SECOND} a second`,
    ["look-ups", "a second", "of the setting", "CPU, of one core"],
    [[seen.lookups, rate.toFixed(1), percent(rate / PER_SECOND), percent(cpu / seconds)]],
  );
}

export async function source({ runs, pages, peers }) {
  const flowcode = await serve("flowcode.mjs", { pages });
  const { url } = flowcode;
  const programs = present([
    { name: FLOOR, command: [node, here("floor-source.mjs"), url] },
    { name: OURS, command: ourSource(url) },
    { name: FAROS, command: farosSource(peers, url) },
  ]);
  const rows = await compare(
    programs.map(({ name, command }) => ({
      name,
      units: pages * 1000,
      measure: () => run(command, { reader: [["cat"], ["wc", "-l"]] }),
    })),
    runs,
  );
  await flowcode.stop();
  return table(`Source, ${pages} pages of 1,000`, rows, PER_CONTACT);
}

/** A run in which nobody has converted since the last one, over a workspace of a million. */
export async function quiet({ runs = 1 }) {
  const flowcode = await serve("flowcode.mjs", { pages: 1000, grows: true });
  const state = file("");
  const config = sourceConfig(flowcode.url, {
    credentials: { client_id: "i", client_secret: "s" },
    advanced: { auth_base_url: flowcode.url },
  });
  const read = [node, sourceProgram, "read", "--config", config, "--catalog", contactsCatalog()];
  await run(["sh", "-c", '"$@" | grep \'"type":"STATE"\' > "$0"', state, ...read]);
  const FIRST = 2;
  const rows = await compare(
    [{ name: "a quiet run", measure: () => run([...read, "--state", state]) }],
    runs,
  );
  const { requests } = await flowcode.stop();
  const each = (requests - FIRST) / runs;
  const [{ cpu, seconds }] = rows;
  print(
    "Source, a quiet run over a million contacts",
    ["requests, the log-in included", "CPU, s", "time, s"],
    [[each, cpu.toFixed(2), seconds.toFixed(2)]],
  );
  return each;
}

const farosSource = (peers, url) =>
  peers?.farosSource && [
    ...peers.farosSource,
    "read",
    "--config",
    sourceConfig(url),
    "--catalog",
    contactsCatalog(),
  ];

export async function pair({ runs, pages, peers }) {
  const flowcode = await serve("flowcode.mjs", { pages });
  const iterable = await serve("iterable.mjs");
  const faros = farosSource(peers, flowcode.url);
  const config = destinationConfig(iterable.url);
  const programs = present([
    {
      name: FAROS,
      command: faros,
      reader: faros && [
        ...peers.farosDestination,
        "write",
        "--config",
        config,
        "--catalog",
        contactsCatalog(),
      ],
    },
    {
      name: OURS,
      command: ourSource(flowcode.url),
      reader: ourDestination(iterable.url, { advanced: UNLIMITED }),
    },
  ]);
  const rows = await compare(
    programs.map(({ name, command, reader }) => ({
      name,
      units: pages * 1000,
      measure: () => run(["sh", "-c", '"$0" | "$1"', file.script(command), file.script(reader)]),
    })),
    runs,
  );
  await Promise.all([flowcode.stop(), iterable.stop()]);
  return table("Source and destination piped together, both counted", rows, PER_CONTACT);
}

/** The peak at one million and at ten, and with what else fills memory. */
export async function memory({ millions = [1, 10] }) {
  const rows = [];
  const measure = async (name, options, settings, count, shape) => {
    const iterable = await serve("iterable.mjs", options);
    const { peakMb } = await run(ourDestination(iterable.url, settings, shape), {
      input: feed(count, shape),
    });
    await iterable.stop();
    rows.push([name, peakMb.toFixed(0)]);
  };
  for (const million of millions)
    await measure(`${million} million contacts`, {}, { advanced: UNLIMITED }, million * 1e6);
  await measure("each answer after 2 s", { delayMs: 2000 }, { advanced: UNLIMITED }, 100_000);
  await measure("every thousandth contact of 1 MB", {}, { advanced: UNLIMITED }, 300_000, "huge");
  const flowcode = await serve("flowcode.mjs", { pages: 100 });
  const slow = [node, here("slow-reader.mjs")];
  const { peakMb } = await run(ourSource(flowcode.url), { reader: [slow] });
  await flowcode.stop();
  rows.push(["the source, to a reader of 2 MB a second", peakMb.toFixed(0)]);
  print("Peak memory", ["", "MB"], rows);
}

const percent = (share) => `${(share * 100).toFixed(1)} %`;
