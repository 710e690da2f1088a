// What is imported of undici by itself, for its index loads fetch, WebSocket, caches and mocks beside it, a sixth of a
// connector's start. Proxies need the index.
declare module "undici/lib/dispatcher/agent.js" {
  export { Agent as default } from "undici";
}
declare module "undici/lib/core/connect.js" {
  import type { buildConnector } from "undici";
  export type Connector = buildConnector.connector;
  export default function build(options: buildConnector.BuildOptions): Connector;
}
declare module "undici/lib/api/api-request.js" {
  import type { Dispatcher } from "undici";
  export default function request(
    this: Dispatcher,
    options: Dispatcher.RequestOptions,
  ): Promise<Dispatcher.ResponseData>;
}
