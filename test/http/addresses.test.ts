import { describe, expect, test } from "vitest";
import { isSafeUrl, withoutSlash } from "../../http/addresses.js";

test.each([
  ["https://api.iterable.com", true],
  ["http://127.0.0.1:8080", true],
  ["http://localhost:8080/v1", true],
  ["http://api.iterable.com", false],
  ["ftp://127.0.0.1", false],
  ["api.iterable.com", false],
])("secrets may go to %s: %s", (url, isSafe) => {
  expect(isSafeUrl(url)).toBe(isSafe);
});

describe("a base address ends without a slash", () => {
  test.each([
    ["https://api.iterable.com", "https://api.iterable.com"],
    ["https://api.iterable.com/", "https://api.iterable.com"],
    ["https://proxy.example/iterable///", "https://proxy.example/iterable"],
    ["", ""],
  ])("%j", (url, base) => {
    expect(withoutSlash(url)).toBe(base);
  });
});
