import type { Project, Update } from "./project.js";

/** Notes users that are on their way twice. */
export function watchInFlight({ keyOf }: Pick<Project, "keyOf">) {
  const inFlight = new Set<string>();
  const collisions: string[] = [];
  return {
    collisions,
    /** Notes the users of a request; what it returns is called when the request is answered. */
    enter(users: readonly Update[]): () => void {
      const mine = users.map((user) => keyOf(user) ?? "");
      for (const key of mine) {
        if (inFlight.has(key)) collisions.push(key);
        inFlight.add(key);
      }
      return () => {
        for (const key of mine) inFlight.delete(key);
      };
    },
  };
}
