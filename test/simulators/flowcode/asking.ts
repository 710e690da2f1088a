import type { ContactRow } from "../../../simulators/flowcode/row.js";
import { type FlowcodeOptions, type FlowcodeSimulator, startFlowcode } from "../../../simulators/flowcode.js";
import type { Printed } from "../../process.js";

/** A stand-in of Flowcode, and requests to it with a valid log-in. */
export interface Asked {
  readonly flowcode: FlowcodeSimulator;
  post(
    path: string,
    body: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; headers: Headers; body: Printed }>;
  exchange(): Promise<Printed>;
  /** Calls ListContacts, or another path, for the account. */
  list(body?: Record<string, unknown>, path?: string): Promise<{ status: number; body: Printed }>;
  /** Sets switches from outside. */
  flip(switches: Record<string, unknown>): Promise<{ status: number; body: Printed }>;
}

export const LIST = "/abacus.v1.AbacusService/ListContacts";
export const EXCHANGE = "/identity/resources/auth/v1/api-token";

export async function startAsking(
  rows: readonly ContactRow[],
  options: FlowcodeOptions = {},
): Promise<Asked> {
  const flowcode = await startFlowcode(rows, options);
  const post: Asked["post"] = async (path, body, headers = {}) => {
    const response = await fetch(`${flowcode.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Printed };
  };
  const exchange = async () => {
    const { clientId, clientSecret } = flowcode.account;
    return (await post(EXCHANGE, { clientId, secret: clientSecret })).body;
  };
  return {
    flowcode,
    post,
    exchange,
    async list(body = {}, path = LIST) {
      const { orgId, workspaceId } = flowcode.account;
      const token = (await exchange()).accessToken;
      return post(path, { orgId, workspaceId, ...body }, { authorization: `Bearer ${token}` });
    },
    flip: (switches) => post("/__sim/switches", switches),
  };
}
