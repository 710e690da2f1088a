import { namesIn } from "../delivery/compact/packing.js";
import type { Contact } from "../delivery/contact.js";
import type { FieldType } from "../iterable/field-types.js";
import { fieldName } from "../mapping/targets.js";

/** Names of fields that the project cannot have any more, of which so many are remembered. */
const MAX_BEYOND_LIMIT = 10_000;
/** Fields that are learned of in a run, at most: Iterable's projects have no room for as many. */
const MAX_LEARNED = 20_000;

const NONE: readonly string[] = [];

/** What a run knows of Iterable's fields, and learns of them on its way. */
export interface KnownFields {
  isKnown(field: string): boolean;
  /** Whether a contact carries a field that Iterable has not, and might create. */
  bringsNew(contact: Contact<unknown>): boolean;
  /** Takes note that Iterable has a contact's fields now. */
  delivered(contact: Contact<unknown>): void;
  /** Takes note of types that fields turned out to have. */
  correct(types: ReadonlyMap<string, FieldType>): void;
  /** Takes note of fields that the project cannot have any more. */
  refuse(fields: readonly string[]): void;
}

/** `fields` are Iterable's, with their types. They grow, and are corrected. `typeGiven`: of a field that was created. */
export function createKnownFields(
  fields: Map<string, FieldType>,
  typeGiven: (field: string) => FieldType,
): KnownFields {
  /** Sets of names that have none but those of fields that are known; what is known stays so. */
  const knownNames = new WeakSet<ReadonlySet<string>>();
  const beyondLimit = new Set<string>();
  const most = fields.size + MAX_LEARNED;
  const learn = (field: string, type: FieldType): void => {
    if (fields.size < most || fields.has(field)) fields.set(field, type);
  };
  const newIn = (contact: Contact<unknown>): readonly string[] => {
    const names = namesIn(contact);
    if (knownNames.has(names)) return NONE;
    const unknown = [...names].map(fieldName).filter((name) => !fields.has(name));
    if (unknown.length === 0) knownNames.add(names);
    return unknown;
  };
  return {
    isKnown: (field) => fields.has(fieldName(field)),
    bringsNew: (contact) => newIn(contact).some((field) => !beyondLimit.has(field)),
    delivered(contact) {
      for (const field of newIn(contact)) learn(field, typeGiven(field));
    },
    correct(types) {
      for (const [field, type] of types) if (type !== "unknown") learn(field, type);
    },
    refuse(refused) {
      for (const field of refused) {
        if (beyondLimit.size < MAX_BEYOND_LIMIT) beyondLimit.add(fieldName(field));
      }
    },
  };
}
