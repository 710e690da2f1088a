import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "../errors.js";
import type { Host } from "../host.js";
import type { Folder } from "../project/folder.js";
import type { Settings } from "../project/settings.js";
import { verdictOn } from "../report/verdict.js";
import { outcomeOf } from "../runs/archive.js";
import type { Run } from "../runs/run.js";
import { messageOn, slackBody } from "./message.js";
import { notify } from "./options.js";
import { tell } from "./send.js";

/** Tells others of a run. Never throws, and resolves within seconds whoever hangs; nobody has to wait for it. */
export interface Notifier {
  began(): Promise<void>;
  ended(run: Run): Promise<void>;
}

/** The notifier of a project; what the settings do not say is looked for in the environment. */
export function createNotifier(
  folder: Folder,
  settings: Pick<Settings, "notify">,
  { env, terminal }: Pick<Host, "env" | "terminal">,
): Notifier {
  const webhook = notify.shape.webhook.unwrap().parse(settings.notify?.webhook ?? {});
  const addresses = {
    webhook: webhook.url ?? "FLOWCODE_ITERABLE_WEBHOOK_URL",
    healthcheck: settings.notify?.healthcheck?.url ?? "FLOWCODE_ITERABLE_HEALTHCHECK_URL",
  };
  const address = (what: keyof typeof addresses) =>
    addresses[what].includes(":") ? addresses[what] : fromEnvironment(env, addresses[what]);
  const attempt = async (what: keyof typeof addresses, body: unknown, step?: "start" | "fail") => {
    try {
      const url = await address(what);
      if (url === undefined) return;
      const problem = await tell({ url: step ? stepOf(url, step) : url, body, sleep, env });
      if (problem !== undefined) terminal.say(`warn: the ${what} was not told of the run: ${problem}`);
    } catch (error) {
      const { code } = error as { readonly code?: string };
      terminal.say(
        `warn: the ${what} was not told of the run: its address cannot be used (${code ?? "not a URL"})`,
      );
    }
  };
  return {
    began: () => attempt("healthcheck", undefined, "start"),
    async ended(run) {
      const verdict = verdictOn(run, await outcomeOf(run));
      const message = messageOn(basename(folder.path), run, verdict);
      const isWanted = webhook.on.includes(message.outcome);
      const hasFailed = message.outcome === "failed";
      await Promise.all([
        isWanted && attempt("webhook", webhook.form === "slack" ? slackBody(message) : message),
        attempt("healthcheck", undefined, hasFailed ? "fail" : undefined),
      ]);
    },
  };
}

/** What is wrong with the addresses that stand in the environment; those in the settings are checked with them. */
export async function addressProblems(
  settings: Pick<Settings, "notify">,
  env: Host["env"],
): Promise<string[]> {
  const wanted = {
    FLOWCODE_ITERABLE_WEBHOOK_URL: settings.notify?.webhook?.url,
    FLOWCODE_ITERABLE_HEALTHCHECK_URL: settings.notify?.healthcheck?.url,
  };
  const problems: string[] = [];
  for (const [name, given] of Object.entries(wanted)) {
    if (given !== undefined) continue;
    try {
      const url = await fromEnvironment(env, name);
      if (url !== undefined && !/^https?:/.test(URL.canParse(url) ? new URL(url).protocol : ""))
        problems.push(`${name} is not an http or https address: correct it, or remove it`);
    } catch (error) {
      problems.push(`${name}_FILE names a file that cannot be read (${codeOf(error)}): correct it`);
    }
  }
  return problems;
}

/** A variable, or what stands in the file that the variable of the same name with _FILE names. */
async function fromEnvironment(env: Host["env"], name: string): Promise<string | undefined> {
  const file = env[`${name}_FILE`];
  const text = env[name] ?? (file === undefined ? undefined : await readFile(file, "utf8"));
  return text?.trim() || undefined;
}

/** As healthchecks.io has them: a step stands behind the path. */
function stepOf(address: string, step: "start" | "fail"): string {
  const url = new URL(address);
  url.pathname = `${url.pathname.replace(/\/$/, "")}/${step}`;
  return url.href;
}
