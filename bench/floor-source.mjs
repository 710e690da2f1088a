// The least that a source has to do: ask for pages, one ahead, parse them, and write a line for each row.
// node bench/floor-source.mjs URL
import { Agent, request } from "node:http";

const url = `${process.argv[2]}/ListContacts`;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const BLOCK = 65_536;

function page(after) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", agent }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("end", () => resolve(Buffer.concat(chunks).toString()));
    });
    sent.on("error", reject);
    sent.end(JSON.stringify({ pagination: { after } }));
  });
}

let text = "";
async function flush() {
  const room = process.stdout.write(text);
  text = "";
  if (!room) await new Promise((resolve) => process.stdout.once("drain", resolve));
}

for (let coming = page(undefined); coming; ) {
  const { conversions, pageInfo } = JSON.parse(await coming);
  coming = pageInfo.hasNextPage ? page(pageInfo.endCursor) : undefined;
  for (const { user, firstConvertedAt, lastConvertedAt } of conversions) {
    const data = { ...user, firstConvertedAt, lastConvertedAt };
    text += `${JSON.stringify({ type: "RECORD", record: { stream: "contacts", data, emitted_at: Date.now() } })}\n`;
    if (text.length > BLOCK) await flush();
  }
}
await flush();
agent.destroy();
