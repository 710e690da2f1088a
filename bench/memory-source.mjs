// How much memory the source takes at most: one page of 200 MB, and a million contacts in pages of a thousand.
// node bench/memory-source.mjs [dist]     (after `npm run build`)
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const dist = process.argv[2] ?? fileURLToPath(new URL("../dist", import.meta.url));
const LIMIT_MB = 150;

const row = (n) =>
  JSON.stringify({
    user: {
      email: `person${n}@example.com`,
      name: `Person Number ${n}`,
      phone: `+1415${String(n).padStart(7, "0")}`,
      "Shirt Size": "XL",
      interests: ["coffee", "running"],
      answers: { first: "yes", second: `It was nice to meet you, number ${n}` },
    },
    firstConvertedAt: "2026-01-01T00:00:00Z",
    lastConvertedAt: "2026-01-02T00:00:00.123456Z",
    flowId: `flow-${n % 7}`,
  });

/** Writes `count` rows from number `from` on, as one page, waiting for the reader. */
async function writePage(response, from, count, pageInfo) {
  response.writeHead(200, { "content-type": "application/json" });
  response.write('{"conversions":[');
  for (let n = from; n < from + count; n += 100) {
    const rows = Array.from({ length: Math.min(100, from + count - n) }, (_, index) => row(n + index));
    const room = response.write((n > from ? "," : "") + rows.join());
    if (!room) await new Promise((resolve) => response.once("drain", resolve));
  }
  response.end(`],"pageInfo":${JSON.stringify(pageInfo)}}`);
}

async function measure(name, total, perPage) {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    if (!request.url.endsWith("ListContacts")) return response.writeHead(404).end("{}");
    const from = Number(JSON.parse(body).pagination.after ?? 0);
    const count = Math.min(perPage, total - from);
    const hasNextPage = from + count < total;
    await writePage(response, from, count, hasNextPage ? { hasNextPage, endCursor: `${from + count}` } : {});
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  const folder = mkdtempSync(join(tmpdir(), "memory-"));
  const file = (file, content) => {
    writeFileSync(join(folder, file), JSON.stringify(content));
    return join(folder, file);
  };
  const config = file("config.json", {
    org_id: "o",
    workspace_id: "w",
    credentials: { api_key: "key" },
    requests_per_second: 1000,
    advanced: { api_base_url: url },
  });
  const catalog = file("catalog.json", { streams: [{ stream: { name: "contacts", json_schema: {} } }] });
  const started = Date.now();
  const args = [join(dist, "source-flowcode/main.js"), "read", "--config", config, "--catalog", catalog];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let records = 0;
  let peak = 0;
  // The kernel's own high-water mark, as long as the process is there.
  const watch = setInterval(() => {
    try {
      peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))[1]) / 1024;
    } catch {}
  }, 50);
  const mark = Buffer.from('{"type":"RECORD"');
  for await (const chunk of child.stdout) {
    for (let at = chunk.indexOf(mark); at !== -1; at = chunk.indexOf(mark, at + 1)) records += 1;
  }
  clearInterval(watch);
  server.close().closeAllConnections();
  rmSync(folder, { recursive: true });
  const seconds = (Date.now() - started) / 1000;
  console.log(
    `${name}: ${Math.round(peak)} MB at most, ${records} records, ${Math.round(records / seconds)} a second`,
  );
  if (peak > LIMIT_MB || records < total - 100) process.exitCode = 1;
}

const bytes = Buffer.byteLength(row(500_000)) + 1;
await measure("one page of 200 MB", Math.round(200e6 / bytes), Number.POSITIVE_INFINITY);
await measure("a million contacts in pages of 1,000", 1_000_000, 1000);
