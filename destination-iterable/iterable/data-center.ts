import { ConfigError } from "../../connector/errors.js";
import type { DataCenter } from "./api.js";
import { RefusedKey } from "./read-errors.js";

/**
 * A key that one data center does not know may be at home in the other: asks there before the key is blamed. `ask`
 * resolves where the key is accepted. Throws `error` itself, or what to change.
 */
export async function explainDataCenter(
  error: unknown,
  dataCenter: DataCenter,
  ask: (other: DataCenter) => Promise<unknown>,
): Promise<never> {
  if (!(error instanceof RefusedKey) || error.isKnown) throw error;
  const other: DataCenter = dataCenter === "us" ? "eu" : "us";
  const isAtHomeThere = await ask(other).then(
    () => true,
    (reason: unknown) => reason instanceof RefusedKey && reason.isKnown,
  );
  if (!isAtHomeThere) throw error;
  throw new ConfigError(
    `this API key belongs to Iterable's other data center: set data_center to "${other}"`,
  );
}
