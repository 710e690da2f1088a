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

export function isFieldType(value: unknown): value is FieldType {
  return (FIELD_TYPES as readonly unknown[]).includes(value);
}
