import { afterEach, expect, test } from "vitest";
import { generatePeople } from "../../simulators/people.js";
import { type Stage, setStage } from "../stage.js";
import { report } from "./figures.js";

let stage: Stage;
afterEach(() => stage?.close());

test("the state stays small after 2,000 conversions in an hour, and nobody is sent again", async () => {
  const end = Date.now() - 600_000;
  const people = generatePeople(2_000, { endMs: end }).map((row, index) => {
    const at = new Date(end - index * 1_700).toISOString();
    return { ...row, firstConvertedAt: at, lastConvertedAt: at };
  });
  stage = await setStage(people);
  const begun = performance.now();
  const first = await stage.source("read");
  const states = first.lines.filter((line) => line.includes('"type":"STATE"'));
  expect(Math.max(...states.map((line) => line.length))).toBeLessThan(40_000);
  const second = await stage.source("read", { state: `${states.join("\n")}\n` });
  expect([second.code, second.messages.filter(({ type }) => type === "RECORD")]).toEqual([0, []]);
  report({ bytes: first.stdout.length, ms: performance.now() - begun });
});
