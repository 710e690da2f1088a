// A stand-in of Iterable that does as little as it can: it counts the users of a request and says that all went well.
// node bench/iterable.mjs '{"delayMs":50,"perSecond":5,"slow":false}'; prints its address; a line on stdin ends it, and it prints what it saw.
import { createServer } from "node:http";
import { FIELD_TYPES } from "./contacts.mjs";

const { delayMs = 0, perSecond = Number.POSITIVE_INFINITY } = JSON.parse(process.argv[2] ?? "{}");
const MARK = Buffer.from('"dataFields":');
const seen = { requests: 0, refused: 0, users: 0, lookups: 0, firstAt: 0, lastAt: 0, longestSecond: 0 };
let recent = [];

function countUsers(chunks) {
  const body = Buffer.concat(chunks);
  let users = 0;
  for (let at = body.indexOf(MARK); at !== -1; at = body.indexOf(MARK, at + MARK.length)) users += 1;
  return users;
}

function answer(response, status, body) {
  const text = JSON.stringify(body);
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
  const send = () => response.writeHead(status, headers).end(text);
  if (delayMs > 0 && status === 200) setTimeout(send, delayMs);
  else send();
}

/** Whether the request is within the limit: never more than that many in any second. */
function mayPass() {
  const now = performance.now();
  recent = recent.filter((at) => now - at < 1000);
  seen.longestSecond = Math.max(seen.longestSecond, recent.length + 1);
  if (recent.length >= perSecond) return false;
  recent.push(now);
  return true;
}

const server = createServer((request, response) => {
  if (request.url === "/api/users/getFields") return answer(response, 200, { fields: FIELD_TYPES });
  seen.firstAt ||= performance.now();
  seen.lastAt = performance.now();
  if (request.url.startsWith("/api/users/getByEmail")) {
    seen.lookups += 1;
    return answer(response, 200, {
      user: { email: "known@example.com", dataFields: { firstName: "Known" } },
    });
  }
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    if (perSecond < Number.POSITIVE_INFINITY && !mayPass()) {
      seen.refused += 1;
      return answer(response, 429, { code: "RateLimitExceeded", msg: "" });
    }
    const users = countUsers(chunks);
    seen.requests += 1;
    seen.users += users;
    answer(response, 200, { successCount: users, failCount: 0, failedUpdates: {} });
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
process.stdin.once("data", () => {
  console.log(JSON.stringify(seen));
  process.exit();
});
