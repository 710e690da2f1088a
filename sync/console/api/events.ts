import type { ServerResponse } from "node:http";
import type { Folder } from "../../project/folder.js";
import { headersFor } from "../answer.js";
import { createFollower, follow, type Happening } from "../live.js";
import type { Route } from "../route.js";

/** Something is sent at least so often, so that both sides notice a broken connection, in ms. */
const PING_MS = 15_000;

/** What happens in the console itself, beside what logs say. */
export interface Bell {
  /** Tells everybody who follows. */
  ring(happening: Happening): void;
  listen(told: (happening: Happening) => void): () => void;
}

export function createBell(): Bell {
  const listeners = new Set<(happening: Happening) => void>();
  return {
    ring(happening) {
      for (const told of listeners) told(happening);
    },
    listen(told) {
      listeners.add(told);
      return () => listeners.delete(told);
    },
  };
}

/** `GET events`: text/event-stream, resumed by `Last-Event-ID`. `closing` ends every stream. */
export function eventRoutes(
  folder: Folder,
  bell: Bell,
  closing: AbortSignal,
  onFailure: (error: unknown) => void,
): Route[] {
  return [
    {
      method: "GET",
      path: "/api/v1/events",
      answer: ({ headers, gone }) => ({
        write(response) {
          const last = headers["last-event-id"];
          const follower = createFollower(folder, typeof last === "string" ? last : undefined);
          const over = AbortSignal.any([gone, closing]);
          response.writeHead(200, headersFor("text/event-stream; charset=utf-8"));
          response.flushHeaders();
          const told = (happening: Happening) => response.write(frame(happening));
          const deafen = bell.listen(told);
          const ping = setInterval(() => response.write(": ping\n\n"), PING_MS);
          follow(follower, told, over)
            .catch(onFailure)
            .finally(() => close(response, [() => clearInterval(ping), deafen]));
        },
      }),
    },
  ];
}

function close(response: ServerResponse, undo: readonly (() => void)[]): void {
  for (const one of undo) one();
  response.end();
}

function frame({ kind, id, data }: Happening): string {
  return `${id === undefined ? "" : `id: ${id}\n`}event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
}
