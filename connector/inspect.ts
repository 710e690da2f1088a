import { parseConfiguredCatalog } from "../protocol/catalog.js";
import type { InspectionInvocation } from "./cli.js";
import type { AnyConnector } from "./connector.js";
import { ConfigError } from "./errors.js";
import { readJson } from "./files.js";
import type { Process } from "./run.js";

/** Does what the connector's own verb asks for. Throws what stands in the way once the findings are printed. */
export async function performInspection<Config>(
  connector: AnyConnector<Config>,
  { config, catalog, json }: InspectionInvocation,
  { output, settings, context }: Process<Config>,
): Promise<void> {
  if (!connector.inspection) return;
  const given = await settings(config);
  const streams = catalog === undefined ? [] : parseConfiguredCatalog(await readJson(catalog, "catalog"));
  const finding = await connector.inspection.run(given, streams, context);
  output.write(json ? JSON.stringify(finding.json, null, 2) : finding.text);
  await output.flush();
  if (finding.problem !== undefined) throw new ConfigError(finding.problem);
}
