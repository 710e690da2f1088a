import type { Dispatcher } from "undici";
import buildConnector, { type Connector } from "undici/lib/core/connect.js";
import Agent from "undici/lib/dispatcher/agent.js";
import { NetworkError } from "./errors.js";
import { passOverContinue } from "./interim.js";
import { isLoopback } from "./loopback.js";

/** Connections to whoever is asked, directly or through the proxies that the environment names. */
export interface Connections {
  to(url: URL): Promise<Dispatcher>;
  close(): Promise<void>;
}

/** Whether a request to this address may go through a proxy: NO_PROXY is undici's to read. */
export function mayBeProxied(url: URL): boolean {
  const { http, https } = proxySettings();
  return !isLoopback(url.hostname) && (http !== undefined || https !== undefined);
}

/** Names in lower case win, as with curl. Compose files and charts pass variables that nobody has set as empty ones. */
function proxySettings(): { http: string | undefined; https: string | undefined; none: string } {
  const { http_proxy, HTTP_PROXY, https_proxy, HTTPS_PROXY, no_proxy, NO_PROXY } = process.env;
  return {
    http: http_proxy || HTTP_PROXY || undefined,
    https: https_proxy || HTTPS_PROXY || undefined,
    none: no_proxy || NO_PROXY || "",
  };
}

/**
 * Which proxy a request goes through is undici's to say (EnvHttpProxyAgent: HTTPS_PROXY, HTTP_PROXY and NO_PROXY), which
 * is loaded where there is one; loopback hosts are never proxied. `timeout` is that of an answer, in ms.
 */
export function createConnections(timeout: number): Connections {
  const settings = { headersTimeout: timeout, bodyTimeout: timeout };
  let direct: Dispatcher | undefined;
  let proxied: Dispatcher | undefined;

  const proxiedTo = async (url: URL): Promise<Dispatcher> => {
    const { EnvHttpProxyAgent, Pool } = await import("undici");
    const { http, https, none } = proxySettings();
    const connector = connect(timeout);
    try {
      return new EnvHttpProxyAgent({
        ...settings,
        httpProxy: http ?? "",
        httpsProxy: https ?? "",
        noProxy: none,
        connect: connector,
        factory: (origin, options) => {
          const own = (options as { connect?: Connector }).connect ?? connector;
          return new Pool(origin, { ...options, connect: own === connector ? own : tolerant(own) });
        },
      });
    } catch (error) {
      throw new NetworkError("PROXY_ADDRESS", url.host, error);
    }
  };

  return {
    async to(url) {
      if (mayBeProxied(url)) {
        proxied ??= await proxiedTo(url);
        return proxied;
      }
      direct ??= new Agent({ ...settings, connect: connect(timeout) });
      return direct;
    },
    async close() {
      await Promise.all([direct?.destroy(), proxied?.destroy()]);
    },
  };
}

function connect(timeout: number): Connector {
  return tolerant(buildConnector({ timeout: Math.min(timeout, 15_000) }));
}

/** Sockets whose answers may begin with an unasked `100 Continue`. */
function tolerant(connector: Connector): Connector {
  return (options, callback) =>
    connector(options, (...result) => {
      const [, socket] = result;
      if (socket) passOverContinue(socket);
      callback(...result);
    });
}
