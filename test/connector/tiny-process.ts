import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { fileURLToPath } from "node:url";
import { compiled, type Ended, type Environment, runNode, startNode } from "../process.js";

const PROGRAM = fileURLToPath(new URL("tiny-connector.mjs", import.meta.url));

/** Starts the tiny connector, which stands on the compiled process. */
export function start(
  kind: "source" | "destination",
  args: readonly string[],
  environment: Environment = {},
): ChildProcessWithoutNullStreams {
  compiled("scripts/parts.js");
  return startNode(PROGRAM, [kind, ...args], environment);
}

/** Runs the tiny connector to its end. */
export function runTiny(
  kind: "source" | "destination",
  args: readonly string[],
  options: { readonly env?: Environment; readonly input?: string } = {},
): Promise<Ended> {
  return runNode(PROGRAM, [kind, ...args], options);
}
