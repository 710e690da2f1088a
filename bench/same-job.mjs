// Whether the programs that are compared do the same job: what each sends of the same contacts is compared.
import { createServer } from "node:http";
import { FIELD_TYPES } from "./contacts.mjs";
import { run } from "./processes.mjs";

const CONTACTS = 2500;

/** Throws unless every program `{name, commandFor(url), feed}` sends what the first one sends, in any order. */
export async function holdToTheSameJob(programs, feed) {
  let users = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    response.setHeader("content-type", "application/json");
    if (request.url.endsWith("getFields")) return response.end(JSON.stringify({ fields: FIELD_TYPES }));
    const sent = JSON.parse(body).users;
    users.push(...sent);
    return response.end(JSON.stringify({ successCount: sent.length, failCount: 0, failedUpdates: {} }));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  let expected;
  for (const { name, commandFor, dialect } of programs) {
    users = [];
    await run(commandFor(`http://127.0.0.1:${server.address().port}`), {
      input: feed(CONTACTS, "plain", dialect),
    });
    const found = users.map(inOrder).sort().join("\n");
    expected ??= found;
    if (found !== expected) throw new Error(`${name} does not send what ${programs[0].name} sends`);
  }
  server.close();
}

const inOrder = ({ email, dataFields }) => JSON.stringify([email, Object.entries(dataFields).sort()]);
