import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { contacts, say } from "../messages.js";
import { ended, printed } from "../process.js";
import { type Stage, setStage } from "../stage.js";
import { isWhole, report } from "./figures.js";

let stage: Stage;
afterEach(() => stage.close());

const records = (count: number, from = 0) => say.records("airbyte", contacts(count, from));

/** The most memory that a process has held so far, in MB (Linux). */
const peakOf = (pid: number | undefined): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

/** An Iterable that takes everything, at once or after a while. */
async function startSink(latencyMs = 0) {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const users = Buffer.concat(chunks).toString().split('"email":').length - 1;
    const body = request.url?.endsWith("getFields")
      ? { fields: { email: "string", firstName: "string", lastName: "string" } }
      : { successCount: users, failCount: 0 };
    setTimeout(() => response.end(JSON.stringify(body)), latencyMs);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, close: () => server.close().closeAllConnections() };
}

test("a state does not wait for a request to fill up when the input stalls", async () => {
  stage = await setStage();
  const child = await stage.startDestination("write", { settings: { advanced: { batch_seconds: 0.2 } } });
  const end = ended(child);
  child.stdin.write(say.begin("airbyte") + records(3) + say.state("airbyte", { n: 3 }));
  await printed(child, '"n":3');
  child.stdin.end(say.end("airbyte"));
  expect((await end).code).toBe(0);
});

test("a source whose reader stops reading fetches no further than it can hold, and goes on where it stood", async () => {
  const at = "2026-01-01T00:00:00Z";
  const rows = Array.from({ length: 5000 }, (_, number) => ({
    user: { email: `p${number}@example.com`, name: `Person ${number}`, note: "x".repeat(500) },
    firstConvertedAt: at,
    lastConvertedAt: at,
  }));
  stage = await setStage(rows, { flowcode: { pageSize: 100, keepBodies: false } });
  const child = await stage.startSource("read");
  const { journal } = stage.flowcode;
  const path = "/abacus.v1.AbacusService/ListContacts";
  await journal.reached(path, 2);
  const more = journal.reached(path, 10).then(() => "more");
  const waited = new Promise((resolve) => setTimeout(resolve, 1000, "no more"));
  expect(await Promise.race([more, waited])).toBe("no more");
  const { code, lines } = await ended(child);
  expect(code).toBe(0);
  expect(lines.filter((line) => line.startsWith('{"type":"RECORD"'))).toHaveLength(5000);
});

describe.runIf(isWhole)("what takes its time", () => {
  test("an Iterable that answers after 25 seconds is waited for", async () => {
    stage = await setStage();
    const sink = await startSink(25_000);
    const { code, stdout } = await stage.destination("write", {
      settings: { advanced: { base_url: sink.url } },
      input: say.begin("airbyte") + records(100) + say.state("airbyte", { n: 1 }) + say.end("airbyte"),
    });
    sink.close();
    expect(code).toBe(0);
    expect(stdout).toContain('"recordCount":100');
  });

  test.runIf(process.platform === "linux")(
    "a million contacts take no more memory than a tenth of them",
    async () => {
      stage = await setStage();
      const sink = await startSink();
      const child = await stage.startDestination("write", {
        settings: { advanced: { base_url: sink.url, bulk_requests_per_second: 10_000 } },
      });
      const end = ended(child);
      const last = printed(child, '"read":1000000');
      child.stdin.write(say.begin("airbyte"));
      const peaks: number[] = [];
      for (let from = 0; from < 1_000_000; from += 10_000) {
        const text = records(10_000, from) + say.state("airbyte", { read: from + 10_000 });
        if (!child.stdin.write(text)) await new Promise((resolve) => child.stdin.once("drain", resolve));
        if (from === 100_000) peaks.push(peakOf(child.pid));
      }
      await last;
      peaks.push(peakOf(child.pid));
      child.stdin.end(say.end("airbyte"));
      sink.close();
      expect((await end).code).toBe(0);
      report("MB at a hundred thousand contacts", Math.round(peaks[0] as number));
      report("MB at a million", Math.round(peaks[1] as number));
      expect(peaks[1]).toBeLessThan(1.25 * (peaks[0] as number));
    },
  );
});
