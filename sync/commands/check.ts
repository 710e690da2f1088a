import { command, JSON_FORM } from "../command.js";
import { EXIT } from "../errors.js";
import { type Checked, type ConfiguredSide, check } from "../inquiry/check.js";
import { readSettings } from "../project/settings.js";
import { harmless } from "../terminal/harmless.js";
import { paint } from "../terminal/paint.js";

const NAMES: Readonly<Record<ConfiguredSide, string>> = { source: "Flowcode", destination: "Iterable" };

export const checkCommand = command({
  usage: "check",
  describe: "Check that both sides can be reached with the settings, and that a sync would work",
  options: { json: JSON_FORM },
  examples: [["$0 check", "Are the keys valid, and is the mapping?"]],
  async run({ json }, folder, host) {
    const settings = await readSettings(folder);
    const [source, destination] = await Promise.all([
      check("source", settings, host),
      check("destination", settings, host),
    ]);
    const sides: Record<ConfiguredSide, Checked> = { source, destination };
    if (json) host.terminal.printJson(sides);
    else
      for (const [side, { works, text }] of Object.entries(sides) as [ConfiguredSide, Checked][]) {
        const verdict = paint(works ? "good" : "bad", `${works ? "✓" : "✗"} ${NAMES[side]}`);
        host.terminal.print(`${verdict}: ${harmless(text)}`);
      }
    return source.works && destination.works ? EXIT.done : EXIT.failed;
  },
});
