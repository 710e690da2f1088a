/** The types that fields of Iterable profiles have ("Project field types", help center; users/getFields). */
const FIELD_TYPES = [
  "string",
  "date",
  "long",
  "double",
  "boolean",
  "object",
  "geo_location",
  "nested",
  "unknown",
] as const;

export type FieldType = (typeof FIELD_TYPES)[number];

/** A type by its name, in any case: the help center writes "Boolean", and users/getFields lower case. */
export function fieldTypeOf(name: unknown): FieldType {
  const wanted = typeof name === "string" ? name.toLowerCase() : "";
  return FIELD_TYPES.find((type) => type === wanted) ?? "unknown";
}
