// Prints the messages of a source: node bench/feed.mjs COUNT [SHAPE] [airbyte|singer]
import { contact, schema } from "./contacts.mjs";

const [count = "1000", shape = "plain", dialect = "airbyte"] = process.argv.slice(2);
const STATE_EVERY = 1000;

const airbyte = {
  first: [{ type: "TRACE", trace: status("STARTED") }],
  record: (data) => ({ type: "RECORD", record: { stream: "contacts", data, emitted_at: 1_700_000_000_000 } }),
  state: (n) => ({
    type: "STATE",
    state: {
      type: "STREAM",
      stream: { stream_descriptor: { name: "contacts" }, stream_state: { n } },
      sourceStats: { recordCount: STATE_EVERY },
    },
  }),
  last: [{ type: "TRACE", trace: status("COMPLETE") }],
};
const singer = {
  first: [{ type: "SCHEMA", stream: "contacts", schema: schema(shape), key_properties: ["contact_key"] }],
  record: (record) => ({ type: "RECORD", stream: "contacts", record }),
  state: (n) => ({ type: "STATE", value: { bookmarks: { contacts: { n } } } }),
  last: [],
};

function status(what) {
  return {
    type: "STREAM_STATUS",
    emitted_at: 1_700_000_000_000,
    stream_status: { stream_descriptor: { name: "contacts" }, status: what },
  };
}

const messages = dialect === "singer" ? singer : airbyte;
let text = "";
const put = (message) => {
  text += `${JSON.stringify(message)}\n`;
};
async function flush() {
  const room = process.stdout.write(text);
  text = "";
  if (!room) await new Promise((resolve) => process.stdout.once("drain", resolve));
}

messages.first.forEach(put);
for (let n = 0; n < Number(count); n += 1) {
  put(messages.record(contact(n, shape)));
  if ((n + 1) % STATE_EVERY === 0) put(messages.state(n));
  if (text.length > 65_536) await flush();
}
put(messages.state(Number(count)));
messages.last.forEach(put);
await flush();
