import { isObject, type Json } from "../json.js";

export type FieldType = "string" | "date" | "long" | "double" | "boolean" | "object" | "geo_location";

/** The forms of dates that Iterable reads ("Project field types", help center). No other is one, an ISO time without ms included. */
const DATE = /^\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d( [+-]\d\d:\d\d)?|T\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d))?$/;

/** The type that a field gets from the first value that is sent for it; undefined for null, which creates nothing. */
export function typeOfFirst(name: string, value: unknown): FieldType | undefined {
  if (Array.isArray(value)) return value.length === 0 ? undefined : typeOfFirst(name, value[0]);
  switch (typeof value) {
    case "string":
      return isDate(value) ? "date" : "string";
    case "number":
      return Number.isInteger(value) ? "long" : "double";
    case "boolean":
      return "boolean";
    default:
      if (!isObject(value)) return undefined;
      return name.endsWith("_geo_location") ? "geo_location" : "object";
  }
}

/** Whether a value is taken for a field of this type. A whole number is a double; nothing else is converted here. */
export function isOfType(value: unknown, type: FieldType): boolean {
  if (value === null) return true;
  if (Array.isArray(value)) return value.every((item) => isOfType(item, type));
  switch (type) {
    case "string":
      return typeof value === "string";
    case "date":
      return typeof value === "string" && isDate(value);
    case "long":
      return Number.isInteger(value);
    case "double":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    case "object":
      return isObject(value);
    case "geo_location":
      return isObject(value) && typeof value.lat === "number" && typeof value.lon === "number";
  }
}

/** Whether a text is a date to Iterable: one of its forms, and a day and a time that exist. */
export function isDate(text: string): boolean {
  return DATE.test(text) && !Number.isNaN(readDate(text)) && isCalendarDay(text.slice(0, 10));
}

/** In ms since 1970; without a zone, UTC counts. */
export function readDate(text: string): number {
  const [day, time = "00:00:00", zone = ""] = text.replace("T", " ").split(" ");
  return Date.parse(`${day}T${time}${zone}${zone === "" && !/Z|[+-]\d\d:\d\d$/.test(time) ? "Z" : ""}`);
}

/** As Iterable writes times (recorded). */
export function writeDate(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} +00:00`;
}

function isCalendarDay(day: string): boolean {
  const read = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(read.getTime()) && read.toISOString().slice(0, 10) === day;
}

/** What Iterable calls the types of a value that does not fit. */
export function incomingTypes(value: unknown): string[] {
  if (typeof value === "string") return isDate(value) ? ["date"] : ["string", "keyword"];
  const type = typeOfFirst("", value);
  return type ? [type] : ["unknown"];
}

/** Every value with its dotted name, objects themselves included. */
export function* flatten(values: Json, prefix = ""): Generator<[name: string, value: unknown]> {
  for (const [name, value] of Object.entries(values)) {
    yield [`${prefix}${name}`, value];
    if (isObject(value) && !name.endsWith("_geo_location")) yield* flatten(value, `${prefix}${name}.`);
  }
}
