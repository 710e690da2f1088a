import {
  airbyte,
  catalogLine,
  connectionStatusLine,
  destinationCatalogLine,
  specLine,
} from "../protocol/airbyte.js";
import { parseConfiguredCatalog } from "../protocol/catalog.js";
import { dialectOf, type JsonObject } from "../protocol/message.js";
import { createSinger } from "../protocol/singer.js";
import type { AnyConnector, Source } from "./connector.js";
import { failureType, isExplained, messageOf } from "./errors.js";
import { readJson } from "./files.js";
import type { AirbyteInvocation } from "./invocation.js";
import type { Process } from "./process.js";
import { connectionSpecification } from "./spec.js";
import { readState } from "./state-file.js";

/** Does what an Airbyte command asks for. Throws what has to be reported as an error trace. */
export async function performAirbyte<Config>(
  connector: AnyConnector<Config>,
  invocation: AirbyteInvocation,
  host: Process<Config>,
): Promise<void> {
  const { output, context } = host;
  switch (invocation.verb) {
    case "spec":
      void output.write(specLine(specification(connector)));
      return;
    case "check":
      void output.write(await check(connector, invocation, host));
      return;
    case "discover": {
      const settings = await host.settings(invocation.config);
      void output.write(
        connector.kind === "source"
          ? catalogLine(await connector.discover(settings, context))
          : destinationCatalogLine(await connector.discover(settings, context)),
      );
      return;
    }
    case "read": {
      const settings = await host.settings(invocation.config);
      const streams = parseConfiguredCatalog(await readJson(invocation.catalog as string, "catalog"));
      const saved = await readState(
        invocation.state,
        streams.map(({ key }) => key),
      );
      for (const warning of saved.warnings) context.log.warn(warning);
      await host.print(
        (connector as Source<Config>).read(settings, streams, saved.streams, context),
        airbyte,
      );
      return;
    }
    case "write": {
      if (connector.kind !== "destination") return;
      const settings = await host.settings(invocation.config);
      const streams = parseConfiguredCatalog(await readJson(invocation.catalog as string, "catalog"));
      const singer = createSinger();
      const codecFor = (line: JsonObject) => {
        const dialect = dialectOf(line);
        return dialect && (dialect === "singer" ? singer : airbyte);
      };
      await connector.write(
        settings,
        { streams, declared: false },
        host.input({ codecFor, replay: invocation.replay, rehearses: invocation.rehearses }),
        context,
      );
    }
  }
}

/** What the `spec` command prints. */
export function specification<Config>(connector: AnyConnector<Config>): JsonObject {
  return {
    protocol_version: "0.18.0",
    documentationUrl: connector.documentationUrl,
    connectionSpecification: connectionSpecification(connector.config, connector.title),
    supportsIncremental: true,
    ...(connector.kind === "destination" && { supported_destination_sync_modes: connector.syncModes }),
  };
}

/** The line that `check` prints. Bad configuration and an unreachable vendor are findings, not failures of the check. */
async function check<Config>(
  connector: AnyConnector<Config>,
  invocation: AirbyteInvocation,
  { settings, context, shown }: Process<Config>,
): Promise<string> {
  try {
    return connectionStatusLine(
      "SUCCEEDED",
      await connector.check(await settings(invocation.config), context),
    );
  } catch (error) {
    if (failureType(error) === "system_error" && !isExplained(error)) throw error;
    return connectionStatusLine("FAILED", shown(messageOf(error)));
  }
}
