import { truncate } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MOST_BYTES, readEnds, readText } from "../../../sync/project/text-file.js";
import { folderOf } from "../../process.js";

let files: Awaited<ReturnType<typeof folderOf>>;
beforeEach(async () => {
  files = await folderOf({ small: "first\nlast\n", large: `first\n${"\n".repeat(1000)}` });
  await truncate(files.path("large"), MOST_BYTES + 1);
});
afterEach(() => files.remove());

test("a file of a project is read whole, and one that cannot be of a project is named", async () => {
  expect(await readText(files.path("small"))).toBe("first\nlast\n");
  await expect(readText(files.path("large"))).rejects.toThrow(
    /large" has 64 MB, which no file of a project has/,
  );
  await expect(readText("/dev/null")).rejects.toThrow(/is not a regular file: move it away/);
  await expect(readText(files.path("."))).rejects.toThrow("EISDIR");
  await expect(readText(files.path("missing"))).rejects.toThrow("ENOENT");
});

test("of a log that is too large, the beginning and the end are read", async () => {
  const { text } = await readEnds(files.path("large"));
  expect(text.length).toBe(MOST_BYTES + 1);
  expect(text.startsWith("first\n")).toBe(true);
});
