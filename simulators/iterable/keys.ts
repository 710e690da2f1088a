/** The types of keys that Iterable has ("API Keys", help center). */
export type KeyType = "ServerSide" | "ReadOnly" | "JavaScript" | "Mobile" | "Web";

/** What a Read-only key may read ("API Keys", help center); profiles are not among it. */
const READ_ONLY = [
  "/api/lists",
  "/api/channels",
  "/api/messageTypes",
  "/api/campaigns",
  "/api/users/getFields",
];
/** What keys for websites and apps may call ("API Keys", help center), as far as it is simulated. */
const CLIENT_SIDE = ["/api/users/update", "/api/events/track"];

/** Whether a key of this type may call an endpoint. */
export function mayCall(type: KeyType, method: string, path: string): boolean {
  switch (type) {
    case "ServerSide":
      return true;
    case "ReadOnly":
      return method === "GET" && READ_ONLY.includes(path);
    case "JavaScript":
    case "Mobile":
    case "Web":
      return CLIENT_SIDE.includes(path);
  }
}

/** The refusals as they were captured; both carry the caller's address. */
export function invalidKey(path: string) {
  return { msg: "Invalid API key", code: "BadApiKey", params: { ip: "192.0.2.1", endpoint: path } };
}

export function insufficientKey(path: string, type: KeyType) {
  return {
    msg: "Disabled API key or insufficient privileges",
    code: "BadApiKey",
    params: { ip: "192.0.2.1", endpoint: path, apiKeyIdentifier: "af831922", apiKeyType: type },
  };
}
