import { isObject, type Json } from "../json.js";

/** A Conversion Flow, which the API calls a suite. */
export interface Suite {
  readonly id: string;
  readonly name: string;
  readonly state: "ASSET_STATE_ACTIVE" | "ASSET_STATE_DRAFT" | "ASSET_STATE_ARCHIVED";
}

/** The flows that the generated people have converted in, and two that nobody can find any more. */
export const SUITES: readonly Suite[] = [
  { id: "flow-0", name: "Spring Giveaway", state: "ASSET_STATE_ACTIVE" },
  { id: "flow-1", name: "Table Tents", state: "ASSET_STATE_ACTIVE" },
  { id: "flow-2", name: "Packaging Insert", state: "ASSET_STATE_ARCHIVED" },
  { id: "flow-again", name: "Second Chance", state: "ASSET_STATE_DRAFT" },
];

const DEFAULT_PAGE = 25;

/** An answer of ListSuites: those that are drafts or archived are only among it where `states` asks for them. */
export function listSuites(suites: readonly Suite[], body: Json): Json {
  const states = Array.isArray(body.states) ? body.states : ["ASSET_STATE_ACTIVE"];
  const { after, first } = isObject(body.pagination) ? body.pagination : {};
  const wanted = suites.filter(({ state }) => states.includes(state));
  const start = typeof after === "string" && after !== "" ? Number(after) : 0;
  const end = start + (typeof first === "number" && first > 0 ? first : DEFAULT_PAGE);
  const page = wanted.slice(start, end);
  return {
    ...(page.length > 0 && { suites: page }),
    pageInfo: {
      ...(page.length > 0 && { endCursor: String(start + page.length) }),
      ...(end < wanted.length && { hasNextPage: true }),
    },
  };
}
