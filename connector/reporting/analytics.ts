import type { JsonObject } from "../../protocol/message.js";

/**
 * Tells something as data, for programs that watch a run: a line of the log is for people, and its wording may change.
 * `type` is a name in snake_case; `value` holds no secret and nothing of a contact but its hash. In Airbyte's dialect it
 * is a TRACE of type ANALYTICS whose value is this JSON as text; in Singer's, a METRIC line for each number in it.
 */
export type Analytics = (type: string, value: JsonObject) => void;
