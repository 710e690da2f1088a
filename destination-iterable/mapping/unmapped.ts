import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import { IDENTIFIER_TARGETS } from "../iterable/identifiers.js";
import { nameProblem } from "../iterable/reserved-fields.js";
import { defaultEntries } from "./default-mapping.js";
import { templatePaths } from "./entry.js";
import type { MappingOptions } from "./options.js";
import { compilePath, isSameName, normalized, type Pick } from "./paths.js";

/** How many names of fields are remembered, with what was decided on them. */
const MEMORY = 10_000;

/** The source's primary key says what the identifier says; it is sent only where Iterable has a field for it. */
const CONTACT_KEY = "contact_key";

/** What was decided on a name. `readers` may read it, in records that have none of the name that they look for. */
interface Decision {
  readonly isOpen: boolean;
  readonly readers: readonly Pick[];
}
const CLOSED: Decision = { isOpen: false, readers: [] };

/** The object that a target is in. */
export const outermost = (target: string) => target.split(".", 1)[0] as string;

/**
 * Compiles which fields go under their own names: those that nothing else reads, as far as the configuration wants
 * them, and never the identifier. `targets` are taken.
 */
export function compileUnmapped(
  options: MappingOptions,
  targets: ReadonlySet<string>,
): (name: string, record: JsonObject) => string | undefined {
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

  const decide = (name: string): Decision => {
    if (participating && !participating.has(name)) return CLOSED;
    if (name === identifier || name === "userId") return CLOSED;
    if (!identifierIsMapped && identifiers.includes(normalized(name))) return CLOSED;
    if (taken.some((target) => isOneWithin(name, target)) || nameProblem(name) !== undefined) return CLOSED;
    if (readers.some(({ path }) => path.replaceAll("\\.", ".") === name)) return CLOSED;
    return {
      isOpen: true,
      readers: readers.filter(({ path }) => isSameName(path, name)).map(({ pick }) => pick),
    };
  };

  return (name, record) => {
    let decision = decisions.get(name);
    if (!decision) {
      decision = decide(name);
      if (decisions.size >= MEMORY) decisions.clear();
      decisions.set(name, decision);
    }
    if (!decision.isOpen) return undefined;
    if (decision.readers.some((pick) => pick(record)?.field === name)) return undefined;
    if (everything && (identity || name !== CONTACT_KEY)) return name;
    if (iterableFields.has(name)) return name;
    return objects.has(name) && isJsonObject(record[name]) && name !== CONTACT_KEY ? name : undefined;
  };
}

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

/** Whether two targets are the same, or one is a part of the other. */
function isOneWithin(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}
