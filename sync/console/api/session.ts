import { Declined } from "../answer.js";
import type { Route } from "../route.js";
import type { Sessions } from "../sessions.js";

/** `POST session {key}` and `DELETE session`. */
export function sessionRoutes(sessions: Sessions): Route[] {
  return [
    {
      method: "POST",
      path: "/api/v1/session",
      answer({ body }) {
        const key = (body as { key?: unknown } | undefined)?.key;
        const exchange = sessions.exchange(typeof key === "string" ? key : "");
        switch (exchange.kind) {
          case "session":
            return { json: { session: exchange.session } };
          case "wrong":
            throw new Declined(403, {
              title: "This link does not work any more.",
              todo: ["Links work once, for ten minutes. Get a new one: flowcode-iterable console --link"],
            });
          case "locked":
            throw new Declined(429, {
              title: "Too many wrong links.",
              todo: ["Wait a minute, then try again."],
            });
        }
      },
    },
    {
      method: "DELETE",
      path: "/api/v1/session",
      answer({ headers }) {
        sessions.end((headers.authorization ?? "").slice("Bearer ".length));
        return { json: {} };
      },
    },
  ];
}
