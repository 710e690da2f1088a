import type { LineWriter } from "../protocol/lines.js";
import type { Codec, JsonObject, Message } from "../protocol/message.js";
import type { Context, DestinationInput } from "./connector.js";
import type { Replay } from "./invocation.js";

/** What the commands need of the process that they run in. */
export interface Process<Config> {
  readonly output: LineWriter;
  readonly context: Context;
  readonly version: string;
  /** The settings in files, of which the later wins, and in the environment. From then on no output shows their secrets. */
  settings(files: readonly string[]): Promise<Config>;
  /** The text as it may be shown: without the secrets of the settings, and harmless to a terminal. */
  shown(text: string): string;
  /** Prints messages as they come, waiting for a slow reader; ends early when the reader goes away. */
  print(groups: AsyncIterable<readonly Message[]>, codec: Codec): Promise<void>;
  /** Standard input, or a file in its place. */
  input(options: {
    readonly codecFor: (line: JsonObject) => Codec | undefined;
    readonly replay: Replay;
    readonly rehearses?: boolean;
    readonly file?: string | undefined;
  }): DestinationInput;
}
