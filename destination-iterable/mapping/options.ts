import type { Consent, MappingEntry, SkipCondition } from "../config.js";
import type { FieldType } from "../iterable/field-types.js";
import type { Means } from "./transforms.js";

export interface MappingOptions extends Means {
  readonly stream: string;
  readonly identifier: "email" | "user_id";
  /** Undefined: the default mapping. */
  readonly entries: readonly MappingEntry[] | undefined;
  /** Fields arrive under their names in Iterable. */
  readonly identity: boolean;
  readonly unmappedFields: "drop" | "same_name";
  /** The fields that take part; undefined: all that a record has. */
  readonly sourceFields: readonly string[] | undefined;
  /** Whether records may have fields that are not among these. */
  readonly isOpen?: boolean;
  /** Iterable's fields and their types as they are at the moment: looked at anew for every record. */
  readonly iterableFields: ReadonlyMap<string, FieldType>;
  /** The types that fields which Iterable does not have are to get, where that is known; empty where none is created. */
  readonly newTypes: ReadonlyMap<string, FieldType>;
  readonly onInvalidValue: "drop_field" | "reject_contact";
  /** How records end that say they were deleted. */
  readonly deletions?: "keep" | "reject" | undefined;
  readonly skipIf?: SkipCondition | undefined;
  readonly consent?: Consent | undefined;
}
