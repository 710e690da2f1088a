import type { Answer } from "../http/exchange.js";
import { isObject, type Json } from "../json.js";
import type { IterableSwitches } from "./switches.js";

export function refused(status: number, code: string, msg: string, params: unknown = null): Answer {
  return { status, body: { msg, code, params } };
}

export const genericError = (): Answer =>
  refused(
    500,
    "GenericError",
    "An error occurred. Please try again later. If problem persists, please contact your CSM",
  );

export const actionNotFound = (): Answer => ({
  status: 404,
  body: "<title>Action not found</title><h2>Oh no- that url doesn't exist.</h2>",
  headers: { "content-type": "text/html" },
});

export function tooLarge({ htmlTooLarge }: IterableSwitches): Answer {
  if (!htmlTooLarge) return refused(413, "BatchTooLarge", "Request Entity Too Large");
  return {
    status: 413,
    body: "<html><h1>413 Request Entity Too Large</h1></html>",
    headers: { "content-type": "text/html" },
  };
}

/** An answer with the oddities that are switched on. `identifier`: of a contact in the request. */
export function distorted(
  answer: Answer,
  { codes, echo, extraKeys }: IterableSwitches,
  identifier: string | undefined,
): Answer {
  const { status, body } = answer;
  if (!isObject(body)) return answer;
  let changed: Json = body;
  if (extraKeys && status < 400) changed = { ...changed, aKeyOfTomorrow: { version: 2 } };
  if (codes === "unknown" && status >= 400) changed = { ...changed, code: "error.project.neverHeardOf" };
  if (echo && status >= 400 && identifier !== undefined) {
    changed = {
      ...changed,
      code: `${changed.code}.${identifier}`,
      msg: `${changed.msg} (${identifier})`,
      params: { ...(isObject(changed.params) && changed.params), [`obj.users['${identifier}']`]: identifier },
    };
  }
  return changed === body ? answer : { ...answer, body: changed };
}
