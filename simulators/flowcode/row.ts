import type { Json } from "../json.js";

/** A row of the list: one person, with the times of the first and the last conversion. */
export interface ContactRow {
  /** Empty for a conversion of somebody who left no answer. */
  readonly user: Json;
  readonly firstConvertedAt?: string;
  readonly lastConvertedAt?: string;
  readonly [other: string]: unknown;
}
