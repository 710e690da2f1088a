import type { StreamPlan } from "../streams.js";

/** The stream with which `meltano config test` tries a loader (Meltano's plugin_test_service.py): nobody in it is a contact. */
export const TRIAL_STREAM = "meltano_test_stream";

/** Writes nothing, whatever the record. */
export const TRIAL: StreamPlan = {
  name: TRIAL_STREAM,
  mapping: {
    map: () => ({ verdict: "keep", reason: "trial" }),
    newTargets: [],
    newTypes: new Map(),
    warnings: [],
  },
  validator: { invalidFields: () => [], unchecked: [], unusedPatterns: [] },
  mode: "keep_existing",
  followUps: undefined,
  keyOf: () => undefined,
  cursorOf: () => undefined,
};
