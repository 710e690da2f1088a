import input from "@inquirer/input";
import password from "@inquirer/password";
import search from "@inquirer/search";
import select from "@inquirer/select";
import { type Asker, type Choice, GaveUp } from "../setup/asker.js";
import { harmless } from "./harmless.js";

/** Asks on the terminal that this process sits at. */
export function createPrompts(signal: AbortSignal): Asker {
  const context = { signal };
  const answered = <T>(answer: Promise<T>): Promise<T> =>
    answer.catch((error: unknown) => {
      const left = error instanceof Error && /^(ExitPrompt|AbortPrompt)Error$/.test(error.name);
      throw left ? new GaveUp("nothing was saved") : error;
    });
  const listed = <T>(choices: readonly Choice<T>[]) =>
    choices.map(({ name, value, description }) => ({
      name: harmless(name),
      value,
      ...(description !== undefined && { description: harmless(description) }),
    }));
  return {
    text: ({ message, value, problem }) =>
      answered(
        input(
          {
            message: harmless(message),
            ...(value !== undefined && { default: harmless(value) }),
            validate: (answer) => problem?.(answer.trim()) ?? true,
          },
          context,
        ),
      ).then((answer) => answer.trim()),
    secret: ({ message, isKept }) =>
      answered(
        password(
          {
            message: isKept ? `${message} (Enter keeps the one that is saved)` : message,
            mask: "*",
            validate: (answer) => isKept || answer.trim() !== "" || "It is needed.",
          },
          context,
        ),
      ).then((answer) => answer.trim()),
    choose: ({ message, choices, value }) =>
      answered(
        select(
          {
            message: harmless(message),
            choices: listed(choices),
            pageSize: 12,
            ...(value !== undefined && { default: value }),
          },
          context,
        ),
      ),
    find: ({ message, choices }) =>
      answered(
        search(
          {
            message: harmless(message),
            pageSize: 12,
            source: (term = "") =>
              listed(choices.filter(({ name }) => name.toLowerCase().includes(term.toLowerCase()))),
          },
          context,
        ),
      ),
  };
}
