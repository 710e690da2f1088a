import { writeFile } from "node:fs/promises";
import { afterEach, describe, expect, test } from "vitest";
import { contacts, errorsIn, say, statesIn } from "../messages.js";
import { ended } from "../process.js";
import { type Stage, setStage } from "../stage.js";

let stage: Stage;
afterEach(() => stage.close());

const records = (count: number, from = 0) => say.records("airbyte", contacts(count, from));

test("no input at all is no error: nothing was to be written", async () => {
  stage = await setStage();
  const { code, stdout } = await stage.destination("write", { input: "" });
  expect(code).toBe(0);
  expect(stdout).toMatch(/"level":"WARN".*empty/);
});

test("a state before any record comes straight back", async () => {
  stage = await setStage();
  const input = say.state("airbyte", { n: 1 }) + say.begin("airbyte") + records(1) + say.end("airbyte");
  const { code, lines } = await stage.destination("write", { input });
  expect(code).toBe(0);
  expect(statesIn(lines, "airbyte")).toMatchObject([{ value: { n: 1 }, counts: { recordCount: 0 } }]);
});

test("a byte order mark, carriage returns and blank lines do no harm", async () => {
  stage = await setStage();
  const input = `\ufeff${records(2)}\n\n${records(2, 2)}`.replaceAll("\n", "\r\n");
  const { code } = await stage.destination("write", { input });
  expect(code).toBe(0);
  expect(stage.iterable.users.size).toBe(4);
});

test("a line of 100 MB is refused by its number, after what came before it is delivered", async () => {
  stage = await setStage();
  const child = await stage.startDestination("write");
  const end = ended(child);
  child.stdin.on("error", () => undefined);
  child.stdin.write(records(3) + say.state("airbyte", { n: 3 }));
  child.stdin.write('{"type":"RECORD","record":{"stream":"contacts","data":{"email":"');
  const megabyte = Buffer.alloc(1024 * 1024, "x");
  for (let number = 0; number < 100; number += 1) child.stdin.write(megabyte);
  child.stdin.end('"}}}\n');
  const { code, messages, lines } = await end;
  expect(code).toBe(1);
  expect(errorsIn(messages)[0]?.message).toMatch(/line 5 is longer than 64 MB/);
  expect(stage.iterable.users.size).toBe(3);
  expect(statesIn(lines, "airbyte")).toHaveLength(1);
});

test("what is not UTF-8 is refused by its line, and not quoted", async () => {
  stage = await setStage();
  const input = Buffer.concat([Buffer.from(records(1)), Buffer.from([0x7b, 0xff, 0x7d, 0x0a])]);
  const { code, messages } = await stage.destination("write", { input });
  expect(code).toBe(1);
  expect(errorsIn(messages)[0]?.message).toMatch(/line 2 is not valid UTF-8/);
});

describe("when the place for rejected contacts fails, the run stops and withholds the states that cover them", () => {
  const bad = contacts(10).map((contact) => ({ ...contact, email: "two@@example.com" }));
  const input = [
    say.begin("airbyte"),
    records(30, 100),
    say.state("airbyte", { n: 1 }),
    ...bad.map((one) => say.record("airbyte", one)),
    say.state("airbyte", { n: 2 }),
    say.end("airbyte"),
  ].join("");

  test.skipIf(process.platform === "win32")("because a file is where the folder should be", async () => {
    stage = await setStage();
    const path = stage.path("rejects");
    await writeFile(path, "");
    const { code, messages, lines } = await stage.destination("write", {
      settings: { rejected_records: { storage: "file", path } },
      input,
    });
    expect(code).toBe(1);
    expect(errorsIn(messages)[0]).toMatchObject({ failure_type: "config_error" });
    expect(errorsIn(messages)[0]?.message).toContain(path);
    expect(statesIn(lines, "airbyte").map(({ value }) => value)).not.toContainEqual({ n: 2 });
  });

  test.skipIf(process.platform === "win32")("because the disk is full", async () => {
    stage = await setStage();
    const path = stage.path("rejects");
    // A file may take one block of 512 or 1,024 bytes, which is less than the rejected contacts need.
    const { code, messages, lines } = await stage.destination("write", {
      settings: { rejected_records: { storage: "file", path } },
      before: "ulimit -f 1",
      input,
    });
    expect(code).toBe(1);
    expect(errorsIn(messages)[0]?.message).toMatch(/rejects.*space/);
    expect(statesIn(lines, "airbyte").map(({ value }) => value)).not.toContainEqual({ n: 2 });
  });
});
