import { expect, test } from "vitest";
import { nearest } from "../../connector/nearest.js";

const NAMES = ["overwrite_mode", "field_mapping", "email", "name", "list_id"];

test.each([
  ["overwrite_mode", "overwrite_mode"],
  ["overwriteMode", "overwrite_mode"],
  ["OVERWRITE-MODE", "overwrite_mode"],
  ["overwrite_mod", "overwrite_mode"],
  ["overwirte_mode", "overwrite_mode"],
  ["field_maping", "field_mapping"],
  ["e-mail", "email"],
  ["nmae", "name"],
  ["emial", "email"],
  ["nam", "name"],
  ["list", undefined],
  ["overwrite", undefined],
  ["x", undefined],
  ["", undefined],
])("somebody who typed %j meant %j", (typed, expected) => {
  expect(nearest(typed, NAMES)).toBe(expected);
});

test("the nearest of several is meant, the first of equals", () => {
  expect(nearest("mappings", ["mapping", "mappings_2", "mapping_s"])).toBe("mapping_s");
  expect(nearest("cat", ["bat", "cut"])).toBe("bat");
});

test("names in other alphabets are compared too", () => {
  expect(nearest("имя_поля", ["имя-поле"])).toBe("имя-поле");
});
