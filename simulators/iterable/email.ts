import { domainToASCII } from "node:url";

const PLAIN = String.raw`[^\s\p{Cc}()<>@,;:'"\\.\[\]]|'|\\.`;
/** The local part as Apache Commons' EmailValidator reads it, which Iterable names (help center). */
const LOCAL = new RegExp(String.raw`^(?:(?:${PLAIN})+|"[^"]*")(?:\.(?:(?:${PLAIN})+|"[^"]*"))*$`, "u");
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** Commons knows every domain of the day; this is enough to tell what nobody registered. */
const KNOWN = new Set(
  "app biz click cloud com dev edu email gov info int jobs live mil mobi museum name net news online org page pro shop site store tech tel travel xn--p1ai xyz".split(
    " ",
  ),
);

/** Whether Iterable takes an address: not trimmed, at most 64 characters before the @, and a domain of two labels or more. */
export function isEmail(value: string, domains: "any" | "known" = "any"): boolean {
  const at = value.lastIndexOf("@");
  const local = value.slice(0, at);
  if (at < 1 || local.length > 64 || value.length > 320 || !LOCAL.test(local)) return false;
  const labels = domainToASCII(value.slice(at + 1))
    .toLowerCase()
    .split(".");
  const top = labels.at(-1) as string;
  if (labels.length < 2 || !labels.every((label) => LABEL.test(label)) || !/^[a-z]/.test(top)) return false;
  return domains === "any" ? /^[a-z]{2,24}$|^xn--/.test(top) : top.length === 2 || KNOWN.has(top);
}

/** Iterable's key for an address: it stores them in lower case. */
export const foldEmail = (email: string): string => email.toLowerCase();

/** ASCII that can be printed, at most 52 characters, no space at the end (help center). */
export function isUserId(value: string | undefined): boolean {
  return value !== undefined && /^[\x20-\x7e]{1,52}$/.test(value) && !value.endsWith(" ");
}
