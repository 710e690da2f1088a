// Prints the entries of both connectors for a connector registry of one's own: see docs/airbyte.md.
// Called with the host, and path, of the registry of images that they were pushed to.
import { readFileSync } from "node:fs";
import { parse } from "yaml";

const [images] = process.argv.slice(2);
if (!images) {
  process.stderr.write("Name where the images are: node scripts/registry-entries.mjs registry.example.com\n");
  process.exit(1);
}

const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

/** An entry has the metadata's keys but for those of building, and the specification beside them. */
function entryOf(connector) {
  const { data } = parse(read(`${connector}/metadata.yaml`));
  const {
    definitionId,
    connectorType,
    registryOverrides: _,
    dockerRepository: __,
    connectorSubtype,
    ...kept
  } = data;
  return {
    [`${connectorType}DefinitionId`]: definitionId,
    dockerRepository: `${images}/${connector}`,
    ...(connectorType === "source" && { sourceType: connectorSubtype }),
    ...kept,
    custom: false,
    public: true,
    tombstone: false,
    protocolVersion: "0.2.0",
    spec: JSON.parse(read(`spec/${connector}.json`)).spec,
  };
}

for (const connector of ["source-flowcode", "destination-iterable"]) {
  process.stdout.write(`${JSON.stringify(entryOf(connector), null, 2)}\n`);
}
