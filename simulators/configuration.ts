import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FlowcodeSimulator } from "./flowcode.js";
import { SERVER_SIDE_KEY } from "./iterable.js";
import type { Json } from "./json.js";

/** Files that the connectors take, and where they lie. */
export interface Configuration {
  readonly source: string;
  readonly destination: string;
  readonly catalog: string;
  readonly state: string;
}

/** A catalog for the contacts, as an orchestrator would write it, with every field taking part. */
export const CATALOG: Json = {
  streams: [
    {
      stream: { name: "contacts", json_schema: {}, supported_sync_modes: ["full_refresh", "incremental"] },
      sync_mode: "incremental",
      destination_sync_mode: "append_dedup",
      cursor_field: ["lastConvertedAt"],
      primary_key: [["contact_key"]],
    },
  ],
};

/** Writes ready-made configuration files for both connectors into a folder. `more` is added to the destination's. */
export async function writeConfiguration(
  folder: string,
  flowcode: FlowcodeSimulator,
  iterable: { readonly url: string },
  more: Json = {},
): Promise<Configuration> {
  const { orgId, workspaceId, clientId, clientSecret } = flowcode.account;
  const files = {
    source: {
      org_id: orgId,
      workspace_id: workspaceId,
      credentials: { auth_type: "api_client", client_id: clientId, client_secret: clientSecret },
      requests_per_second: 50,
      advanced: { api_base_url: flowcode.url, auth_base_url: flowcode.url },
    },
    destination: { api_key: SERVER_SIDE_KEY, ...more, advanced: { base_url: iterable.url } },
    catalog: CATALOG,
  };
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, `${name}.json`), `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  }
  const state = join(folder, "state.jsonl");
  await writeFile(state, "", { flag: "a" });
  const path = (name: string) => join(folder, `${name}.json`);
  return { source: path("source"), destination: path("destination"), catalog: path("catalog"), state };
}
