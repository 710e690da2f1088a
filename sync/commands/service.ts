import { command } from "../command.js";
import { EXIT } from "../errors.js";
import { readSettings } from "../project/settings.js";

export const serviceCommand = command({
  usage: "service <action>",
  describe: "Keep the schedule running: print, install or remove a service of this machine",
  details:
    "A service runs flowcode-iterable sync --scheduled and is started again with the machine: a unit of systemd for this user, an agent of launchd, a task of Windows. print shows what install would write, and changes nothing.",
  positionals: {
    action: {
      choices: ["print", "install", "remove"] as const,
      demandOption: true,
      describe: "What to do",
    },
  },
  options: {
    kind: {
      choices: ["systemd", "launchd", "windows", "cron"] as const,
      describe: "Way in which programs are kept running; that of this system if left out",
    },
  },
  examples: [
    ["$0 service print", "Show what would be installed"],
    ["$0 service install", "Sync by the schedule from now on, whoever is logged in"],
    ["$0 service print --kind cron", "A line for cron"],
    ["$0 service remove", "Stop it, and remove what was installed"],
  ],
  async run({ action, kind }, folder, host) {
    const { install, keptFor, kindHere, remove } = await import("../service/manager.js");
    const { textOf } = await import("../service/unit.js");
    const chosen = kind ?? kindHere();
    switch (action) {
      case "print":
        host.terminal.printExact(textOf(chosen, keptFor(folder.path, host)));
        return EXIT.done;
      case "install": {
        const { schedule } = await readSettings(folder);
        host.terminal.print(await install(chosen, folder.path, host));
        if (!schedule)
          host.terminal.say("The settings have no schedule yet. Choose one with: flowcode-iterable init");
        return EXIT.done;
      }
      case "remove":
        host.terminal.print(await remove(chosen, folder.path, host));
        return EXIT.done;
    }
  },
});
