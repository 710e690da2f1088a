const STORE = "session";

/** The session of this tab; a header is sent with it, which no other page can do. */
export function session(): string | undefined {
  return sessionStorage.getItem(STORE) ?? undefined;
}

export function keepSession(token: string): void {
  sessionStorage.setItem(STORE, token);
}

export function forgetSession(): void {
  sessionStorage.removeItem(STORE);
}
