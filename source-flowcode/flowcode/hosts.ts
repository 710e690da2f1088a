/** Seen in two public clients; that ListContacts is served there is an inference. */
export const API_BASE_URL = "https://api.conversions.flowcode.com";
/** Seen in two public clients. */
export const AUTH_BASE_URL = "https://authn.flowcode.com";
