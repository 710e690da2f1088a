/** Shells that can complete this program's command line. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** A command as shells complete it. */
export interface Completed {
  readonly name: string;
  readonly describe: string;
  /** Names of options, without their dashes. */
  readonly options: readonly string[];
  /** Words that may follow it; none where what follows is nobody's to know beforehand. */
  readonly words: readonly string[];
}

const PROGRAM = "flowcode-iterable";

/** A script that teaches a shell the commands and their options. It calls no program: completing costs nothing. */
export function scriptFor(shell: Shell, commands: readonly Completed[]): string {
  return { bash, zsh, fish }[shell](commands);
}

const following = ({ options, words }: Completed) =>
  [...words, ...options.map((option) => `--${option}`)].join(" ");
const names = (commands: readonly Completed[]) => commands.map(({ name }) => name).join(" ");
/** Text between single quotes of a shell. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

function bash(commands: readonly Completed[]): string {
  return `_flowcode_iterable() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" words
  if [ "$before" = --project ]; then
    local IFS=$'\n'
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -d -- "$word"))
    return
  fi
  if [ "$COMP_CWORD" -eq 1 ]; then words=${quoted(`${names(commands)} --help --version`)}
  else case "\${COMP_WORDS[1]}" in
${commands.map((one) => `    ${one.name}) words=${quoted(following(one))};;`).join("\n")}
  esac; fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _flowcode_iterable ${PROGRAM}`;
}

function zsh(commands: readonly Completed[]): string {
  return `#compdef ${PROGRAM}
_flowcode_iterable() {
  if [ "\${words[CURRENT-1]}" = --project ]; then _files -/; return; fi
  if (( CURRENT == 2 )); then
    local -a known=(
${commands.map(({ name, describe }) => `      ${quoted(`${name}:${describe.replaceAll(":", "\\:")}`)}`).join("\n")}
    )
    _describe command known
  else case "\${words[2]}" in
${commands.map((one) => `    ${one.name}) compadd -- ${following(one)};;`).join("\n")}
  esac; fi
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
compdef _flowcode_iterable ${PROGRAM}`;
}

function fish(commands: readonly Completed[]): string {
  return [
    `complete -c ${PROGRAM} -f`,
    ...commands.flatMap(({ name, describe, options, words }) => [
      `complete -c ${PROGRAM} -n __fish_use_subcommand -a ${name} -d ${quoted(describe)}`,
      ...(words.length > 0
        ? [`complete -c ${PROGRAM} -n '__fish_seen_subcommand_from ${name}' -a ${quoted(words.join(" "))}`]
        : []),
      ...options.map(
        (option) =>
          `complete -c ${PROGRAM} -n '__fish_seen_subcommand_from ${name}' -l ${option}${option === "project" ? " -xa '(__fish_complete_directories)'" : ""}`,
      ),
    ]),
  ].join("\n");
}
