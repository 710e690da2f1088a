import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writeConfiguration } from "./configuration.js";
import { startFlowcode } from "./flowcode.js";
import { startIterable } from "./iterable.js";
import { generatePeople } from "./people.js";

const { values } = parseArgs({
  options: {
    contacts: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    "flowcode-port": { type: "string", default: "0" },
    "iterable-port": { type: "string", default: "0" },
    dir: { type: "string" },
    // A million people who are made as they are asked for, beside the others.
    crowd: { type: "string", default: "0" },
    // Switches, as JSON.
    flowcode: { type: "string", default: "{}" },
    iterable: { type: "string", default: "{}" },
  },
});

const flowcode = await startFlowcode(
  generatePeople(Number(values.contacts), { seed: Number(values.seed), endMs: Date.now() - 60_000 }),
  {
    port: Number(values["flowcode-port"]),
    pageSize: 500,
    keepBodies: false,
    ...(Number(values.crowd) > 0 && {
      crowd: { count: Number(values.crowd), endMs: Date.now() - 60_000, stepMs: 30_000 },
    }),
    ...JSON.parse(values.flowcode),
  },
);
const iterable = await startIterable({
  port: Number(values["iterable-port"]),
  fields: {
    "Shirt Size": "string",
    birthday: "date",
    score: "long",
    newsletter: "boolean",
    interests: "string",
  },
  visibilityMs: 3000,
  keepBodies: false,
  ...JSON.parse(values.iterable),
});
const folder = values.dir ?? (await mkdtemp(join(tmpdir(), "simulators-")));
const files = await writeConfiguration(folder, flowcode, iterable);

const connector = (name: string) => `node ${fileURLToPath(new URL(`../${name}/main.js`, import.meta.url))}`;
console.log(`Flowcode  ${flowcode.url}   (look inside: ${flowcode.url}/__sim/journal)
Iterable  ${iterable.url}   (look inside: ${iterable.url}/__sim/contents)
Files     ${iterable.files.url}   (where Iterable's exports lie)

Configuration files are in ${folder}. A sync, from another terminal:

${connector("source-flowcode")} read --config ${files.source} --catalog ${files.catalog} --state ${files.state} \\
  | ${connector("destination-iterable")} write --config ${files.destination} --catalog ${files.catalog} \\
  | tee -a ${files.state}

Stop with Ctrl-C.`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    await Promise.all([flowcode.close(), iterable.close()]);
    process.exit(0);
  });
}
