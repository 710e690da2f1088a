import { authorized, endSession } from "./api.js";

/** Something that has happened at the server: `run`, `log`, `schedule` or `project`. */
export interface Happening {
  readonly kind: string;
  readonly data: unknown;
}

const AGAIN_MS = 2_000;

/**
 * Follows what happens until `signal` is aborted, and goes on from the last thing seen when the connection breaks. A
 * stream that is fetched can carry the session in a header, which an EventSource cannot.
 */
export async function follow(
  told: (happening: Happening) => void,
  connected: (isConnected: boolean) => void,
  signal: AbortSignal,
): Promise<void> {
  let last = "";
  while (!signal.aborted) {
    try {
      const headers = { ...authorized(), ...(last !== "" && { "last-event-id": last }) };
      const response = await fetch("/api/v1/events", { headers, signal });
      if (response.status === 401) return endSession();
      if (response.ok && response.body) {
        connected(true);
        for await (const { id, kind, data } of frames(response.body)) {
          if (id !== undefined) last = id;
          if (kind !== undefined) told({ kind, data });
        }
      }
    } catch {
      // The server has gone away, or this page has: the loop decides.
    }
    connected(false);
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

interface Frame {
  readonly id: string | undefined;
  readonly kind: string | undefined;
  readonly data: unknown;
}

async function* frames(body: ReadableStream<Uint8Array>): AsyncGenerator<Frame> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += decoder.decode(value, { stream: true });
    const parts = text.split("\n\n");
    text = parts.pop() ?? "";
    for (const part of parts) yield frameOf(part);
  }
}

function frameOf(part: string): Frame {
  const line = (name: string) =>
    part
      .split("\n")
      .find((one) => one.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const data = line("data");
  return { id: line("id"), kind: line("event"), data: data === undefined ? undefined : JSON.parse(data) };
}
