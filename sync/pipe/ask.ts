import { buffer } from "node:stream/consumers";
import { Unusable } from "../errors.js";
import { startConnector } from "./connector.js";
import { parseConnectorMessage } from "./connector-message.js";
import type { ConnectorName } from "./environment.js";

export interface Question {
  readonly node: string;
  readonly name: ConnectorName;
  readonly args: readonly string[];
  readonly signal: AbortSignal;
}

/** What a connector answered to a question such as `check`, `discover` or `plan`. */
export interface Answer {
  readonly text: string;
  readonly lines: readonly string[];
  /** Why it ended badly; undefined where it did not. */
  readonly problem: string | undefined;
}

/** Runs a connector that needs no input to its end, and hands over what it has printed. */
export async function ask({ node, name, args, signal }: Question): Promise<Answer> {
  const connector = startConnector(node, name, args);
  connector.stdin.end();
  const stop = () => connector.stop();
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    const text = (await buffer(connector.stdout)).toString();
    const { code } = await connector.exit;
    const lines = text.split("\n").filter((line) => line !== "");
    return { text, lines, problem: code === 0 ? undefined : problemOf(lines, connector.lastWords()) };
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** The same for an answer that nothing can go on without. Throws Unusable with what the connector says. */
export async function askFor(question: Question): Promise<Answer> {
  const answer = await ask(question);
  if (answer.problem !== undefined) throw new Unusable(answer.problem);
  return answer;
}

function problemOf(lines: readonly string[], lastWords: string): string {
  for (const line of lines) {
    const told = parseConnectorMessage(line);
    if (told?.kind === "failed") return told.message;
  }
  return lastWords;
}
