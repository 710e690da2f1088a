// What people wait for: the console's calls, a sync without news, a contact that is tried, and the first sync of all.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measure as existingMeasure } from "./existing.mjs";
import { compare, print } from "./measure.mjs";
import { here, median, run } from "./processes.mjs";

const runner = here("../dist/sync/main.js");
const MODES = ["overwrite", "keep_existing", "fill_missing"];
const seconds = (value) => `${value.toFixed(2)} s`;

/** Both simulators, which hold to the vendors' limits, with a million contacts; `stop` ends them. */
async function simulators(contacts) {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const child = spawn(
    process.execPath,
    [here("../dist/simulators/main.js"), "--dir", folder, "--contacts", "2000", "--crowd", String(contacts)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await new Promise((resolve) => {
    child.stdout.on("data", (text) => String(text).includes("Ctrl-C") && resolve());
  });
  const read = (name) => JSON.parse(readFileSync(join(folder, name), "utf8"));
  return {
    folder,
    source: read("source.json"),
    destination: read("destination.json"),
    catalog: join(folder, "catalog.json"),
    stop() {
      child.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A project of the runner whose last sync was a moment ago. */
async function project({ folder, source, destination }) {
  const settings = { version: 1, source: { ...source, start_date: new Date().toISOString() }, destination };
  writeFileSync(join(folder, "flowcode-iterable.json"), JSON.stringify(settings));
  await run([process.execPath, runner, "sync", "--project", folder]);
  return (command, ...args) => [process.execPath, runner, command, "--project", folder, ...args];
}

/** An email that Flowcode has: of the contact that its list begins with. */
async function someContact({ folder, catalog }) {
  const source = [process.execPath, here("../dist/source-flowcode/main.js"), "read"];
  const command = [...source, "--config", join(folder, "source.json"), "--catalog", catalog];
  const { output } = await run([
    "sh",
    "-c",
    '"$@" | grep -m1 -o \'"email":"[^"]*"\' || true',
    "sh",
    ...command,
  ]);
  return JSON.parse(`{${output.trim()}}`).email;
}

export async function people({ runs }) {
  const stage = await simulators(1_000_000);
  try {
    const email = await someContact(stage);
    const command = await project(stage);
    const destination = [process.execPath, here("../dist/destination-iterable/main.js"), "plan"];
    const config = join(stage.folder, "destination.json");
    const programs = [
      { name: "node -e 0", command: [process.execPath, "-e", "0"] },
      { name: "check", command: command("check") },
      { name: "plan", command: [...destination, "--config", config, "--catalog", stage.catalog] },
      { name: "an idle run over a million contacts", command: command("sync") },
      { name: "a test contact, from command to read-back", command: command("sync", "--contact", email) },
    ];
    const rows = await compare(
      programs.map(({ name, command: words }) => ({ name, measure: () => run(words) })),
      runs,
    );
    const [base] = rows;
    print(
      "What people wait for; both vendors hold to their limits, and what is written can be read 3 s later",
      ["", "CPU", "time", "of the first"],
      rows.map((row) => [
        row.name,
        seconds(row.cpu),
        seconds(row.seconds),
        `${(row.seconds / base.seconds).toFixed(1)} ×`,
      ]),
    );
    return rows;
  } finally {
    stage.stop();
  }
}

/** A first sync at Iterable's own limits, of contacts of whom half exist. */
export async function firstSync({ runs, first = 100_000 }) {
  const rows = [];
  for (const mode of MODES) {
    const taken = [];
    for (let turn = 0; turn < runs; turn += 1) {
      taken.push(
        await existingMeasure({
          contacts: first,
          existing: first / 2,
          profilesPerSecond: 5000,
          method: "auto",
          mode,
        }),
      );
    }
    const of = (what) => median(taken.map((one) => one[what]));
    rows.push({ mode, time: of("seconds"), cpu: of("cpu"), peak: of("peakMb"), seen: taken[0].seen });
  }
  const [base] = rows;
  print(
    `A first sync of ${first.toLocaleString("en")} contacts of whom half exist, at Iterable's limits`,
    ["mode", "time", "of the first", "CPU, s", "peak memory, MB", "look-ups", "bulk requests", "refused"],
    rows.map(({ mode, time, cpu, peak, seen }) => [
      mode,
      seconds(time),
      `${(time / base.time).toFixed(2)} ×`,
      cpu.toFixed(1),
      peak.toFixed(0),
      seen.lookUps.toLocaleString("en"),
      seen.bulk,
      seen.refused,
    ]),
  );
  return rows;
}
