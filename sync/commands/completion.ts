import type { Command } from "../command.js";
import { command } from "../command.js";
import { EXIT } from "../errors.js";
import { SHELLS, scriptFor } from "../terminal/completion.js";

/** Prints scripts that let shells complete `commands`. */
export function completionCommand(commands: () => readonly Command[]): Command {
  return command({
    usage: "completion <shell>",
    describe: "Print a script that completes commands and options in your shell",
    positionals: { shell: { choices: SHELLS, demandOption: true, describe: "Which shell" } },
    options: {},
    examples: [
      ['eval "$($0 completion bash)"', "For this session; put it into ~/.bashrc to keep it"],
      ['eval "$($0 completion zsh)"', "The same in ~/.zshrc"],
      ["$0 completion fish > ~/.config/fish/completions/flowcode-iterable.fish", "For fish"],
    ],
    async run({ shell }, _folder, { terminal }) {
      const known = commands().map(({ usage, describe, options, positionals }) => ({
        name: usage.split(" ")[0] as string,
        describe,
        options: ["project", ...Object.keys(options), "help"],
        words: Object.values(positionals).flatMap(({ choices = [] }) => choices.map(String)),
      }));
      terminal.print(scriptFor(shell, known));
      return EXIT.done;
    },
  });
}
