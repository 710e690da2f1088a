import { describe, expect, test } from "vitest";
import {
  ConfigError,
  failureType,
  isExplained,
  messageOf,
  ProtocolError,
  TransientError,
} from "../../connector/errors.js";
import { InvalidCatalog } from "../../protocol/catalog.js";
import { InvalidLine } from "../../protocol/lines.js";
import { InvalidMessage } from "../../protocol/message.js";
import { InvalidState } from "../../protocol/state.js";

describe("a failure", () => {
  test.each<[string, unknown, string, boolean]>([
    ["a wrong configuration", new ConfigError("x"), "config_error", true],
    ["a wrong catalog", new InvalidCatalog("x"), "config_error", true],
    ["a wrong state", new InvalidState("x"), "config_error", true],
    ["what time heals", new TransientError("x"), "transient_error", true],
    ["a broken protocol", new ProtocolError("x"), "system_error", true],
    ["a broken line", new InvalidLine(3, "is broken"), "system_error", true],
    ["a line that is no message", new InvalidMessage("x"), "system_error", true],
    ["a bug", new TypeError("x is not a function"), "system_error", false],
    ["an error of another making", new Error("x"), "system_error", false],
    ["something thrown that is no error", "x", "system_error", false],
    ["nothing", undefined, "system_error", false],
  ])("by %s is told apart by how one recovers from it", (_what, error, type, explained) => {
    expect(failureType(error)).toBe(type);
    expect(isExplained(error)).toBe(explained);
  });

  test.each([
    [new Error("the message"), "the message"],
    ["a text", "a text"],
    [undefined, "undefined"],
    [{ a: 1 }, "[object Object]"],
  ])("always has a message", (error, message) => {
    expect(messageOf(error)).toBe(message);
  });
});
