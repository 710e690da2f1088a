import type { JsonObject } from "../../protocol/message.js";
import type { MappingEntry } from "../config.js";
import { IDENTIFIER_TARGETS } from "../iterable/identifiers.js";
import { type DefaultEntry, defaultEntries, ownFields } from "./default-mapping.js";
import { compileEntry, type Picked } from "./entry.js";
import type { MappingOptions } from "./options.js";
import { compilePath } from "./paths.js";
import type { Carried } from "./remarks/carried.js";
import { fieldName } from "./targets.js";
import { isEmpty } from "./text.js";
import type { Means } from "./transforms.js";

/** What one rule adds to a contact. */
export interface Rule {
  readonly target: string;
  /** The target as Iterable names it. */
  readonly field: string;
  readonly required: boolean;
  readonly typed: boolean;
  pick(record: JsonObject): Picked;
}

/** The rules of a mapping, in their order; the identifier's is none of them. */
export function rulesOf(options: MappingOptions, carried: Carried): readonly Rule[] {
  const { entries, identity, identifier, sourceFields } = options;
  if (identity) return [];
  if (!entries) return defaultEntries(sourceFields).map((entry) => defaultRule(entry, sourceFields));
  return entries
    .filter(({ target }) => target !== IDENTIFIER_TARGETS[identifier])
    .map((entry) => entryRule(entry, options, carried));
}

function entryRule(entry: MappingEntry, means: Means, carried: Carried): Rule {
  const pick = compileEntry(entry, means, carried.compile);
  const { target } = entry;
  return {
    target,
    field: fieldName(target),
    required: entry.required,
    typed: entry.type !== undefined,
    pick,
  };
}

function defaultRule(
  { source, target, read }: DefaultEntry,
  sourceFields: readonly string[] | undefined,
): Rule {
  const pick = compilePath(source);
  // Looked for among the stream's fields once, and not among each record's: most have no field of that name.
  const ownNames = ownFields(target, sourceFields);
  return {
    target,
    field: target,
    required: false,
    typed: true,
    pick(record) {
      for (const own of ownNames) {
        if (Object.hasOwn(record, own) && !isEmpty(record[own]))
          return { kind: "value", value: record[own], field: own };
      }
      const value = pick(record)?.value;
      if (isEmpty(value)) return { kind: "nothing" };
      if (typeof value !== "string") return { kind: "misfit", reason: "not_text" };
      const text = read(value);
      if (text === undefined) return { kind: "misfit", reason: "not_e164" };
      return text === "" ? { kind: "nothing" } : { kind: "value", value: text, field: undefined };
    },
  };
}
