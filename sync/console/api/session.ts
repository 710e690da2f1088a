import { Declined } from "../answer.js";
import type { Route } from "../route.js";
import type { Sessions } from "../sessions.js";

/**
 * `POST session {key, password}` and `DELETE session`. `isPassword`: undefined where a link is enough. The link is not
 * spent by a wrong password, which counts as a wrong link.
 */
export function sessionRoutes(
  sessions: Sessions,
  isPassword: ((given: string) => boolean) | undefined,
): Route[] {
  return [
    {
      method: "POST",
      path: "/api/v1/session",
      answer({ body }) {
        const { key, password } = (body ?? {}) as { key?: unknown; password?: unknown };
        if (isPassword && password === undefined) {
          throw new Declined(403, { title: "This console asks for a password.", todo: [], code: "password" });
        }
        const isRight = !isPassword || (typeof password === "string" && isPassword(password));
        const exchange = sessions.exchange(isRight && typeof key === "string" ? key : "");
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
