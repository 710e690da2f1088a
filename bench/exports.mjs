// A stand-in of Iterable with profiles: look-ups and bulk updates within their limits, and export jobs of a set speed,
// whose first one fails. It knows whom the run may write, and counts those that it should not have.
// node bench/exports.mjs '{"existing":50000,"contacts":60000,"profilesPerSecond":5000,"failsFirst":true}'
import { createServer } from "node:http";
import { FIELD_TYPES } from "./contacts.mjs";

const {
  existing,
  contacts,
  profilesPerSecond,
  failsFirst = true,
  lookUpsPerSecond = 100,
} = JSON.parse(process.argv[2] ?? "{}");
const ROWS_A_FILE = 10_000;
const FILES_A_PAGE = 10;
const FAILS_AFTER_MS = 2000;
const seen = {
  lookUps: 0,
  starts: 0,
  pages: 0,
  files: 0,
  bulk: 0,
  refused: 0,
  overwritten: 0,
  missed: 0,
  keysAtFiles: 0,
};
const created = new Map();
const jobs = [];

function limiter(perSecond) {
  let recent = [];
  return () => {
    const now = performance.now();
    recent = recent.filter((at) => now - at < 1000);
    if (recent.length >= perSecond) return false;
    return recent.push(now) > 0;
  };
}
const limits = { lookUp: limiter(lookUpsPerSecond), bulk: limiter(5), start: limiter(1), page: limiter(1) };

const numberOf = (email) => Number(/^person(\d+)@/.exec(email)?.[1]);
const exists = (number) => number < existing || created.has(number);

function answer(response, status, body) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  response
    .writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) })
    .end(text);
}
function within(limit, response) {
  if (limit()) return true;
  seen.refused += 1;
  answer(response, 429, { code: "RateLimitExceeded", msg: "" });
  return false;
}

/** Everybody, or those whom the run has created. */
function rowsSince(since) {
  if (since === undefined) return Array.from({ length: existing }, (_, n) => n);
  return [...created].filter(([, at]) => at >= since).map(([number]) => number);
}
function stateOf(job) {
  const ms = Date.now() - job.at;
  if (job.fails) return { done: 0, jobState: ms < FAILS_AFTER_MS ? "running" : "failed" };
  const done = Math.min(job.rows.length, Math.floor((ms / 1000) * profilesPerSecond));
  return { done, jobState: done === job.rows.length ? "completed" : "running" };
}
function page(job, after, origin) {
  const { done, jobState } = stateOf(job);
  const count = jobState === "completed" ? Math.ceil(done / ROWS_A_FILE) : Math.floor(done / ROWS_A_FILE);
  const names = Array.from({ length: count }, (_, n) => `file-${String(n).padStart(6, "0")}.json`);
  const files = names
    .filter((name) => name > after)
    .slice(0, FILES_A_PAGE)
    .map((file) => ({ file, url: `${origin}/${jobs.indexOf(job)}/${file}` }));
  return { exportTruncated: false, files, jobId: jobs.indexOf(job), jobState };
}

const files = createServer((request, response) => {
  if (request.headers["api-key"]) seen.keysAtFiles += 1;
  seen.files += 1;
  const [, job, file] = request.url.split("/");
  const first = Number(/\d+/.exec(file)[0]) * ROWS_A_FILE;
  const rows = jobs[Number(job)].rows.slice(first, first + ROWS_A_FILE);
  answer(
    response,
    200,
    rows.map((n) => `{"email":"person${n}@example.com","firstName":"Before"}\n`).join(""),
  );
}).listen(0, "127.0.0.1");

const api = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : {};
    if (pathname === "/api/users/getFields") return answer(response, 200, { fields: FIELD_TYPES });
    if (pathname === "/api/users/getByEmail") {
      if (!within(limits.lookUp, response)) return;
      seen.lookUps += 1;
      const email = searchParams.get("email");
      return answer(response, 200, exists(numberOf(email)) ? { user: { email, dataFields: {} } } : {});
    }
    if (pathname === "/api/users/bulkUpdate") {
      if (!within(limits.bulk, response)) return;
      seen.bulk += 1;
      for (const { email } of body.users) {
        if (numberOf(email) < existing) seen.overwritten += 1;
        else created.set(numberOf(email), Date.now());
      }
      return answer(response, 200, { successCount: body.users.length, failCount: 0, failedUpdates: {} });
    }
    if (pathname === "/api/export/start") {
      if (!within(limits.start, response)) return;
      const { startDateTime } = body;
      const since =
        startDateTime === undefined ? undefined : Date.parse(startDateTime.replace(" +00:00", "Z"));
      seen.starts += 1;
      jobs.push({ at: Date.now(), rows: rowsSince(since), fails: failsFirst && jobs.length === 0 });
      return answer(response, 202, { jobId: jobs.length - 1 });
    }
    if (pathname.endsWith("/files")) {
      if (!within(limits.page, response)) return;
      seen.pages += 1;
      const origin = `http://127.0.0.1:${files.address().port}`;
      const job = jobs[Number(pathname.split("/")[3])];
      return answer(response, 200, page(job, searchParams.get("startAfter") ?? "", origin));
    }
    answer(response, 200, {});
  });
});
api.keepAliveTimeout = 60_000;
api.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${api.address().port}`));
process.stdin.once("data", () => {
  for (let n = existing; n < contacts; n += 1) if (!created.has(n)) seen.missed += 1;
  console.log(JSON.stringify(seen));
  process.exit();
});
