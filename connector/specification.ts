import { readFileSync } from "node:fs";

/**
 * The line that `spec` prints, out of the derived file in `spec/`: one folder up in the sources, two when compiled.
 * Undefined where another command is asked for, or there is no such file.
 */
export function derivedSpecification(connector: string, args: readonly string[]): string | undefined {
  if (args.length !== 1 || args[0] !== "spec") return undefined;
  for (const place of ["../spec", "../../spec"]) {
    try {
      const text = readFileSync(new URL(`${place}/${connector}.json`, import.meta.url), "utf8");
      return JSON.stringify(JSON.parse(text));
    } catch {}
  }
  return undefined;
}
