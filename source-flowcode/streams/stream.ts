import type { Context } from "../../connector/connector.js";
import type { SyncMode } from "../../protocol/catalog.js";
import type { JsonObject, RecordMessage, StateMessage, StatusMessage } from "../../protocol/message.js";
import type { Config } from "../config.js";
import type { FlowcodeApi } from "../flowcode/api.js";
import type { Tally } from "../tally.js";
import type { PassSettings } from "./pass-state.js";
import type { Pulse } from "./pulse.js";
import type { SchemaSample, StandardFields } from "./schema-sample.js";

/** A list of Flowcode's as a stream: everything that the verbs need to know of it. */
export interface SourceStream {
  readonly name: string;
  readonly primaryKey: string;
  /** The field by which a record is newer than another; undefined where there is none. */
  readonly cursorField: string | undefined;
  readonly syncModes: readonly SyncMode[];
  /** False: a run without a catalog does not read it. */
  readonly selected?: false;
  /** Fields that every record can have, seen or not. */
  readonly fields: StandardFields;
  /** Learns the other fields from what is there. */
  sample(api: FlowcodeApi, settings: Config, context: Context): Promise<SchemaSample>;
  /**
   * Reads on from `saved`, the value of the stream's last state; undefined: from the beginning. A state covers every
   * record before it. Throws the signal's reason when stopped.
   */
  read(saved: unknown, reading: Reading): AsyncGenerator<Output>;
}

export type Output = readonly (RecordMessage | StateMessage | StatusMessage)[];

/** What a stream is read with. */
export interface Reading extends Pick<Context, "log" | "analytics" | "signal" | "now"> {
  /** The stream's key. */
  readonly stream: string;
  /** The catalog's schema of the stream. */
  readonly schema: JsonObject;
  readonly api: FlowcodeApi;
  readonly settings: PassSettings;
  readonly pulse: Pulse;
  readonly tally: Tally;
}
