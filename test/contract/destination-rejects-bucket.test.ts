import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ACCESS, startS3 } from "../destination-iterable/accounting/s3.js";
import { contacts, say } from "../messages.js";
import { type Settings, type Stage, setStage } from "../stage.js";

let s3: Awaited<ReturnType<typeof startS3>>;
let stage: Stage;
beforeEach(async () => {
  s3 = await startS3("rejected");
  stage = await setStage();
});
afterEach(async () => {
  await stage.close();
  await s3.close();
});

const kept = (changes: Settings = {}): Settings => ({
  rejected_records: { storage: "s3", bucket: "rejected", endpoint: s3.url, ...ACCESS, ...changes },
});
const NOBODY = { contact_key: "row:1", name: "Ünknown, with no email" };
const input =
  say.begin("airbyte") +
  say.records("airbyte", [NOBODY, ...contacts(20)]) +
  say.state("airbyte", { at: 1 }) +
  say.end("airbyte");

test("rejected contacts are in the bucket before the state is released, and can be written again", async () => {
  const ended = await stage.destination("write", { settings: kept({ prefix: "flowcode/berlin" }), input });
  expect(ended.code).toBe(0);
  expect(ended.messages.some(({ type }) => type === "STATE")).toBe(true);
  const objects = await s3.objects();
  expect(objects.map(({ key }) => key)).toEqual([
    expect.stringMatching(/^flowcode\/berlin\/\d{4}-\d\d-\d\dT[\d-]+Z-[0-9a-f]{8}-00001\.jsonl$/),
  ]);
  const lines = objects[0]!.text.trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      record: expect.objectContaining({ data: NOBODY }),
      rejection: expect.objectContaining({ stage: "mapping", reason: expect.any(String) }),
    }),
  ]);
  const again = objects[0]!.text.replace('"row:1"', '"row:1","email":"now@example.com"');
  const replay = await stage.destination("write", { settings: kept(), input: again });
  expect([replay.code, stage.iterable.users.has("now@example.com")]).toEqual([0, true]);
});

test("without rejections nothing is made", async () => {
  const fine = say.begin("airbyte") + say.records("airbyte", contacts(2)) + say.end("airbyte");
  expect((await stage.destination("write", { settings: kept(), input: fine })).code).toBe(0);
  expect(await s3.objects()).toEqual([]);
});

describe("a bucket that takes nothing", () => {
  test.each<[string, Settings, RegExp]>([
    ["is not there", { bucket: "elsewhere" }, /elsewhere.*NoSuchBucket.*rejected_records\.bucket/],
    ["does not know the key", { access_key_id: "AKIDNOBODY" }, /InvalidAccessKeyId.*access_key_id/],
    ["has no host", { endpoint: "http://127.0.0.1:9" }, /127\.0\.0\.1:9.*refused/],
  ])("%s: the check says so, and a run stops without releasing its state", async (_, changes, why) => {
    const settings = { ...kept(changes), advanced: { max_attempts: 1 } };
    const check = await stage.destination("check", { settings });
    const status = check.messages.find(({ type }) => type === "CONNECTION_STATUS");
    expect(status?.connectionStatus).toEqual({ status: "FAILED", message: expect.stringMatching(why) });
    const run = await stage.destination("write", { settings, input });
    expect(run.code).toBe(1);
    expect(run.messages.filter(({ type }) => type === "STATE")).toEqual([]);
    expect(check.stdout + run.stdout + run.stderr).not.toMatch(/hunter2|Ünknown/);
  });

  test.each([
    ["SignatureDoesNotMatch", 403, /secret_access_key/],
    ["PermanentRedirect", 301, /rejected_records\.region/],
    ["AuthorizationHeaderMalformed", 400, /rejected_records\.region/],
    ["RequestTimeTooSkewed", 403, /clock/],
    ["AccessDenied", 403, /s3:PutObject/],
    ["ServiceUnavailable", 503, /503 ServiceUnavailable/],
    ["<b>hunter2</b>", 418, /\(418\)/],
  ])("that answers %s is explained", async (code, status, why) => {
    const server = createServer((_request, response) => {
      response.writeHead(status).end(`<?xml version="1.0"?><Error><Code>${code}</Code></Error>`);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const settings = {
      ...kept({ endpoint, secret_access_key: "hunter2" }),
      advanced: { max_attempts: 1 },
    };
    const { code: exit, stdout, stderr } = await stage.destination("write", { settings, input });
    server.close();
    expect([exit, stdout]).toEqual([1, expect.stringMatching(why)]);
    expect(stdout).not.toContain('"type":"STATE"');
    expect(stdout + stderr).not.toContain("hunter2");
  });

  test.each([["bucket"], ["access_key_id"], ["secret_access_key"]])("needs %s", async (name) => {
    const { stdout } = await stage.destination("check", { settings: kept({ [name]: null }) });
    expect(stdout).toMatch(new RegExp(`rejected_records\\.${name}.*storage is s3`));
  });
});
