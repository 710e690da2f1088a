import type { Analytics } from "../../connector/reporting/analytics.js";
import type { Log } from "../../connector/reporting/log.js";

/** Fields that are named at most; any number of them may come back in an answer. */
const MOST_FIELDS = 1000;
const MOST_CHARACTERS = 200;

/** Fields that Iterable has created in a run, and those that it left out because the project does not have them. */
export interface FieldChanges {
  add(created: readonly string[], leftOut: readonly string[]): void;
  /** Tells them, for people and as data. */
  tell(log: Log, analytics: Analytics): void;
}

export function createFieldChanges(): FieldChanges {
  const created = new Set<string>();
  const leftOut = new Set<string>();
  const note = (names: Set<string>, fields: readonly string[]) => {
    for (const field of fields) {
      if (names.size >= MOST_FIELDS) return;
      names.add(field.slice(0, MOST_CHARACTERS));
    }
  };
  return {
    add(newlyCreated, newlyLeftOut) {
      note(created, newlyCreated);
      note(leftOut, newlyLeftOut);
    },
    tell(log, analytics) {
      if (created.size > 0) {
        analytics("fields_created", { fields: [...created] });
        log.warn(
          `Iterable created fields: ${listed(created)}; their names and types can never be changed, so check them now under Settings → Data Schema Management`,
        );
      }
      if (leftOut.size > 0) {
        analytics("fields_left_out", { fields: [...leftOut] });
        log.warn(
          `Iterable left out fields that the project does not have: ${listed(leftOut)}; create them in Iterable, or set create_new_fields`,
        );
      }
    },
  };
}

function listed(names: ReadonlySet<string>): string {
  return `${[...names].join(", ")}${names.size === MOST_FIELDS ? " and more" : ""}`;
}
