import { isLoopback } from "./loopback.js";

/** Whether what is sent to an address stays secret on its way: https, or plain HTTP to this machine. */
export function isSafeUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return protocol === "https:" || (protocol === "http:" && isLoopback(hostname));
}

/** What is said of an address that is not safe. */
export const UNSAFE_URL = "must be an https:// address (http:// is accepted for this machine alone)";

/** A base address, to which paths can be added. */
export function withoutSlash(url: string): string {
  let end = url.length;
  while (url[end - 1] === "/") end -= 1;
  return url.slice(0, end);
}
