import type { FieldType } from "../iterable/field-types.js";
import type { MappingOptions } from "../mapping/options.js";
import { fieldName, knownName } from "../mapping/targets.js";
import type { PlannedStream, StreamPlan } from "../streams.js";

/** A mask of so many bits: more would make five million profiles take more than 250 MB. */
export const MAX_TRACKED_FIELDS = 96;

/** Where the default mapping leads. */
const DEFAULT_TARGETS = ["phoneNumber", "firstName", "lastName"];

/**
 * The fields, as Iterable names them, of which an export has to tell whether a profile has them: those that are only filled
 * in where they are missing, as far as the configuration names them, and those whose values are joined with what is there.
 * A contact that carries another one is looked up by itself.
 */
export function trackedFields(
  plans: Iterable<StreamPlan>,
  fillsAlways: boolean,
  iterableFields: ReadonlyMap<string, FieldType>,
): string[] {
  const fields = new Set<string>();
  for (const plan of plans) {
    if (!isPlanned(plan)) continue;
    for (const target of plan.joins?.keys() ?? []) fields.add(fieldName(target));
    if (!fillsAlways && plan.mode !== "fill_missing") continue;
    for (const field of targetsOf(plan.options, iterableFields)) fields.add(field);
  }
  return [...fields].sort().slice(0, MAX_TRACKED_FIELDS);
}

const isPlanned = (plan: StreamPlan): plan is PlannedStream => "options" in plan;

function targetsOf(options: MappingOptions, iterableFields: ReadonlyMap<string, FieldType>): string[] {
  const { entries, identity, unmappedFields, sourceFields = [] } = options;
  const named = identity ? [] : (entries?.map(({ target }) => target) ?? DEFAULT_TARGETS);
  const takesRest = identity || !entries || unmappedFields === "same_name";
  const rest = takesRest ? sourceFields.flatMap((name) => knownName(name, iterableFields) ?? []) : [];
  return [...named.map(fieldName), ...rest];
}
