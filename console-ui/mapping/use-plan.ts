import { useEffect, useRef, useState } from "preact/hooks";
import { post } from "../api.js";
import { type Loaded, troubleOf } from "../parts.js";
import type { Plan, Settings } from "../wire.js";

/** Somebody may still be typing: the connectors are started for each plan. */
const QUIET_MS = 300;

/** What the draft's mapping would do, asked for anew when the draft has rested; an older question is given up. */
export function usePlan(draft: Settings): { readonly plan: Loaded<Plan>; readonly isStale: boolean } {
  const [plan, setPlan] = useState<Loaded<Plan>>({ state: "loading" });
  const [isStale, setStale] = useState(true);
  const asked = useRef<string>("");
  const question = JSON.stringify([draft.source, draft.destination]);
  useEffect(() => {
    if (asked.current === question) return;
    const stop = new AbortController();
    setStale(true);
    const timer = setTimeout(() => {
      void post<Plan>("plan", { settings: draft }, { signal: stop.signal })
        .then(
          (value): Loaded<Plan> => ({ state: "there", value }),
          (error: unknown): Loaded<Plan> => ({ state: "failed", trouble: troubleOf(error) }),
        )
        .then((loaded) => {
          if (stop.signal.aborted) return;
          asked.current = question;
          setPlan(loaded);
          setStale(false);
        });
    }, QUIET_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [question]);
  return { plan, isStale };
}
