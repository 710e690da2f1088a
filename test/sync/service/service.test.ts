import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { install, remove } from "../../../sync/service/manager.js";
import { KINDS, nameOf, textOf } from "../../../sync/service/unit.js";
import { compiled, ended, startNode } from "../../process.js";

let home: string;
let env: Record<string, string>;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "home-"));
  await mkdir(join(home, "bin"));
  env = { HOME: home, PATH: `${join(home, "bin")}:${process.env.PATH}` };
  for (const program of ["systemctl", "launchctl", "schtasks"]) await stub(program);
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** A program that only writes down what it was called with. */
async function stub(program: string, exit = 0): Promise<void> {
  const path = join(home, "bin", program);
  await writeFile(path, `#!/bin/sh\necho "${program} $*" >> "${home}/calls"\nexit ${exit}\n`);
  await chmod(path, 0o755);
}
const calls = async () => (await readFile(join(home, "calls"), "utf8").catch(() => "")).trim().split("\n");
const PROJECT = "/srv/My Sync";
const NAME = nameOf(PROJECT);
const UNIT = `.config/systemd/user/${NAME}.service`;
const host = () => ({ node: "/usr/bin/node", env });

test("a unit of systemd is written, enabled and started, and taken away again", async () => {
  await install("systemd", PROJECT, host());
  const text = await readFile(join(home, UNIT), "utf8");
  expect(text).toContain('"sync" "--scheduled" "--project" "/srv/My Sync"');
  await install("systemd", PROJECT, host());
  await remove("systemd", PROJECT, host());
  expect(await readdir(join(home, ".config/systemd/user"))).toEqual([]);
  const [reload, enable] = [
    "systemctl --user daemon-reload",
    `systemctl --user enable --now ${NAME}.service`,
  ];
  expect(await calls()).toEqual([
    reload,
    enable,
    reload,
    enable,
    `systemctl --user disable --now ${NAME}.service`,
    reload,
  ]);
});

test("an agent of launchd is loaded, and taken away again", async () => {
  await install("launchd", PROJECT, host());
  expect(await readFile(join(home, `Library/LaunchAgents/${NAME}.plist`), "utf8")).toContain(
    "<string>/srv/My Sync</string>",
  );
  await remove("launchd", PROJECT, host());
  expect((await calls()).map((call) => call.split(" ").slice(0, 2).join(" "))).toEqual([
    "launchctl bootstrap",
    "launchctl bootout",
  ]);
});

test("a task of Windows is made, run, and taken away again", async () => {
  await install("windows", PROJECT, host());
  await remove("windows", PROJECT, host());
  expect(await calls()).toEqual([
    expect.stringMatching(`^schtasks /Create /TN ${NAME} /SC ONLOGON .*--project "/srv/My Sync"$`),
    `schtasks /Run /TN ${NAME}`,
    `schtasks /Delete /TN ${NAME} /F`,
  ]);
});

describe("what stands in the way", () => {
  test("a file of somebody's own is left alone", async () => {
    await mkdir(join(home, ".config/systemd/user"), { recursive: true });
    await writeFile(join(home, UNIT), "mine");
    await expect(install("systemd", PROJECT, host())).rejects.toThrow("was not made by this program");
    await expect(remove("systemd", PROJECT, host())).rejects.toThrow("was not made by this program");
    expect(await readFile(join(home, UNIT), "utf8")).toBe("mine");
    expect(await calls()).toEqual([""]);
  });

  test("a service that is not there is said not to be there", async () => {
    await expect(remove("systemd", PROJECT, host())).rejects.toThrow("there is no service of this project");
  });

  test("a table of cron jobs is nobody's but the user's", async () => {
    await expect(install("cron", PROJECT, host())).rejects.toThrow("crontab -e");
  });

  test("a manager that fails, or is not here, is named", async () => {
    await stub("systemctl", 1);
    await expect(install("systemd", PROJECT, host())).rejects.toThrow(
      "systemctl --user daemon-reload has failed",
    );
    await expect(install("systemd", PROJECT, { ...host(), env: { HOME: home, PATH: "" } })).rejects.toThrow(
      "systemctl is not here",
    );
  });
});

describe("paths with signs that mean something", () => {
  const project = '/srv/50% of $HOME "quoted" & <it>\'s';
  const kept = { node: "/usr/bin/node", program: "/opt/main.js", project, environment: "/e" };

  test("are one argument to systemd", () => {
    expect(textOf("systemd", kept)).toContain('"/srv/50%% of $$HOME \\"quoted\\" & <it>\'s"');
  });

  test("are one string to launchd", () => {
    expect(textOf("launchd", kept)).toContain(
      '<string>/srv/50% of $HOME "quoted" &amp; &lt;it&gt;\'s</string>',
    );
  });

  test("are one argument to the shell of cron", async () => {
    const line = textOf("cron", kept).split("\n")[1]!.replace("@reboot ", "").replaceAll("\\%", "%");
    const { stdout } = await promisify(execFile)("sh", ["-c", `printf '%s\\n' ${line}`]);
    expect(stdout.split("\n").at(-2)).toBe(project);
  });

  test.each(KINDS.filter((kind) => kind !== "launchd"))("never begin a line of their own in %s", (kind) => {
    const evil = textOf(kind, { ...kept, project: "/srv/a\n[Service]\nExecStart=evil" });
    expect(evil).not.toMatch(/^ExecStart=evil/m);
  });
});

test("print shows what would be installed and changes nothing", async () => {
  const child = startNode(
    compiled("sync/main.js"),
    ["service", "print", "--kind", "systemd", "--project", home],
    env,
  );
  const { code, stdout } = await ended(child);
  expect([code, stdout]).toEqual([0, expect.stringContaining("[Service]\nExecStart=")]);
  expect(stdout).toContain(`"sync" "--scheduled" "--project" "${home}"`);
  expect(await calls()).toEqual([""]);
  expect(await readdir(home)).toEqual(["bin"]);
});
