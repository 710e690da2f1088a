import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import type { KeptReason } from "../accounting/reasons.js";
import type { OverwriteMode } from "../config.js";
import { fieldName } from "../mapping/targets.js";
import { isEmpty } from "../mapping/text.js";

/**
 * How contacts are written. `update` comes from the catalog: contacts that exist are updated, none are created.
 * `restore` comes from a run's previous values: see `createUndo`, which decides.
 */
export type WriteMode = OverwriteMode | "update" | "restore";

/** A profile as it was before this run wrote to it. */
export interface Profile {
  readonly exists: boolean;
  /** Fields that have a value that somebody would see, those inside objects under dotted names too. */
  readonly fields: ReadonlySet<string>;
}

/** Whether a mode has to know what Iterable holds before it writes. */
export function needsLookup(mode: WriteMode): boolean {
  return mode !== "overwrite";
}

/** What to write of a contact whose profile was found as it is, or why nothing. */
export type Decision =
  | { readonly write: Readonly<Record<string, unknown>> }
  | { readonly keep: Extract<KeptReason, "exists" | "absent" | "unchanged" | "changed_since"> };

/** Decides by the mode. `fields` are the contact's values by target field. */
export function decide(
  mode: WriteMode,
  fields: Readonly<Record<string, unknown>>,
  profile: Profile,
): Decision {
  switch (mode) {
    case "overwrite":
    case "restore":
      return { write: fields };
    case "keep_existing":
      return profile.exists ? { keep: "exists" } : { write: fields };
    case "update":
      return profile.exists ? { write: fields } : { keep: "absent" };
    case "fill_missing": {
      if (!profile.exists) return { write: fields };
      const missing = Object.entries(fields).filter(
        ([field, value]) => value !== null && !profile.fields.has(fieldName(field)),
      );
      return missing.length === 0 ? { keep: "exists" } : { write: Object.fromEntries(missing) };
    }
  }
}

/** What is remembered of a profile with these fields; undefined: there is none. */
export function profileOf(dataFields: JsonObject | undefined): Profile {
  return { exists: dataFields !== undefined, fields: new Set(presentFields(dataFields ?? {})) };
}

/** The names of all fields that have a value, those inside objects under dotted names too. */
function presentFields(dataFields: JsonObject, prefix = ""): string[] {
  return Object.entries(dataFields).flatMap(([name, value]) => {
    if (isEmpty(value)) return [];
    const field = `${prefix}${name}`;
    return isJsonObject(value) ? [field, ...presentFields(value, `${field}.`)] : [field];
  });
}
