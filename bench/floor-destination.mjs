// The least that a destination has to do: cut lines, parse them, and send them to Iterable by the thousand.
// node bench/floor-destination.mjs URL < messages
import { Agent, request } from "node:http";

const BATCH = 1000;
const IN_FLIGHT = 4;
const url = `${process.argv[2]}/api/users/bulkUpdate`;
const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
const flying = new Set();
let users = [];
let rest = Buffer.alloc(0);

function post(body) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", agent, headers: { "content-type": "application/json" } });
    sent.on("response", (answer) => answer.resume().on("end", resolve));
    sent.on("error", reject);
    sent.end(body);
  });
}

async function send() {
  const body = Buffer.from(JSON.stringify({ users }));
  users = [];
  const one = post(body).finally(() => flying.delete(one));
  flying.add(one);
  if (flying.size >= IN_FLIGHT) await Promise.race(flying);
}

for await (const chunk of process.stdin) {
  let start = 0;
  for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
    const part = chunk.subarray(start, end);
    const line = rest.length > 0 ? Buffer.concat([rest, part]) : part;
    rest = Buffer.alloc(0);
    start = end + 1;
    const message = JSON.parse(line.toString());
    if (message.type !== "RECORD") continue;
    const { email, ...dataFields } = message.record.data;
    users.push({ email, dataFields });
    if (users.length === BATCH) await send();
  }
  rest = Buffer.concat([rest, chunk.subarray(start)]);
}
if (users.length > 0) await send();
await Promise.all(flying);
agent.destroy();
