import type { ContactRow } from "../simulators/flowcode/row.js";
import { type FlowcodeOptions, type FlowcodeSimulator, startFlowcode } from "../simulators/flowcode.js";
import {
  type IterableOptions,
  type IterableSimulator,
  SERVER_SIDE_KEY,
  startIterable,
} from "../simulators/iterable.js";
import {
  compiled,
  type Ended,
  type Environment,
  folderOf,
  type Printed,
  runNode,
  startNode,
} from "./process.js";

export type Dialect = "airbyte" | "singer";
export const DIALECTS: readonly Dialect[] = ["airbyte", "singer"];
export type Settings = Readonly<Record<string, unknown>>;

/** How one of the connectors is started. */
export interface Start {
  readonly dialect?: Dialect;
  /** Added to the settings that reach the simulators; `advanced` is merged. */
  readonly settings?: Settings;
  /** The configured catalog. Default: the contacts, incrementally. `null`: none is given. */
  readonly catalog?: unknown;
  /** The content of the state's file. */
  readonly state?: string;
  readonly input?: string | Buffer;
  readonly args?: readonly string[];
  readonly env?: Environment;
  /** Shell commands before the program, such as limits on what it may use. */
  readonly before?: string;
}

export const CONTACTS = {
  stream: {
    name: "contacts",
    json_schema: {},
    supported_sync_modes: ["full_refresh", "incremental"],
    source_defined_cursor: true,
    default_cursor_field: ["lastConvertedAt"],
  },
  sync_mode: "incremental",
  destination_sync_mode: "append_dedup",
  cursor_field: ["lastConvertedAt"],
  primary_key: [["contact_key"]],
};

/** Both vendors' simulators, and the two compiled connectors with configuration files that reach them. */
export interface Stage {
  readonly flowcode: FlowcodeSimulator;
  readonly iterable: IterableSimulator;
  /** A path in a folder of this stage's own. */
  path(name: string): string;
  /** Writes a file in that folder. Resolves with its path. */
  write(name: string, content: unknown): Promise<string>;
  startSource(verb: "read", start?: Start): Promise<ReturnType<typeof startNode>>;
  startDestination(verb: "write", start?: Start): Promise<ReturnType<typeof startNode>>;
  source(verb: "spec" | "check" | "discover" | "read", start?: Start): Promise<Ended>;
  destination(verb: "spec" | "check" | "discover" | "write", start?: Start): Promise<Ended>;
  close(): Promise<void>;
}

export async function setStage(
  rows: readonly ContactRow[] = [],
  options: { readonly flowcode?: FlowcodeOptions; readonly iterable?: IterableOptions } = {},
): Promise<Stage> {
  const flowcode = await startFlowcode(rows, options.flowcode);
  const iterable = await startIterable(options.iterable);
  const files = await folderOf({});
  let number = 0;

  const sourceSettings = ({ advanced, ...more }: Printed): Settings => {
    const { orgId, workspaceId, clientId, clientSecret } = flowcode.account;
    return {
      org_id: orgId,
      workspace_id: workspaceId,
      credentials: { auth_type: "api_client", client_id: clientId, client_secret: clientSecret },
      requests_per_second: 50,
      ...more,
      advanced: { api_base_url: flowcode.url, auth_base_url: flowcode.url, ...advanced },
    };
  };
  const destinationSettings = ({ advanced, ...more }: Printed): Settings => ({
    api_key: SERVER_SIDE_KEY,
    ...more,
    advanced: { base_url: iterable.url, ...advanced },
  });

  /** The arguments of one start, with its files written. */
  const argumentsOf = async (verb: string, settings: Settings, start: Start): Promise<string[]> => {
    number += 1;
    const prefix = number;
    const file = async (name: string, content: unknown) => {
      await files.write(`${prefix}-${name}`, content);
      return files.path(`${prefix}-${name}`);
    };
    const isSinger = start.dialect === "singer";
    const args: string[] = isSinger ? [] : [verb];
    if (verb !== "spec") args.push("--config", await file("config.json", settings));
    if (isSinger && verb === "discover") args.push("--discover");
    const takesCatalog = verb === "read" || verb === "write";
    const catalog = start.catalog === undefined && !isSinger ? { streams: [CONTACTS] } : start.catalog;
    if (takesCatalog && catalog) args.push("--catalog", await file("catalog.json", catalog));
    if (start.state !== undefined) args.push("--state", await file("state.jsonl", start.state));
    return [...args, ...(start.args ?? [])];
  };
  const sourceArgs = (verb: string, start: Start) =>
    argumentsOf(verb, sourceSettings({ ...start.settings }), start);
  const destinationArgs = (verb: string, start: Start) =>
    argumentsOf(verb, destinationSettings({ ...start.settings }), start);
  const sourceProgram = compiled("source-flowcode/main.js");
  const destinationProgram = compiled("destination-iterable/main.js");

  return {
    flowcode,
    iterable,
    path: files.path,
    async write(name, content) {
      await files.write(name, content);
      return files.path(name);
    },
    startSource: async (verb, start = {}) =>
      startNode(sourceProgram, await sourceArgs(verb, start), start.env, start.before),
    startDestination: async (verb, start = {}) =>
      startNode(destinationProgram, await destinationArgs(verb, start), start.env, start.before),
    source: async (verb, start = {}) => runNode(sourceProgram, await sourceArgs(verb, start), start),
    destination: async (verb, start = {}) =>
      runNode(destinationProgram, await destinationArgs(verb, start), start),
    async close() {
      await Promise.all([flowcode.close(), iterable.close(), files.remove()]);
    },
  };
}
