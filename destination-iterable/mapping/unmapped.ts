import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import { IDENTIFIER_TARGETS } from "../iterable/identifiers.js";
import { nameProblem } from "../iterable/reserved-fields.js";
import { defaultEntries } from "./default-mapping.js";
import { templatePaths } from "./entry.js";
import type { MappingOptions } from "./options.js";
import { compilePath, isSameName, normalized, type Pick } from "./paths.js";
import { bare, fieldName, knownName, lookAlike, oneField, outermost, overlap } from "./targets.js";
import { comparable } from "./text.js";

/** How many names of fields are remembered, with what was decided on them. */
const MEMORY = 10_000;
/** A longer name is decided on each time. */
const LONGEST_REMEMBERED = 500;
/** How many names of new fields are remembered, so that others that look like them are told from them. */
const MOST_FRESH = 20_000;

/** The source's primary key says what the identifier says; it is sent only where Iterable has a field for it. */
const CONTACT_KEY = "contact_key";

/** Where a field goes that no entry maps. */
export interface Place {
  readonly target: string;
  /** The target as Iterable names it. */
  readonly field: string;
  /** Why its values are left out, because of its name; undefined where they are sent. */
  readonly refusal: NameRefusal | undefined;
}

/** A field that would be created beside one that people cannot tell from it, or under a name that it must not have. */
export type NameRefusal = "looks_like" | "unusable_name";

/** What was decided on a name. `readers` may read it, in records that have none of the name that they look for. */
interface Decision {
  readonly place: Place | undefined;
  readonly readers: readonly Pick[];
}
const CLOSED: Decision = { place: undefined, readers: [] };

/** Where a field of a record goes that no rule maps; undefined where it stays. */
export type PlaceOf = (name: string, record: JsonObject) => Place | undefined;

/**
 * Compiles which fields go under their own names: those that nothing else reads, as far as the configuration wants
 * them, and never the identifier. A label with a dot is one field, unless it is the name of a field inside an object
 * that Iterable has. `targets` are taken.
 */
export function compileUnmapped(options: MappingOptions, targets: ReadonlySet<string>): PlaceOf {
  const { entries, identity, iterableFields, sourceFields } = options;
  if (entries && !identity && options.unmappedFields === "drop") return () => undefined;
  const everything = identity || options.unmappedFields === "same_name";
  const identifier = IDENTIFIER_TARGETS[options.identifier];
  const identifierIsMapped = entries?.some(({ target }) => target === identifier) ?? false;
  const identifiers = options.identifier === "email" ? ["email"] : ["userid", "user_id"];
  const paths = identity ? [] : entries ? entries.flatMap(sourcesOf) : defaultPaths(sourceFields);
  const readers = paths.map((path) => ({ path, pick: compilePath(path) }));
  const participating = sourceFields && new Set(sourceFields);
  const taken = [...targets];
  const objects = new Set([...iterableFields.keys()].filter((name) => name.includes(".")).map(outermost));
  const decisions = new Map<string, Decision>();
  /** Names of fields that would be new, by what people tell them apart by. */
  const fresh = new Map<string, string>();

  const refusalOf = (target: string): NameRefusal | undefined => {
    const name = fieldName(target);
    if (iterableFields.has(name) || !everything) return undefined;
    if (nameProblem(target) !== undefined) return "unusable_name";
    const first = fresh.get(bare(name));
    if (lookAlike(target, iterableFields) !== undefined || (first !== undefined && first !== name))
      return "looks_like";
    if (fresh.size < MOST_FRESH && name.length <= LONGEST_REMEMBERED) fresh.set(bare(name), name);
    return undefined;
  };

  const decide = (name: string): Decision => {
    if (participating && !participating.has(name)) return CLOSED;
    if (name === identifier || name === "userId") return CLOSED;
    if (!identifierIsMapped && identifiers.includes(normalized(name))) return CLOSED;
    const target = targetOf(name, options);
    if (taken.some((other) => overlap(target, other))) return CLOSED;
    if (nameProblem(target, true) !== undefined) return CLOSED;
    if (readers.some(({ path }) => path.replaceAll("\\.", ".") === name)) return CLOSED;
    return {
      place: { target, field: fieldName(target), refusal: refusalOf(target) },
      readers: readers.filter(({ path }) => isSameName(path, name)).map(({ pick }) => pick),
    };
  };

  return (name, record) => {
    let decision = decisions.get(name);
    if (!decision) {
      decision = decide(name);
      if (decisions.size >= MEMORY) decisions.clear();
      if (name.length <= LONGEST_REMEMBERED) decisions.set(name, decision);
    }
    const { place } = decision;
    if (!place) return undefined;
    if (decision.readers.some((pick) => pick(record)?.field === name)) return undefined;
    if (everything && (identity || name !== CONTACT_KEY)) return place;
    if (iterableFields.has(place.field)) return place;
    return objects.has(name) && isJsonObject(record[name]) && name !== CONTACT_KEY ? place : undefined;
  };
}

/** The target of a field's own name: the field that Iterable has, else a new one, without what nobody sees at its ends. */
export function targetOf(name: string, { iterableFields, identity }: MappingOptions): string {
  const known = knownName(name, iterableFields);
  if (known !== undefined)
    return known.includes(".") && !isNested(known, iterableFields) ? oneField(known) : known;
  if (identity && name.includes(".") && isNested(name, iterableFields)) return name;
  return oneField(identity ? name.normalize("NFC") : comparable(name));
}

const isNested = (name: string, fields: MappingOptions["iterableFields"]) => fields.has(outermost(name));

/** What the default mapping reads: a field of a target's own name comes before what it makes. */
const defaultPaths = (sourceFields: readonly string[] | undefined) =>
  defaultEntries(sourceFields).flatMap(({ source, target }) => [source, target]);

/** The paths that an entry reads. */
export function sourcesOf({
  source,
  sources,
  template,
}: NonNullable<MappingOptions["entries"]>[number]): string[] {
  return [
    ...(source === undefined ? [] : [source]),
    ...(sources ?? []),
    ...(template === undefined ? [] : templatePaths(template)),
  ];
}
