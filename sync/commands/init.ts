import { command } from "../command.js";
import { codeOf, EXIT, Unusable } from "../errors.js";
import type { Host } from "../host.js";
import { createSides, remembering, type Sides } from "../inquiry/sides.js";
import { type Folder, makeFolder } from "../project/folder.js";
import { readSettings, type SettingsInput, writeSettings } from "../project/settings.js";
import { readText } from "../project/text-file.js";
import { clearProjectDrafts } from "../runs/leftovers.js";
import { GaveUp } from "../setup/asker.js";
import { converse, type Ending } from "../setup/dialogue.js";
import { MODES } from "../setup/modes.js";
import { withFlags } from "../setup/unattended.js";
import { planText } from "../terminal/plan-text.js";
import { syncCommand } from "./sync.js";

/** What a shell says of a program that Ctrl+C has ended. */
const LEFT = 130;

const text = (describe: string) => ({ type: "string", requiresArg: true, describe }) as const;

export const initCommand = command({
  usage: "init",
  describe: "Connect both sides, map the fields, choose a frequency: by questions, or by flags with --yes",
  options: {
    yes: { type: "boolean", default: false, describe: "Ask nothing: take flags, files and the environment" },
    sync: { type: "boolean", default: false, implies: "yes", describe: "With --yes: sync once all is saved" },
    "org-id": text("Flowcode organization ID"),
    "workspace-id": text("Flowcode workspace ID"),
    "client-id": text("Client ID of Flowcode's API client"),
    "client-secret-file": text("File with the client secret"),
    "flowcode-key-file": text("File with a Flowcode API key, instead of an API client"),
    "iterable-key-file": text("File with an Iterable API key"),
    "data-center": { choices: ["us", "eu"] as const, describe: "Where the Iterable project is" },
    "overwrite-mode": {
      choices: MODES.map(({ value }) => value),
      describe: "What happens to contacts that Iterable already has",
    },
    map: {
      type: "string",
      array: true,
      requiresArg: true,
      describe: 'Where a field goes, such as "Shirt Size=shirtSize"; replaces the default mapping',
    },
    list: {
      type: "string",
      array: true,
      requiresArg: true,
      describe: 'Static list to put contacts on, such as 12345 or, for some, "12345:newsletter=yes"',
    },
    event: {
      type: "string",
      array: true,
      requiresArg: true,
      describe: 'Event that each conversion sends, such as converted or, for some, "large:Shirt Size=L,XL"',
    },
    "event-field": {
      type: "string",
      array: true,
      requiresArg: true,
      describe: 'Field that an event carries, such as "converted:Shirt Size=size"',
    },
    "create-new-fields": { type: "boolean", describe: "Create fields that Iterable does not have" },
    every: { ...text("Interval of the schedule: 30m, 6h, 1d"), conflicts: "cron" },
    cron: text("Schedule as a cron expression, such as 0 6 * * 1-5"),
    "time-zone": { ...text("Time zone of the cron expression, such as Europe/Berlin"), implies: "cron" },
  },
  details:
    "Secrets are typed hidden, read from files, or stay in the environment (FLOWCODE_CLIENT_SECRET, FLOWCODE_API_KEY, ITERABLE_API_KEY): those are not saved, and every sync needs them. Run it again to change something.",
  examples: [
    ["$0 init --project my-sync", "Answer questions, then save, or save and sync now"],
    [
      "$0 init --yes --org-id ORG --workspace-id WS --client-id ID --every 30m --sync",
      "The same for scripts, with the secrets in the environment",
    ],
  ],
  async run(given, folder, host) {
    const present = await presentSettings(folder);
    const sides = remembering(createSides(host, folder));
    if (given.yes) {
      const settings = await withFlags(present, given, host.env);
      await prove(settings, sides, host);
      return finish(settings, given.sync ? "sync" : "save", folder, host);
    }
    const asker = await host.asker();
    if (!asker) {
      throw new Unusable(
        "init asks questions, and nobody sits at this terminal: give the answers as flags with --yes (flowcode-iterable init --help)",
      );
    }
    try {
      const { terminal, env } = host;
      const { settings, ending } = await converse(present, {
        asker,
        sides,
        terminal,
        env,
        isNew: present.source === undefined || present.destination === undefined,
      });
      return await finish(settings, ending, folder, host);
    } catch (error) {
      if (!(error instanceof GaveUp)) throw error;
      host.terminal.say("Nothing was saved.");
      return LEFT;
    }
  },
});

async function presentSettings(folder: Folder): Promise<SettingsInput> {
  try {
    await readSettings(folder);
  } catch (error) {
    const isThere = await readText(folder.settings).catch((reason: unknown) => codeOf(reason) !== "ENOENT");
    if (isThere) throw error;
    return { version: 1 };
  }
  return JSON.parse((await readText(folder.settings)).replace(/^\uFEFF/, ""));
}

/** Throws Unusable with what is wrong with either side, or with the mapping. */
async function prove(settings: SettingsInput, sides: Sides, { terminal }: Host): Promise<void> {
  for (const side of ["source", "destination"] as const) {
    const { works, text: said } = await sides.check(side, settings);
    if (!works) throw new Unusable(said);
    terminal.say(said);
  }
  const planned = await sides.planWithSample(settings);
  terminal.say(planText(planned, terminal.columns));
  if (!planned.works) throw new Unusable("the mapping cannot work: correct what is named above");
}

async function finish(settings: SettingsInput, ending: Ending, folder: Folder, host: Host): Promise<number> {
  if (ending === "leave") {
    host.terminal.say("Nothing was saved.");
    return EXIT.done;
  }
  await makeFolder(folder.path);
  await clearProjectDrafts(folder, host.now());
  await writeSettings(folder, settings);
  host.terminal.say(`Saved in "${folder.settings}".`);
  const next = `flowcode-iterable sync${settings.schedule ? " --scheduled" : ""}`;
  if (ending === "save") {
    host.terminal.say(`Next: ${next}`);
    return EXIT.done;
  }
  const limit = ending === "test" ? 1 : undefined;
  const exit = await syncCommand.perform({ project: folder.path, json: false, limit }, host);
  if (exit === EXIT.done) host.terminal.say(`From now on: ${next}`);
  return exit;
}
