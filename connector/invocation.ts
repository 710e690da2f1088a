/** What the command line asks for. Paths name files whose extension says nothing. */
export type Invocation = AirbyteInvocation | SingerInvocation | InspectionInvocation | Explanation;

/** A subcommand is Airbyte's form. */
export interface AirbyteInvocation {
  readonly dialect: "airbyte";
  readonly verb: "spec" | "check" | "discover" | "read" | "write";
  /** Files, of which the later wins, or `ENV`; none: the environment holds it all. */
  readonly config: readonly string[];
  readonly catalog: string | undefined;
  readonly state: string | undefined;
  readonly replay: Replay;
  /** Nothing is written, and nothing acknowledged. */
  readonly rehearses: boolean;
}

/** Bare flags are Singer's form. */
export interface SingerInvocation {
  readonly dialect: "singer";
  readonly verb: "sync" | "discover" | "about";
  /** A try-out: the SCHEMA messages alone, or with them one record of each stream, and no state. */
  readonly test: "schema" | "all" | undefined;
  readonly config: readonly string[];
  readonly catalog: string | undefined;
  readonly state: string | undefined;
  /** A file to read instead of standard input. */
  readonly input: string | undefined;
  readonly format: "text" | "json" | "markdown";
  readonly replay: Replay;
}

/** One of the connector's own verbs, whose output is for people. */
export interface InspectionInvocation {
  readonly dialect: "people";
  readonly verb: "inspect" | "look-up";
  readonly config: readonly string[];
  readonly catalog: string | undefined;
  /** A file of records to look at, too; `-` for standard input. */
  readonly sample?: string | undefined;
  /** Whether programs are to read it. */
  readonly json: boolean;
}

/** Text for a person instead of work to do: help, the version, or what is wrong with the command line. */
export interface Explanation {
  readonly dialect: undefined;
  readonly text: string;
  readonly failed: boolean;
}

export type Replay = "fill_missing" | "overwrite";
