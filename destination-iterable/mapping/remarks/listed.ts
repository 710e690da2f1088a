import { nearest } from "../../../connector/nearest.js";
import type { MappingOptions } from "../options.js";
import { normalized, splitPath } from "../paths.js";
import { sourcesOf } from "../unmapped.js";

/** What works and may still not be meant. */
export interface Remark {
  readonly text: string;
  /** The number of the entry that it is about; undefined for what is about none. */
  readonly entry?: number;
}

/** How many of a stream's fields an explanation names. */
const MOST_NAMED = 10;

/** Why a path cannot be read. Where the schema is open, a record may have what the schema does not list. */
export function sourceProblem(path: string, options: MappingOptions): string | undefined {
  if (!options.sourceFields?.includes(path) && splitPath(path).some((name) => name === "")) {
    return `the path "${path}" has an empty name; write a dot within a name as \\.`;
  }
  const missing = options.isOpen ? undefined : notListed(path, options);
  return missing && `the stream has no field "${missing.field}"; ${missing.instead}`;
}

/** Fields that the mapping reads, and that an open schema does not list. */
export function unlistedSources(options: MappingOptions): Remark[] {
  const entries = options.identity ? [] : (options.entries ?? []);
  const about = (place: string, path: string | undefined): Remark[] => {
    const text = path === undefined ? undefined : sourceRemark(path, options);
    return text === undefined ? [] : [{ text: `${place}: ${text}` }];
  };
  return [
    ...entries.flatMap((entry, index) =>
      sourcesOf(entry).flatMap((path) => {
        const found = about(`field_mapping[${index}] (target "${entry.target}")`, path);
        return found.map((remark) => ({ ...remark, entry: index }));
      }),
    ),
    ...about("skip_if.field", options.skipIf?.field),
    ...about("consent.field", options.consent?.field),
  ];
}

/** What is to be said of a path that an open schema does not list; undefined where there is nothing. */
export function sourceRemark(path: string, options: MappingOptions): string | undefined {
  const missing = options.isOpen ? notListed(path, options) : undefined;
  return (
    missing &&
    `the stream's schema does not list "${missing.field}", and its records may have it all the same; ${missing.instead}`
  );
}

function notListed(
  path: string,
  { sourceFields }: MappingOptions,
): { readonly field: string; readonly instead: string } | undefined {
  if (!sourceFields) return undefined;
  const [first = ""] = splitPath(path);
  const names = new Set(sourceFields.flatMap((field) => [field, normalized(field)]));
  if ([path, first, normalized(path), normalized(first)].some((name) => names.has(name))) return undefined;
  const meant = nearest(first, sourceFields);
  const all = sourceFields.slice(0, MOST_NAMED).join(", ");
  const more = sourceFields.length > MOST_NAMED ? ", …" : "";
  return { field: first, instead: meant ? `did you mean "${meant}"?` : `it has ${all}${more}` };
}
