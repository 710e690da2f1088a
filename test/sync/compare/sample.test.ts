import { expect, test } from "vitest";
import { createSample } from "../../../sync/compare/sample.js";

const sampled = (size: number, secret: string, contacts: number, rowsOfEach: number) => {
  const sample = createSample(size, secret);
  for (let row = 0; row < rowsOfEach; row += 1)
    for (let one = 0; one < contacts; one += 1) sample.take(`contact ${one}`, `row ${row} of ${one}`);
  return sample.contacts;
};

test("a sample has as many contacts as were asked for, each with all of its rows in their order", () => {
  const contacts = sampled(20, "a", 1000, 3);
  expect(contacts).toHaveLength(20);
  for (const { key, rows } of contacts) {
    const number = key.replace("contact ", "");
    expect(rows).toEqual([`row 0 of ${number}`, `row 1 of ${number}`, `row 2 of ${number}`]);
  }
});

test("a sample of more contacts than there are is all of them", () => {
  expect(
    sampled(100, "a", 50, 2)
      .map(({ key }) => key)
      .sort(),
  ).toEqual(Array.from({ length: 50 }, (_, one) => `contact ${one}`).sort());
});

test("another secret chooses others, and whoever has many rows is not chosen more often", () => {
  const keys = (secret: string) => sampled(10, secret, 1000, 1).map(({ key }) => key);
  expect(keys("a")).toEqual(keys("a"));
  expect(keys("a")).not.toEqual(keys("b"));
  let chosen = 0;
  for (let secret = 0; secret < 200; secret += 1) {
    const sample = createSample(10, String(secret));
    for (let one = 0; one < 100; one += 1) sample.take(one < 50 ? "busy" : `contact ${one}`, "row");
    if (sample.contacts.some(({ key }) => key === "busy")) chosen += 1;
  }
  // 10 of 51 contacts: about 39 of 200.
  expect(chosen).toBeGreaterThan(15);
  expect(chosen).toBeLessThan(80);
});
