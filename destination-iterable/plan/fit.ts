import type { FieldType } from "../iterable/field-types.js";
import type { Kind, SourceType } from "./source-type.js";

/** What becomes of the values of one type in a field of another, before any value is seen. */
export type Fit =
  | { readonly fit: "fits" }
  /** Some or all values are changed, and those that cannot be are left out. */
  | { readonly fit: "coerced"; readonly how: string }
  | { readonly fit: "cannot" };

const FITS: Fit = { fit: "fits" };
const CANNOT: Fit = { fit: "cannot" };
const coerced = (how: string): Fit => ({ fit: "coerced", how });

const AS_TEXT = coerced("written out as text");
const ONE_OR_ZERO = coerced("1 and 0 become true and false, other numbers are left out");
const LOCATIONS = coerced("objects with lat and lon are sent, others are left out");
const SCALAR = { object: CANNOT, nested: CANNOT, geo_location: CANNOT, unknown: FITS } as const;

/** What `coerce` does, by type of the source and type of the field. */
const TABLE: { readonly [kind in Kind]: { readonly [type in FieldType]: Fit } } = {
  string: {
    ...SCALAR,
    string: FITS,
    date: coerced("texts that are ISO dates are sent, others are left out"),
    long: coerced("texts that are whole numbers become numbers, others are left out"),
    double: coerced("texts that are numbers become numbers, others are left out"),
    boolean: coerced("words for yes and no, on, off, 1 and 0 become booleans, others are left out"),
  },
  date: {
    ...SCALAR,
    string: FITS,
    date: coerced("written in the form that Iterable reads"),
    long: CANNOT,
    double: CANNOT,
    boolean: CANNOT,
  },
  integer: { ...SCALAR, string: AS_TEXT, date: CANNOT, long: FITS, double: FITS, boolean: ONE_OR_ZERO },
  number: {
    ...SCALAR,
    string: AS_TEXT,
    date: CANNOT,
    long: coerced("whole numbers are sent, others are left out"),
    double: FITS,
    boolean: ONE_OR_ZERO,
  },
  boolean: { ...SCALAR, string: AS_TEXT, date: CANNOT, long: CANNOT, double: CANNOT, boolean: FITS },
  object: {
    string: CANNOT,
    date: CANNOT,
    long: CANNOT,
    double: CANNOT,
    boolean: CANNOT,
    object: FITS,
    nested: FITS,
    geo_location: LOCATIONS,
    unknown: FITS,
  },
};

/**
 * What becomes of a source's values in a field of this type. All of Iterable's types may be lists, so that a list fits
 * as its elements do. Where values may be of several types, it fits only if all of them do.
 */
export function fitOf({ kinds }: SourceType, type: FieldType): Fit {
  if (type === "unknown") return FITS;
  if (kinds.length === 0) return coerced("each value where it can be: the source's type is not known");
  const fits = kinds.map((kind) => [kind, TABLE[kind][type]] as const);
  if (fits.every(([, { fit }]) => fit === "cannot")) return CANNOT;
  const told = fits.flatMap(([kind, fit]) => (fit.fit === "fits" ? [] : [describe(kind, fit, kinds.length)]));
  return told.length === 0 ? FITS : coerced(told.join("; "));
}

function describe(kind: Kind, fit: Exclude<Fit, { fit: "fits" }>, kinds: number): string {
  const how = fit.fit === "coerced" ? fit.how : "left out";
  return kinds > 1 ? `${kind}: ${how}` : how;
}
