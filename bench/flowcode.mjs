// A stand-in of Flowcode that does as little as it can: pages of contacts, of which it only changes the numbers.
// node bench/flowcode.mjs '{"pages":1000}'; prints its address; a line on stdin ends it, and it prints what it saw.
// With `grows`, whoever reads the list for the first time finds a single page, and all of them from then on.
import { createServer } from "node:http";

const { pages = 1000, perPage = 1000, grows = false } = JSON.parse(process.argv[2] ?? "{}");
const seen = { requests: 0, pages: 0 };
const DIGITS = 8;
const BLANK = "#".repeat(DIGITS);

const row = JSON.stringify({
  user: {
    email: `person${BLANK}@example.com`,
    name: `Person Number ${BLANK}`,
    phone: `+1415${BLANK.slice(1)}`,
    "Shirt Size": "XL",
    interests: ["coffee", "running"],
    score: "42",
    newsletter: "yes",
  },
  firstConvertedAt: "2026-01-01T00:00:00Z",
  lastConvertedAt: "2026-01-02T00:00:00.123456Z",
  flowId: "flow-1",
});
const rows = Buffer.from(Array(perPage).fill(row).join());
const places = [];
for (let at = rows.indexOf("#"); at !== -1; at = rows.indexOf("#", at)) {
  const from = at;
  while (rows[at] === 0x23) at += 1;
  places.push([from, at]);
}
const perRow = places.length / perPage;

/** Nobody has converted since: the filter counts where the one public caller of ListContacts puts it. */
const NOBODY = Buffer.from('{"pageInfo":{}}');

function page(number) {
  const body = Buffer.from(rows);
  for (const [index, [from, to]] of places.entries()) {
    let rest = number * perPage + Math.floor(index / perRow);
    for (let at = to - 1; at >= from; at -= 1) {
      body[at] = 0x30 + (rest % 10);
      rest = Math.floor(rest / 10);
    }
  }
  const last = grows && seen.pages === 0 ? 1 : pages;
  const pageInfo = number + 1 < last ? { hasNextPage: true, endCursor: `${number + 1}` } : {};
  return Buffer.concat([
    Buffer.from('{"conversions":['),
    body,
    Buffer.from(`],"pageInfo":${JSON.stringify(pageInfo)}}`),
  ]);
}

const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  seen.requests += 1;
  if (request.url.endsWith("api-token")) return response.end('{"accessToken":"t","expiresIn":3600}');
  if (!request.url.endsWith("ListContacts")) return response.writeHead(404).end("{}");
  const { filter, pagination } = JSON.parse(body);
  const isFiltered = filter?.date_filter?.start_time !== undefined;
  const content = isFiltered ? NOBODY : page(Number(pagination?.after ?? 0));
  if (!isFiltered) seen.pages += 1;
  response.writeHead(200, { "content-type": "application/json", "content-length": content.length });
  response.end(content);
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
process.stdin.once("data", () => {
  console.log(JSON.stringify(seen));
  process.exit();
});
