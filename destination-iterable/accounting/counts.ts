/** Something that was counted, with the field that it was about; null where it was about none. */
export interface Counted<Reason extends string> {
  readonly field: string | null;
  readonly reason: Reason;
  readonly count: number;
}

/** Counts by field and reason. */
export interface Counts<Reason extends string> {
  add(field: string | null, reason: Reason): void;
  /** The most frequent first. */
  list(): Counted<Reason>[];
}

/** Fields that are counted by name at most: forms and hostile records may name any number of them. */
const MOST_FIELDS = 1000;
const MOST_CHARACTERS = 200;
/** Whatever is counted beyond, under one name. */
const OTHER_FIELDS = "(other fields)";

export function createCounts<Reason extends string>(): Counts<Reason> {
  const counts = new Map<Reason, Map<string | null, number>>();
  let named = 0;
  return {
    add(field, reason) {
      let fields = counts.get(reason);
      if (!fields) {
        fields = new Map();
        counts.set(reason, fields);
      }
      const name =
        field !== null && field.length > MOST_CHARACTERS ? `${field.slice(0, MOST_CHARACTERS)}…` : field;
      const count = fields.get(name);
      if (count !== undefined) fields.set(name, count + 1);
      else if (named < MOST_FIELDS || name === null) {
        named += 1;
        fields.set(name, 1);
      } else fields.set(OTHER_FIELDS, (fields.get(OTHER_FIELDS) ?? 0) + 1);
    },
    list: () =>
      [...counts]
        .flatMap(([reason, fields]) => [...fields].map(([field, count]) => ({ field, reason, count })))
        .sort((a, b) => b.count - a.count || nameOf(a).localeCompare(nameOf(b))),
  };
}

/** For people. */
export function nameOf({ field, reason }: Pick<Counted<string>, "field" | "reason">): string {
  return field === null ? reason : `${field} ${reason}`;
}
