import { createHash } from "node:crypto";
import { basename } from "node:path";

/** What a service keeps running: the scheduler of one project. */
export interface Kept {
  readonly node: string;
  readonly program: string;
  readonly project: string;
  /** A file with secrets for the environment, one NAME=value a line; may be absent. */
  readonly environment: string;
}

/** How this machine keeps a program running. */
export const KINDS = ["systemd", "launchd", "windows", "cron"] as const;
export type Kind = (typeof KINDS)[number];

/** By this a later install or remove knows its own file. */
export const MARK =
  "Made by flowcode-iterable, for one project. Changes are lost when it is installed again.";

/** A name that no other project's service has, and that says which project it is. */
export function nameOf(project: string): string {
  const words = basename(project)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 40);
  const place = createHash("sha256").update(project).digest("hex").slice(0, 8);
  return ["flowcode-iterable", words, place].filter((part) => part !== "").join("-");
}

/** The text of what is installed, or what to type where nothing is written to a file. */
export function textOf(kind: Kind, kept: Kept): string {
  switch (kind) {
    case "systemd":
      return systemdUnit(kept);
    case "launchd":
      return launchdPlist(kept);
    case "windows":
      return `schtasks ${createTaskArgs(kept).map(quotedForWindows).join(" ")}\n`;
    case "cron":
      return `# ${MARK}\n@reboot ${command(kept).map(quotedForCron).join(" ")}\n`;
  }
}

const command = ({ node, program, project }: Kept) => [
  node,
  program,
  "sync",
  "--scheduled",
  "--project",
  project,
];

function systemdUnit(kept: Kept): string {
  return `# ${MARK}
[Unit]
Description=flowcode-iterable: syncs ${oneLine(kept.project).replaceAll("%", "%%")} by its schedule

[Service]
ExecStart=${command(kept).map(quotedForSystemd).join(" ")}
EnvironmentFile=-${oneLine(kept.environment).replaceAll("%", "%%")}
Restart=always
RestartSec=60
# Settings that have to be corrected first (2): trying again is of no use.
RestartPreventExitStatus=2
# A sync that is stopped finishes what it has under way.
TimeoutStopSec=30

[Install]
WantedBy=default.target
`;
}

function launchdPlist(kept: Kept): string {
  const strings = command(kept).map((part) => `    <string>${xml(part)}</string>`);
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- ${MARK} -->
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${nameOf(kept.project)}</string>
  <key>ProgramArguments</key>
  <array>
${strings.join("\n")}
  </array>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <true/>
  <key>ThrottleInterval</key>
  <integer>60</integer>
  <key>ExitTimeOut</key>
  <integer>30</integer>
</dict>
</plist>
`;
}

/** Arguments of schtasks: a task that begins when the user logs on. */
export function createTaskArgs(kept: Kept): string[] {
  const run = command(kept).map(quotedForWindows).join(" ");
  return ["/Create", "/TN", nameOf(kept.project), "/SC", "ONLOGON", "/RL", "LIMITED", "/F", "/TR", run];
}

const oneLine = (text: string) => text.replace(/[\r\n]/g, " ");

function quotedForSystemd(text: string): string {
  const safe = oneLine(text)
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("%", "%%")
    .replaceAll("$", "$$$$");
  return `"${safe}"`;
}

function quotedForWindows(text: string): string {
  return /^[\w./:\\-]+$/.test(text) ? text : `"${oneLine(text).replaceAll('"', '\\"')}"`;
}

/** As a shell takes it, in a line of cron's, where a percent sign would end the command. */
function quotedForCron(text: string): string {
  const safe = oneLine(text);
  return (/^[\w./-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", "'\\''")}'`).replaceAll("%", "\\%");
}

function xml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
