import type { DestinationCatalog } from "../../connector/connector.js";
import { ProtocolError } from "../../connector/errors.js";
import type { Log } from "../../connector/reporting/log.js";
import type { Line } from "../../protocol/lines.js";
import { isJsonObject, type RecordMessage, type SchemaMessage } from "../../protocol/message.js";
import { patternsFor } from "../../protocol/schema/patterns.js";
import { declaredStream } from "../../protocol/singer.js";
import { type LostReason, mayBeTheMapping } from "../accounting/reasons.js";
import type { Admitted, Settlement } from "../accounting/settlement.js";
import type { Tally } from "../accounting/tally.js";
import type { Config, OverwriteMode } from "../config.js";
import type { Contact } from "../delivery/contact.js";
import type { FollowUp } from "../delivery/follow-ups/follow-up.js";
import type { Undo } from "../delivery/undo.js";
import type { FieldType } from "../iterable/field-types.js";
import { planStreams, type StreamPlan } from "../streams.js";
import { TRIAL, TRIAL_STREAM } from "./trial.js";
import { takeUndo } from "./undo-admission.js";

/** Turns records into contacts, by what is known of their streams. */
export interface Admission {
  /**
   * Takes a stream's declaration, which holds for the records behind it. Throws ConfigError where it cannot work.
   * Resolves when records may follow; undefined where they may at once.
   */
  declare(message: SchemaMessage): Promise<void> | undefined;
  /**
   * The contact to send; undefined where the record has ended here, rejected or kept.
   * Throws ProtocolError for a stream that nobody has declared.
   */
  take(message: RecordMessage, line: Line): Contact<Admitted> | undefined;
}

export function createAdmission(options: {
  readonly settings: Config;
  readonly catalog: DestinationCatalog;
  /** By stream key. Declared streams are added. */
  readonly plans: Map<string, StreamPlan>;
  readonly fields: ReadonlyMap<string, FieldType>;
  readonly settlement: Settlement;
  readonly undo: Undo;
  readonly tally: Tally;
  /** How records out of a rejects file are written. */
  readonly replay: OverwriteMode;
  /** Takes a record whose profile is not to be written again. */
  readonly onlyEvents: (record: Admitted) => void;
  /** Throws ConfigError where the key may not write contacts. */
  readonly proveKey: () => Promise<void>;
  readonly log: Log;
}): Admission {
  const { settings, catalog, plans, settlement, tally } = options;
  const keepsText = settings.rejected_records.storage !== "none";

  return {
    declare(message) {
      if (message.stream === TRIAL_STREAM) {
        plans.set(message.stream, TRIAL);
        return options.proveKey();
      }
      if (!catalog.declared && plans.has(message.stream)) return undefined;
      const entry = catalog.streams.find(({ name }) => name === message.stream)?.entry;
      const stream = declaredStream(message, entry);
      return patternsFor([stream.jsonSchema]).then((patterns) => {
        const declared = planStreams(settings, [stream], options.fields, options.log, patterns, true);
        for (const [key, plan] of declared) {
          const earlier = plans.get(key);
          if (earlier) plan.mapping.carried.goOnFrom(earlier.mapping.carried);
          plans.set(key, plan);
        }
      });
    },

    take(message, line) {
      if (message.undo !== undefined)
        return takeUndo(message.undo, message.stream, line, { ...options, identifier: settings.identifier });
      const plan = plans.get(message.stream);
      if (!plan) throw unknownStream(message.stream, line, plans, catalog.declared);
      const { stream } = message;
      const text = keepsText ? line.text : undefined;
      const admit = (key?: string, isJudged = true, followUps?: readonly FollowUp[]) =>
        settlement.admit(
          { stream, line: line.number, text, chars: line.text.length, key },
          isJudged,
          followUps,
        );
      const reject = (
        stage: "validation" | "mapping",
        reason: LostReason,
        field?: string,
        key?: string,
      ): undefined => {
        settlement.settle(admit(key, mayBeTheMapping(reason)), { kind: "rejected", stage, field, reason });
      };
      if (!isJsonObject(message.data)) return reject("validation", "not_a_record");
      const mapped = plan.mapping.map(message.data, plan.validator.invalidFields(message.data));
      switch (mapped.verdict) {
        case "reject":
          return reject("mapping", mapped.reason, mapped.field, mapped.key ?? plan.keyOf(message.data));
        case "keep":
          settlement.settle(admit(undefined, !plan.passedOver), { kind: "kept", reason: mapped.reason });
          return undefined;
        case "send": {
          for (const { field, reason } of mapped.dropped) tally.dropped(message.stream, field, reason);
          const { key, identifier, fields } = mapped;
          const cursor = plan.cursorOf(message.data);
          const followUps = plan.followUps?.of(
            message.data,
            { key, identifier, cursor },
            ({ field, reason }) => tally.dropped(message.stream, field, reason),
          );
          const record = admit(key, true, followUps);
          // Its profile was written when it was turned away.
          if (message.rejectedAt === "event") return void options.onlyEvents(record);
          const mode = message.replayed ? options.replay : plan.mode;
          const { joins } = plan;
          return { key, identifier, mode, joins, fields, layers: [{ cursor, fields }], records: [record] };
        }
      }
    },
  };
}

function unknownStream(
  stream: string,
  line: Line,
  plans: ReadonlyMap<string, StreamPlan>,
  declared: boolean,
) {
  const known = [...plans.keys()].join(", ") || "none yet";
  const where = declared ? "has not been declared by a SCHEMA message" : "is not in the catalog";
  return new ProtocolError(`line ${line.number}: the stream "${stream}" ${where}; known streams: ${known}`);
}
