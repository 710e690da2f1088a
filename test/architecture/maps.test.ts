import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "./files.js";

const FEWEST_FILES = 6;
const CODE = /\.(tsx?|mjs)$/;
/** Rooms without code of their own, and those whose files nobody looks for by what they do. */
const ELSEWHERE = new Set([
  "node_modules",
  "dist",
  "coverage",
  "spec",
  "schemas",
  "examples",
  "docs",
  "test",
]);

const rooms = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && !ELSEWHERE.has(entry.name))
  .map(({ name: room }) => {
    const files = readdirSync(`${ROOT}/${room}`, { recursive: true, encoding: "utf8" })
      .map((path) => path.replaceAll("\\", "/"))
      .filter((path) => CODE.test(path) && !/(^|\/)[.]/.test(path));
    return { room, files };
  })
  .filter(({ files }) => files.length >= FEWEST_FILES);

describe.each(rooms)("the map of $room", ({ room, files }) => {
  const readme = readFileSync(`${ROOT}/${room}/README.md`, "utf8");
  const named = [...readme.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] as string);

  test("names every file", () => {
    const words = new Set(
      named.flatMap((text) => text.split(/[^\w.-]+/)).map((word) => word.replace(CODE, "")),
    );
    expect(files.filter((path) => !words.has(basename(path).replace(CODE, "")))).toEqual([]);
  });

  test("names no file that is not there", () => {
    const everywhere = rooms.flatMap((one) => one.files.map((path) => `${one.room}/${path}`));
    const missing = named.filter(
      (text) =>
        /^[\w./-]+$/.test(text) &&
        CODE.test(text) &&
        !everywhere.some((path) => `/${path}`.endsWith(`/${text}`)) &&
        !existsSync(`${ROOT}/${text}`),
    );
    expect(missing).toEqual([]);
  });
});
