import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../../connector/connector.js";
import { createPrevious } from "../accounting/previous.js";
import type { Admitted } from "../accounting/settlement.js";
import type { Config } from "../config.js";
import type { Deliver } from "../delivery/delivered.js";
import { deliverKeepingPrevious } from "../delivery/keep-previous.js";
import { createUndo, type Undo } from "../delivery/undo.js";
import type { FoundExisting } from "../existing/find-existing.js";
import type { FieldType } from "../iterable/field-types.js";

/** What a run changes: kept before it does so, put back by an undo, and left as it is by a rehearsal. */
export interface Reversal {
  readonly undo: Undo;
  /** The same delivery, with what has to happen before and after it. */
  around(deliver: Deliver<Admitted>): Deliver<Admitted>;
  close(): Promise<void>;
}

export function createReversal(options: {
  readonly settings: Pick<Config, "previous_values">;
  readonly existing: Pick<FoundExisting, "held" | "readHeld" | "lookups">;
  readonly types: ReadonlyMap<string, FieldType>;
  /** Nothing is written, and nobody is delivered. */
  readonly isRehearsal: boolean;
  readonly context: Pick<Context, "now" | "signal">;
}): Reversal {
  const { existing, types, isRehearsal } = options;
  const { storage, path: folder } = options.settings.previous_values;
  const { now, signal } = options.context;
  const previous = storage === "file" && !isRehearsal ? createPrevious({ folder, now }) : undefined;
  return {
    undo: createUndo({
      read: existing.readHeld,
      types,
      now,
      sleep: (ms) => sleep(ms, undefined, { signal }),
    }),
    around(deliver) {
      if (isRehearsal) {
        const outcome = { kind: "kept", reason: "dry_run" } as const;
        return async (batch) => batch.map(({ contact }) => ({ contact, outcome, dropped: [] }));
      }
      if (!previous) return deliver;
      return async (batch) => {
        const delivered = await deliverKeepingPrevious(batch, {
          previous,
          held: existing.held,
          types,
          deliver,
        });
        for (const { contact, outcome } of delivered)
          if (outcome.kind === "delivered") existing.lookups.wrote(contact);
        return delivered;
      };
    },
    close: async () => previous?.close(),
  };
}
