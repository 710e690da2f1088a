import { readFileSync } from "node:fs";

/** The version of the project, which is kept in package.json alone: one folder up in the sources, two when compiled. */
export function version(): string {
  for (const place of ["../package.json", "../../package.json"]) {
    try {
      const found: unknown = JSON.parse(readFileSync(new URL(place, import.meta.url), "utf8"));
      return (found as { version: string }).version;
    } catch {}
  }
  return "unknown";
}
