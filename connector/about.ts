import type { AnyConnector } from "./connector.js";
import { connectionSpecification, stringSettings } from "./spec.js";

/** What Meltano may rely on, by the names that its SDK and its Hub have for it. */
export const SINGER_CAPABILITIES = {
  source: ["about", "catalog", "discover", "state", "structured-logging", "test"],
  destination: ["about", "structured-logging"],
} as const;

/** What a Singer program says of itself with `--about`. */
export function aboutText<Config>(
  connector: AnyConnector<Config>,
  version: string,
  format: "text" | "json" | "markdown",
): string {
  const settings = connectionSpecification(connector.config, connector.title);
  const name = connector.singerName;
  const description = `${connector.title}: the same program as ${connector.name}, under its Singer name`;
  const capabilities = SINGER_CAPABILITIES[connector.kind];
  if (format === "json")
    return JSON.stringify({ name, description, version, capabilities, settings }, null, 2);
  const variables = stringSettings(settings, connector.environmentPrefix);
  const lines = variables.map(({ path, variable }) => [path.join("."), variable] as const);
  if (format === "text") {
    return [
      `${name} ${version}`,
      description,
      ...lines.map(([path, variable]) => `  ${path}  (${variable})`),
    ].join("\n");
  }
  return [
    `# ${name}`,
    "",
    description,
    "",
    "| setting | environment |",
    "|---|---|",
    ...lines.map(([path, variable]) => `| \`${path}\` | \`${variable}\` |`),
  ].join("\n");
}
