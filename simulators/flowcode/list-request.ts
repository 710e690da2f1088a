import { isObject, type Json } from "../json.js";
import type { ListRequest } from "./contacts.js";
import type { FlowcodeSwitches } from "./switches.js";

const PAGINATION = ["order", "orderBy", "order_by", "after", "first"];
const ACCOUNT = ["orgId", "org_id", "workspaceId", "workspace_id"];
const DATE_FILTER = ["dateFilter", "date_filter"];
const TIMES = ["timezone", "startTime", "start_time"];

/** Reads both spellings of names, as ProtoJSON does. A text says why the request is refused. */
export function readListRequest(body: Json, switches: FlowcodeSwitches): ListRequest | string {
  const unknown = switches.unknownKeys === "refused" ? unknownKey(body, switches) : undefined;
  if (unknown !== undefined) return unknownField(unknown);
  const pagination = isObject(body.pagination) ? body.pagination : {};
  const { after, first, order } = pagination;
  if (switches.filteredFirstPage === "refused" && body.filter !== undefined && !after) {
    return "filter is not supported";
  }
  const start = startTime(body, switches);
  if (start !== undefined && (typeof start !== "string" || Number.isNaN(Date.parse(start)))) {
    return "date_filter.start_time is not a timestamp";
  }
  if (order !== undefined && !["ORDER_ASC", "ORDER_DESC", "ORDER_UNSPECIFIED"].includes(String(order))) {
    return "pagination.order is not an Order";
  }
  return {
    startMs: typeof start === "string" ? Date.parse(start) : undefined,
    after: typeof after === "string" && after !== "" ? after : undefined,
    first: typeof first === "number" && first > 0 ? first : undefined,
    orderBy: either(pagination, "orderBy", "order_by") === "lastConvertedAt" ? "lastConvertedAt" : "name",
    descending: order === "ORDER_DESC",
  };
}

/** What connect-go says of a key that the message does not have, where it does not discard it. */
export const unknownField = (name: string) => `unmarshal message: proto: unknown field "${name}"`;

/** The first key of a request for flows that its message does not have. */
export function unknownSuitesKey(body: Json): string | undefined {
  return outside(body, [...ACCOUNT, "states", "pagination"]) ?? outside(body.pagination, PAGINATION);
}

function startTime(body: Json, { filterPlace }: FlowcodeSwitches): unknown {
  const holder = { inside: body.filter, top_level: body, nowhere: undefined }[filterPlace];
  const filter = isObject(holder) ? either(holder, "dateFilter", "date_filter") : undefined;
  return isObject(filter) ? either(filter, "startTime", "start_time") : undefined;
}

function unknownKey(body: Json, { filterPlace }: FlowcodeSwitches): string | undefined {
  const filter = { inside: ["filter"], top_level: DATE_FILTER, nowhere: [] }[filterPlace];
  const holder = filterPlace === "inside" ? body.filter : body;
  const times = isObject(holder) ? either(holder, "dateFilter", "date_filter") : undefined;
  return (
    outside(body, [...ACCOUNT, "pagination", ...filter]) ??
    outside(body.pagination, PAGINATION) ??
    (filterPlace === "inside" ? outside(body.filter, DATE_FILTER) : undefined) ??
    outside(times, TIMES)
  );
}

function outside(value: unknown, known: readonly string[]): string | undefined {
  return isObject(value) ? Object.keys(value).find((name) => !known.includes(name)) : undefined;
}

const either = (value: Json, camel: string, snake: string): unknown => value[camel] ?? value[snake];
