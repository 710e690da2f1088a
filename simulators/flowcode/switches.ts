import { z } from "zod";
import { waitSwitches } from "../http/refusal-waits.js";

/** What public sources leave open about Flowcode, and what has to be tried out; each can change while it runs. */
export const flowcodeSwitches = z.object({
  filterPlace: z
    .enum(["inside", "top_level", "nowhere"])
    .default("inside")
    .describe("where `date_filter` counts: inside `filter`, at the top level, or not at all"),
  unknownKeys: z
    .enum(["discarded", "refused"])
    .default("discarded")
    .describe("what happens to keys that the message does not have; connect-go discards them"),
  filteredFirstPage: z
    .enum(["answered", "refused"])
    .default("answered")
    .describe("whether a first page with `filter` is a 400"),
  filterTests: z.enum(["last", "first"]).default("last").describe("which conversion's time the filter tests"),
  filterBound: z
    .enum(["inclusive", "exclusive"])
    .default("inclusive")
    .describe("whether a row at the very start time passes the filter"),
  rowsWithoutTime: z
    .enum(["excluded", "included"])
    .default("excluded")
    .describe("whether rows that have no time pass the filter"),
  hasNextPage: z
    .enum(["proto", "explicit", "never"])
    .default("proto")
    .describe(
      "a false `hasNextPage` is left out (proto), is sent (explicit), or the key does not exist (never)",
    ),
  cursors: z
    .enum(["keyset", "offset"])
    .default("keyset")
    .describe("whether a cursor names the last row or counts the rows before"),
  pageSize: z.number().int().positive().default(100).describe("rows a page, where the request does not say"),
  timestamps: z
    .enum(["both", "last", "first", "none"])
    .default("both")
    .describe("which of a row's two times are sent"),
  userOfAnonymous: z
    .enum(["empty", "absent"])
    .default("empty")
    .describe("what stands for the `user` of a row without answers"),
  requestsPerSecond: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe("requests a second before a 429; null: any number"),
  ...waitSwitches,
  tokenSeconds: z.number().positive().default(3600).describe("how long a token lives"),
  tokenCase: z
    .enum(["camel", "snake"])
    .default("camel")
    .describe("the exchange's version 1 answers in camelCase, version 2 in snake_case"),
  tokenLifetime: z
    .enum(["expiresIn", "expires"])
    .default("expiresIn")
    .describe("whether the log-in says how long its token lives, or only until when"),
  clockAheadMs: z.number().default(0).describe("by how much the clock in `Date` headers is ahead"),
  interimAnswers: z
    .number()
    .int()
    .nonnegative()
    .default(0)
    .describe("how many unasked 100 Continue come before each answer"),
});
export type FlowcodeSwitches = z.output<typeof flowcodeSwitches>;
