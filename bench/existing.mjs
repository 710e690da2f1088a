// What it takes to find out which contacts exist: one look-up each, or an export beside them.
import { catalog } from "./contacts.mjs";
import { print } from "./measure.mjs";
import { file, here, run, serve } from "./processes.mjs";

const LOOK_UPS_PER_SECOND = 99;
const MEASURED_LOOK_UPS = 3000;

export async function measure({ contacts, existing, profilesPerSecond, method, mode = "keep_existing" }) {
  const iterable = await serve("exports.mjs", { contacts, existing, profilesPerSecond });
  const config = file({
    api_key: "0".repeat(32),
    overwrite_mode: mode,
    existing_contacts: { method },
    advanced: { base_url: iterable.url, lookup_requests_per_second: LOOK_UPS_PER_SECOND },
  });
  const program = here("../dist/destination-iterable/main.js");
  const command = [
    process.execPath,
    program,
    "write",
    "--config",
    config,
    "--catalog",
    file(catalog("plain")),
  ];
  const feed = [process.execPath, here("feed.mjs"), String(contacts)];
  const taken = await run(command, { input: [feed] });
  return { ...taken, seen: await iterable.stop() };
}

export const row = (name, { seconds, cpu, peakMb, seen }) => {
  const { lookUps, starts, pages, files, bulk, refused, overwritten, missed, keysAtFiles } = seen;
  if (overwritten + missed + keysAtFiles > 0)
    throw new Error(`${overwritten} overwritten, ${missed} missed, ${keysAtFiles} keys at the files' host`);
  const requests = [lookUps, starts + pages, files, bulk, refused].map((count) => count.toLocaleString("en"));
  return [name, `${seconds.toFixed(0)} s`, cpu.toFixed(1), peakMb.toFixed(0), ...requests];
};
export const COLUMNS = [
  "",
  "time",
  "CPU, s",
  "peak memory, MB",
  "look-ups",
  "export requests",
  "files",
  "bulk",
  "refused",
];

/** `long`: a million contacts too. */
export async function existing({ long = false } = {}) {
  const alone = await measure({
    contacts: MEASURED_LOOK_UPS,
    existing: MEASURED_LOOK_UPS,
    profilesPerSecond: 1,
    method: "look_up",
  });
  const perSecond = MEASURED_LOOK_UPS / alone.seconds;
  const rows = [row(`look-ups alone, ${MEASURED_LOOK_UPS.toLocaleString("en")} contacts`, alone)];
  const sizes = [
    { contacts: 60_000, existing: 50_000, speeds: [600, 1500, 5000] },
    ...(long ? [{ contacts: 1_000_000, existing: 500_000, speeds: [600, 5000] }] : []),
  ];
  for (const { contacts, existing: there, speeds } of sizes) {
    for (const profilesPerSecond of speeds) {
      const name = `auto, ${contacts.toLocaleString("en")} contacts of whom ${there.toLocaleString("en")} exist, exported at ${profilesPerSecond.toLocaleString("en")} a second`;
      rows.push(row(name, await measure({ contacts, existing: there, profilesPerSecond, method: "auto" })));
    }
    const seconds = (contacts / perSecond).toFixed(0);
    rows.push([
      `look-ups alone at that pace, worked out`,
      `${seconds} s`,
      "",
      "",
      contacts.toLocaleString("en"),
      "",
      "",
      "",
      "",
    ]);
  }
  print("Existing contacts (keep_existing); the first export job fails", COLUMNS, rows);
}
