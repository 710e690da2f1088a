import { z } from "zod";
import type { Answer } from "./exchange.js";

/** How a 429 says when to come back. */
export const waitSwitches = {
  retryAfter: z
    .enum(["seconds", "date", "none"])
    .default("seconds")
    .describe("whether a 429 says when to come back, and how"),
  retryAfterSeconds: z
    .number()
    .nullable()
    .default(null)
    .describe("what a 429 says instead of the truth: hours, months"),
};

/** The header of a 429 after which there is room again in `seconds`. */
export function waitHeaders(
  seconds: number,
  switches: {
    readonly retryAfter: "seconds" | "date" | "none";
    readonly retryAfterSeconds: number | null;
  },
  now: number,
): Pick<Answer, "headers"> {
  const said = switches.retryAfterSeconds ?? seconds;
  switch (switches.retryAfter) {
    case "none":
      return {};
    case "seconds":
      return { headers: { "retry-after": String(said) } };
    case "date":
      return { headers: { "retry-after": new Date(now + said * 1000).toUTCString() } };
  }
}
