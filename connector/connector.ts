import type { ZodType } from "zod";
import type { CatalogStream, ConfiguredStream, DestinationOperation } from "../protocol/catalog.js";
import type { Line } from "../protocol/lines.js";
import type { Codec, JsonObject, Message } from "../protocol/message.js";
import type { Analytics } from "./reporting/analytics.js";
import type { Log } from "./reporting/log.js";
import type { Metrics } from "./reporting/metrics.js";

/** What a connector gets from the process that it runs in, so that it never touches the process itself. */
export interface Context {
  readonly log: Log;
  /** Tells something as data. */
  readonly analytics: Analytics;
  /** Takes what is to be counted for whoever watches many runs. */
  readonly metrics: Metrics;
  /** Aborted when the process is asked to stop: take no further input, finish what is under way, return. */
  readonly signal: AbortSignal;
  /** The clock, in ms since 1970. */
  readonly now: () => number;
  /** The process's number, for names of files that two runs must not share. */
  readonly pid: number;
  /** Sent as the User-Agent of every request. */
  readonly userAgent: string;
}

/**
 * A verb for people, beside those of the protocols: it looks at the vendor's side, changes nothing there, and prints
 * what it finds on standard output, where no protocol is spoken then.
 */
export interface Inspection<Config> {
  /** As it is called on the command line. */
  readonly verb: string;
  /** For the help text. */
  readonly describe: string;
  /** Whether it looks at a configured catalog, which is required then. */
  readonly takesCatalog: boolean;
  /** Whether it can look at records, too. */
  readonly takesSample?: boolean;
  /** `sample`: lines of a source's messages. */
  run(
    config: Config,
    streams: readonly ConfiguredStream[],
    context: Context,
    sample?: AsyncIterable<readonly Line[]>,
  ): Promise<Finding>;
}

/** What an inspection has found. */
export interface Finding {
  /** For people. */
  readonly text: string;
  /** The same for programs (`--json`). */
  readonly json: unknown;
  /** Why the process has to end with 1; undefined where nothing stands in the way. */
  readonly problem: string | undefined;
}

/**
 * A verb for people that reads contacts on standard input and prints for each what the vendor holds of it, in their
 * order. It changes nothing there. What it prints is data of the people in question.
 */
export interface LookUp<Config> {
  readonly verb: string;
  /** For the help text. */
  readonly describe: string;
  /** `streams`: none where no catalog was given. */
  run(
    config: Config,
    streams: readonly ConfiguredStream[],
    lines: AsyncIterable<readonly Line[]>,
    context: Context,
  ): AsyncIterable<Omit<Finding, "problem">>;
}

/** What a connector says of itself. */
interface Connector<Config> {
  /** Its name, which is also the name of its image and of its executable. */
  readonly name: string;
  /** The name of the same executable as a Singer program. */
  readonly singerName: string;
  readonly title: string;
  readonly documentationUrl: string;
  /** Environment variables that may stand in for settings begin with this and an underscore. */
  readonly environmentPrefix: string;
  /** Every setting, declared once. */
  readonly config: ZodType<Config>;
  readonly inspection?: Inspection<Config>;
  readonly lookUp?: LookUp<Config>;
  /**
   * Proves that a sync with this configuration would work, without changing anything at the vendor's.
   * Resolves with a sentence for the user; throws ConfigError or TransientError with what to do.
   */
  check(config: Config, context: Context): Promise<string>;
}

export interface Source<Config> extends Connector<Config> {
  readonly kind: "source";
  /** The streams that can be read, with their fields as they are found there and then. */
  discover(config: Config, context: Context): Promise<readonly CatalogStream[]>;
  /**
   * Reads the configured streams, one after another. Yields for each: STARTED, RUNNING before its first record, its
   * records and states, then COMPLETE; or INCOMPLETE where it failed. A state covers every record yielded before it.
   * A stream that fails does not keep the others from being read; when all are through, its error is thrown.
   * `state` holds what an earlier run's last state said, by stream key. Messages come in groups: a promise for each
   * record would cost as much as reading it.
   */
  read(
    config: Config,
    streams: readonly ConfiguredStream[],
    state: ReadonlyMap<string, unknown>,
    context: Context,
  ): AsyncIterable<readonly Message[]>;
}

/** The pipe as a destination sees it. */
export interface DestinationInput {
  /** Lines of standard input, in chunks, read no faster than they are taken. Ends early when the process is to stop. */
  readonly lines: AsyncIterable<readonly Line[]>;
  /** Ends `lines` where they stand. */
  readonly close: () => void;
  /** Decides on the dialect by the first line that tells. */
  readonly codecFor: (line: JsonObject) => Codec | undefined;
  /** Prints a released state, at once. Resolves when it has left the process. */
  readonly acknowledge: (line: string) => Promise<void>;
  /** A promise to await where whoever reads the output is far behind; undefined where there is room. */
  readonly room: () => Promise<void> | undefined;
  /** The value of `--replay`: how lines of a rejects file are to be written. */
  readonly replay: "fill_missing" | "overwrite";
  /** Whether nothing is to be written (`--dry-run`). Nothing may be acknowledged then. */
  readonly rehearses?: boolean;
}

export interface Destination<Config> extends Connector<Config> {
  readonly kind: "destination";
  /** In Airbyte's words. */
  readonly syncModes: readonly string[];
  /** The objects that can be written, with their fields as they are found there and then. */
  discover(config: Config, context: Context): Promise<readonly DestinationOperation[]>;
  /**
   * Writes every record of the input, and acknowledges every state whose records are settled, while it runs.
   * Resolves only when every configured stream was written to its end; otherwise throws what kept it from that.
   */
  write(
    config: Config,
    catalog: DestinationCatalog,
    input: DestinationInput,
    context: Context,
  ): Promise<void>;
}

/** The streams that a destination is told of before it reads. */
export interface DestinationCatalog {
  readonly streams: readonly ConfiguredStream[];
  /** Whether streams may also be declared on the pipe, as Singer does it. */
  readonly declared: boolean;
}

export type AnyConnector<Config> = Source<Config> | Destination<Config>;
