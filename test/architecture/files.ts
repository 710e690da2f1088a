import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const ELSEWHERE = new Set(["node_modules", "dist", "spec", "schemas"]);

export interface SourceFile {
  /** Relative to the root, with slashes. */
  readonly path: string;
  /** The folder at the top that it stands in. */
  readonly room: string;
  readonly text: string;
  /** The text without comments. */
  readonly code: string;
}

/** Every TypeScript file of the project that stands in a room. */
export const files: readonly SourceFile[] = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && !ELSEWHERE.has(entry.name))
  .flatMap(({ name: room }) =>
    readdirSync(`${ROOT}/${room}`, { recursive: true, encoding: "utf8" })
      .map((path) => `${room}/${path.replaceAll("\\", "/")}`)
      .filter((path) => /\.tsx?$/.test(path) && !path.includes("/."))
      .map((path) => {
        const text = readFileSync(`${ROOT}/${path}`, "utf8");
        const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
        return { path, room, text, code };
      }),
  );

/** What a file imports, as it is written: static, dynamic and for types alone. */
export function importsOf({ code }: SourceFile): string[] {
  return [...code.matchAll(/(?<!\.)\b(?:from|import)\s*\(?\s*["']([^"'\n]+)["']/g)].map(
    (match) => match[1] as string,
  );
}

/** The room that a relative import leads into; undefined for one of Node or of a package. */
export function roomOf(importer: SourceFile, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const path = new URL(specifier, `file:///${importer.path}`).pathname.slice(1);
  return path.includes("/") ? path.split("/")[0] : "";
}

/** The package that an import names; undefined for a relative one and one of Node. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith(".") || specifier.startsWith("node:")) return undefined;
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0];
}
