import { z } from "zod";
import { ask } from "../pipe/ask.js";
import type { SettingsInput } from "../project/settings.js";
import { configOf, type Inquirer, withFiles } from "./asking.js";
import { firstOf } from "./message.js";

export type ConfiguredSide = "source" | "destination";

/** The connector of each side. */
export const CONNECTORS = { source: "source-flowcode", destination: "destination-iterable" } as const;

/** Whether a side's settings work, in its own words. */
export interface Checked {
  readonly works: boolean;
  readonly text: string;
}

const status = z.object({
  type: z.literal("CONNECTION_STATUS"),
  connectionStatus: z.object({ status: z.string(), message: z.string().default("") }),
});

/** Asks a side whether a sync with these settings would work. Changes nothing there. */
export function check(side: ConfiguredSide, settings: SettingsInput, host: Inquirer): Promise<Checked> {
  return withFiles(settings, async (files) => {
    const { node, signal } = host;
    const args = ["check", ...configOf(files[side])];
    const answer = await ask({ node, name: CONNECTORS[side], args, signal });
    const told = firstOf(status, answer.lines)?.connectionStatus;
    if (!told) return { works: false, text: answer.problem ?? "The check said nothing." };
    return { works: told.status === "SUCCEEDED", text: told.message };
  });
}
