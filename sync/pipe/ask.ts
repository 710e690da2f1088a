import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { Unusable } from "../errors.js";
import { startConnector } from "./connector.js";
import { parseConnectorMessage } from "./connector-message.js";
import type { ConnectorName } from "./environment.js";

export interface Question {
  readonly node: string;
  readonly name: ConnectorName;
  readonly args: readonly string[];
  /** Lines for its standard input. */
  readonly input?: Iterable<string> | AsyncIterable<string>;
  readonly signal: AbortSignal;
}

/** What a connector answered to a question such as `check`, `discover` or `plan`. */
export interface Answer {
  readonly text: string;
  readonly lines: readonly string[];
  /** Why it ended badly; undefined where it did not. */
  readonly problem: string | undefined;
}

/** Runs a connector to its end, and hands over what it has printed. Throws what its input throws, if that is Unusable. */
export async function ask({ node, name, args, input = [], signal }: Question): Promise<Answer> {
  const connector = startConnector(node, name, args);
  let failure: unknown;
  const given = pipeline(Readable.from(withEnds(input)), connector.stdin).catch((error: unknown) => {
    // A connector that takes no more has gone away: how it ended says why.
    if (error instanceof Unusable) failure = error;
    connector.stop();
  });
  const stop = () => connector.stop();
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    const text = (await buffer(connector.stdout)).toString();
    const { code } = await connector.exit;
    await given;
    if (failure !== undefined) throw failure;
    const lines = text.split("\n").filter((line) => line !== "");
    return { text, lines, problem: code === 0 ? undefined : problemOf(lines, connector.lastWords()) };
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

async function* withEnds(lines: Iterable<string> | AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
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
