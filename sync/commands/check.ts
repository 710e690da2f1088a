import { command, JSON_FORM } from "../command.js";
import { EXIT, explained, messageOf } from "../errors.js";
import type { Host } from "../host.js";
import { type Checked, check } from "../inquiry/check.js";
import { addressProblems } from "../notify/notifier.js";
import { type Folder, makeFolder } from "../project/folder.js";
import { readSettings, type Settings } from "../project/settings.js";
import { harmless } from "../terminal/harmless.js";
import { paint } from "../terminal/paint.js";

const NAMES = { source: "Flowcode", destination: "Iterable", project: "Project" } as const;

export const checkCommand = command({
  usage: "check",
  describe: "Check that both sides can be reached with the settings, and that a sync would work",
  options: { json: JSON_FORM },
  examples: [["$0 check", "Are the keys valid, and is the mapping?"]],
  async run({ json }, folder, host) {
    const settings = await readSettings(folder);
    const [source, destination, problems] = await Promise.all([
      check("source", settings, host),
      check("destination", settings, host),
      projectProblems(folder, settings, host),
    ]);
    const project = problems.length > 0 ? { works: false, text: problems.join("; ") } : undefined;
    const sides = { source, destination, ...(project && { project }) };
    if (json) host.terminal.printJson(sides);
    else
      for (const [side, { works, text }] of Object.entries(sides) as [keyof typeof NAMES, Checked][]) {
        const verdict = paint(works ? "good" : "bad", `${works ? "✓" : "✗"} ${NAMES[side]}`);
        host.terminal.print(`${verdict}: ${harmless(text)}`);
      }
    return source.works && destination.works && !project ? EXIT.done : EXIT.failed;
  },
});

/** What would keep a sync from writing in the project, or from telling how it ended. */
async function projectProblems(folder: Folder, settings: Settings, { env }: Host): Promise<string[]> {
  const unwritable = await makeFolder(folder.path).then(
    () => [],
    (error: unknown) => [messageOf(explained(error))],
  );
  return [...unwritable, ...(await addressProblems(settings, env))];
}
