import type { FaultAction } from "../../simulators/http/faults.js";
import { PATHS } from "./scenario.js";

const RATE_LIMITED = { msg: "Exceeded rate limit.", code: "RateLimitExceeded" };
const GENERIC = { msg: "An error occurred. Please try again later.", code: "GenericError", params: null };

/** Everything that goes wrong for a while and then not any more. */
export const KINDS: Readonly<Record<string, FaultAction>> = {
  "429 that says when": { kind: "status", status: 429, body: RATE_LIMITED, headers: { "retry-after": "1" } },
  "429 that does not say when": { kind: "status", status: 429, body: RATE_LIMITED },
  "500 with a code": { kind: "status", status: 500, body: GENERIC },
  "502 from a gateway": { kind: "html", status: 502 },
  "503 from a gateway": { kind: "html", status: 503 },
  "504 from a gateway": { kind: "html", status: 504 },
  "a cut connection": { kind: "reset" },
  "no answer": { kind: "hang" },
  "a slow answer": { kind: "slow", ms: 500 },
  "half an answer": { kind: "truncated" },
  "somebody else's page": { kind: "not_json" },
  "an answer that is lost after the write": { kind: "lost_answer" },
};

export const PLACES = Object.keys(PATHS) as (keyof typeof PATHS)[];

/** At the first request, in the middle, or at several in a row. */
export const MOMENTS = [
  { name: "at once", from: 1, times: 1 },
  { name: "in the middle", from: 3, times: 1 },
  { name: "three times in a row", from: 2, times: 3 },
] as const;
