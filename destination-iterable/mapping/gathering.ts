import { createLayout } from "../../protocol/layout.js";
import type { JsonObject } from "../../protocol/message.js";
import type { LostReason } from "../accounting/reasons.js";
import { identifyByEmail } from "../iterable/identifiers.js";
import { coerce, founds, MAX_CHARACTERS } from "./coercion.js";
import type { MappingOptions } from "./options.js";
import { isPhoneNumber } from "./phone.js";
import { fieldName } from "./targets.js";
import { isEmpty, trimmed } from "./text.js";

/** A value that is not sent, by the field in Iterable that it was for. */
export interface DroppedField {
  readonly field: string;
  readonly reason: LostReason;
}

/**
 * Gathers what is sent of one record at a time, each value as the type of its field asks for it. What it gathers in is
 * kept: functions and lists of its own for each of a million records would make mapping take half as long again.
 */
export interface Gathering {
  /** Begins another record. */
  begin(): void;
  /** `isUnsound`: the value contradicts the stream's schema. */
  put(target: string, field: string, value: unknown, isUnsound: boolean): void;
  /** Has the field removed from the profile. */
  clear(target: string): void;
  drop(field: string, reason: LostReason): void;
  has(target: string): boolean;
  dropped(): readonly DroppedField[];
  /** By target. `isInParts`: a target leads into an object; what the record sends whole wins over its parts. */
  fields(isInParts: boolean): Record<string, unknown>;
}

const NONE: readonly DroppedField[] = [];

export function createGathering(options: MappingOptions): Gathering {
  const { iterableFields, newTypes } = options;
  const layout = createLayout();
  const createsFields = newTypes.size > 0;
  let dropped: readonly DroppedField[] = NONE;
  const drop = (field: string, reason: LostReason): void => {
    dropped = [...dropped, { field, reason }];
  };
  const fitToField = createFitter(options, drop);
  const mayCreate = (field: string, value: unknown): boolean => {
    const newType = iterableFields.has(field) ? undefined : newTypes.get(field);
    return newType === undefined || founds(value, newType);
  };

  return {
    begin() {
      layout.clear();
      dropped = NONE;
    },
    put(target, field, value, isUnsound) {
      if (isUnsound && !iterableFields.has(field)) return drop(field, "schema");
      const fitted = fitToField(value, field);
      if (fitted === undefined) return;
      if (createsFields && !mayCreate(field, fitted)) return drop(field, "type_not_decided");
      if (target === "phoneNumber" && !isPhoneNumber(fitted)) return drop(field, "not_e164");
      // An impossible email among the fields would cost the whole contact (API reference: failedUpdates).
      const email = target === "email" ? identifyByEmail(fitted) : undefined;
      if (email?.ok === false) return drop(field, "invalid_email");
      layout.add(target, email ? email.identifier : fitted);
    },
    clear: (target) => layout.add(target, null),
    drop,
    has: layout.has,
    dropped: () => dropped,
    fields(isInParts) {
      const fields = layout.build();
      if (!isInParts) return fields;
      for (const target of Object.keys(fields)) {
        const field = fieldName(target);
        const dot = field.indexOf(".");
        if (dot === -1 || !Object.hasOwn(fields, field.slice(0, dot))) continue;
        drop(field, "beside_whole");
        delete fields[target];
      }
      return fields;
    },
  };
}

/**
 * Makes values fit the types that Iterable's fields have: their own, and those of the fields inside an object. Types are
 * looked at anew for every value. What does not fit is told to `drop` with its field; the result is undefined where
 * nothing is left.
 */
function createFitter(
  { iterableFields: types, newTypes, zone }: Pick<MappingOptions, "iterableFields" | "newTypes" | "zone">,
  drop: (field: string, reason: LostReason) => void,
): (value: unknown, field: string) => unknown {
  const fitted = (value: unknown, field: string): unknown => {
    const type = types.get(field) ?? newTypes.get(field) ?? "unknown";
    if (typeof value === "string" && type === "string" && value.length <= MAX_CHARACTERS)
      return trimmed(value);
    const coerced = coerce(value, type, zone);
    if (!coerced.ok) {
      drop(field, coerced.reason);
      return undefined;
    }
    return type === "geo_location" ? coerced.value : fitInside(coerced.value, field);
  };

  /** The same for what is inside a value whose own type is right. No null is left in it: it might erase a field. */
  const fitInside = (value: unknown, field: string): unknown => {
    if (typeof value !== "object") return value;
    if (Array.isArray(value)) {
      if (!value.some((item) => typeof item === "object")) return value;
      const items = value.map((item) => fitInside(item, field)).filter((item) => item !== undefined);
      return items.length > 0 ? items : undefined;
    }
    if (value === null) return undefined;
    const inner: JsonObject = {};
    for (const [name, member] of Object.entries(value)) {
      if (isEmpty(member) || name === "__proto__") continue;
      const left = fitted(member, `${field}.${name}`);
      if (left !== undefined) inner[name] = left;
    }
    return Object.keys(inner).length > 0 ? inner : undefined;
  };
  return fitted;
}
