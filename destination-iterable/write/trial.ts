import { keepingAll } from "../mapping/mapping.js";
import type { StreamPlan } from "../streams.js";

/** The stream with which `meltano config test` tries a loader (Meltano's plugin_test_service.py): nobody in it is a contact. */
export const TRIAL_STREAM = "meltano_test_stream";

/** Writes nothing, whatever the record. */
export const TRIAL: StreamPlan = {
  name: TRIAL_STREAM,
  mapping: keepingAll("trial"),
  validator: { invalidFields: () => [], unchecked: [], unusedPatterns: [] },
  mode: "keep_existing",
  followUps: undefined,
  keyOf: () => undefined,
  cursorOf: () => undefined,
};
