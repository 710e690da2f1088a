import { parseConfiguredCatalog } from "../protocol/catalog.js";
import type { AnyConnector } from "./connector.js";
import { ConfigError } from "./errors.js";
import { readJson } from "./files.js";
import type { InspectionInvocation } from "./invocation.js";
import type { Process } from "./process.js";
import { harmlessOutput } from "./reporting/harmless.js";

/** Does what one of the connector's own verbs asks for. Throws what stands in the way once the findings are printed. */
export async function performInspection<Config>(
  connector: AnyConnector<Config>,
  { verb, config, catalog, sample, json }: InspectionInvocation,
  { output, settings, context, input }: Process<Config>,
): Promise<void> {
  const given = await settings(config);
  const streams = catalog === undefined ? [] : parseConfiguredCatalog(await readJson(catalog, "catalog"));
  if (verb === "look-up") {
    const { lines } = input({ codecFor: () => undefined, replay: "fill_missing" });
    for await (const finding of connector.lookUp?.run(given, streams, lines, context) ?? []) {
      const room = output.write(harmlessOutput(json ? JSON.stringify(finding.json) : finding.text));
      if (room !== undefined) await room;
      if (output.closed) return;
    }
    return;
  }
  if (!connector.inspection) return;
  const file = sample === "-" ? undefined : sample;
  const records =
    sample === undefined
      ? undefined
      : input({ codecFor: () => undefined, replay: "fill_missing", file }).lines;
  const finding = await connector.inspection.run(given, streams, context, records);
  void output.write(harmlessOutput(json ? JSON.stringify(finding.json, null, 2) : finding.text));
  await output.flush();
  if (finding.problem !== undefined) throw new ConfigError(finding.problem);
}
