import { expect, test } from "vitest";
import { isLoopback } from "../../http/loopback.js";

test.each([
  ["localhost", true],
  ["127.0.0.1", true],
  ["127.8.9.10", true],
  ["[::1]", true],
  ["LOCALHOST", true],
  ["localhost.example.com", false],
  ["127.0.0.1.example.com", false],
  ["api.iterable.com", false],
  ["10.0.0.1", false],
  ["0.0.0.0", false],
])("%s is this machine: %s", (host, expected) => {
  expect(isLoopback(new URL(`http://${host}/`).hostname)).toBe(expected);
});
