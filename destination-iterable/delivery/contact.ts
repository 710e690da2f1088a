import type { WriteMode } from "./write-mode.js";

/** One contact as it is sent, with the records that it stands for. */
export interface Contact<R> {
  /** What tells contacts apart: the email in lower case, or the user id. */
  readonly key: string;
  /** The identifier as it is sent. */
  readonly identifier: string;
  readonly mode: WriteMode;
  /** Values by target field; a dot leads into an object. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The same values by how new they are, newest first; no field is in two layers. */
  readonly layers: readonly Layer[];
  /** How values join what the profile has already; undefined where all are written as they come. */
  readonly joins?: Joins | undefined;
  /** The records that this contact settles, in the order in which they came. */
  readonly records: readonly R[];
  /** The contacts of one record each that it was merged of, in the same order. */
  readonly parts?: readonly Contact<R>[];
}

/**
 * By target: `first` is written where the profile has nothing, `append` is added to its list. Fields that are not in it
 * are written as they come.
 */
export type Joins = ReadonlyMap<string, "first" | "append">;

/** Values that one record brought. */
export interface Layer {
  /** The record's place in its stream's order; undefined where the stream has none. */
  readonly cursor: Cursor | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A value of the cursor field, in a form that compares. */
export type Cursor = { readonly seconds: number; readonly nanos: number };

/** The same contact with other values: its records, and their order, stay. */
export function withFields<R>(
  { key, identifier, mode, joins, layers, records, parts }: Contact<R>,
  fields: Contact<R>["fields"],
): Contact<R> {
  return { key, identifier, mode, joins, fields, layers, records, ...(parts && { parts }) };
}
