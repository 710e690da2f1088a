import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { get, post, put, Refused } from "./api.js";
import { changesBetween, hasTypedSecret, rebased, withValue } from "./draft/draft.js";
import { keepDraft, keptDraft } from "./draft/kept-draft.js";
import { follow } from "./events.js";
import { Frame } from "./frame.js";
import { Problem, troubleOf } from "./parts.js";
import { type Conflicting, type Shared, SharedContext } from "./state.js";
import type { Project, Settings, Trouble } from "./wire.js";
import type { Standing } from "./wire-runs.js";

interface Props {
  readonly isOpen: boolean;
  readonly onOpen: () => void;
}

/** Everything behind the door: the project as it is saved, the draft, and what happens at the server. */
export function Console({ isOpen, onOpen }: Props) {
  const [project, setProject] = useState<Project>();
  const [draft, setDraft] = useState<Settings>();
  const [trouble, setTrouble] = useState<Trouble>();
  const [conflict, setConflict] = useState<Conflicting>();
  const [shown, show] = useState(false);
  const latest = useRef({ project, draft });
  latest.current = { project, draft };

  const load = useCallback(async () => {
    const found = await get<Project>("project");
    setProject(found);
    return found;
  }, []);
  const refresh = useCallback(async (whole: boolean) => {
    const found = await get<Project>("project").catch(() => undefined);
    const { project: before, draft: mine } = latest.current;
    if (!found || !before || !mine) return;
    // Whoever has changed something keeps that, and hears of the other change when saving.
    if (whole && changesBetween(before.settings, mine) === 0) {
      setProject(found);
      setDraft(found.settings);
    } else setProject({ ...before, scheduler: found.scheduler });
  }, []);
  useEffect(() => {
    if (!isOpen) return;
    if (latest.current.draft) void refresh(true);
    else
      load().then(
        ({ settings }) => setDraft(keptDraft(settings)),
        (error: unknown) => setTrouble(troubleOf(error)),
      );
  }, [isOpen, load, refresh]);
  const { standing, runs, isConnected } = useHappenings(isOpen, refresh);
  const changes = project && draft ? changesBetween(project.settings, draft) : 0;
  useKept(project?.settings, draft);

  const shared = useMemo((): Shared | undefined => {
    if (!project || !draft) return undefined;
    return {
      ...{ project, draft, changes, trouble, standing, runs, shown, show, conflict },
      set: (path, value) => setDraft((before) => before && withValue(before, path, value)),
      discard() {
        setTrouble(undefined);
        setConflict(undefined);
        void load().then(({ settings }) => setDraft(settings));
      },
      keepMine() {
        if (!conflict) return;
        setProject(conflict.project);
        setDraft(rebased(project.settings, draft, conflict.project.settings) as Settings);
        setConflict(undefined);
      },
      takeTheirs: () => shared?.discard(),
      async save() {
        try {
          await put("project", { settings: draft }, { headers: { "if-match": project.etag } });
          setTrouble(undefined);
          setDraft((await load()).settings);
          return true;
        } catch (error) {
          const isConflict = error instanceof Refused && error.status === 412;
          setConflict(isConflict ? (error.beside as unknown as Conflicting) : undefined);
          setTrouble(isConflict ? undefined : troubleOf(error));
          return false;
        }
      },
      ...actions(setTrouble),
    };
  }, [project, draft, changes, trouble, standing, runs, shown, load, conflict]);

  if (!shared) return trouble ? <Problem trouble={trouble} /> : null;
  return (
    <SharedContext.Provider value={shared}>
      <Frame isConnected={isConnected} isOpen={isOpen} onOpen={onOpen} shared={shared} />
    </SharedContext.Provider>
  );
}

/** What is asked of the server beside saving. */
function actions(setTrouble: (trouble: Trouble | undefined) => void): Pick<Shared, "start" | "stop"> {
  return {
    async start(job, mayJoin = false) {
      try {
        setTrouble(undefined);
        return (await post<{ run: number }>("runs", job)).run;
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        if (mayJoin && error.trouble.code === "busy") return error.beside.run as number | undefined;
        setTrouble(error.trouble);
        return undefined;
      }
    },
    async stop() {
      await post("runs/current/stop", {}).catch((error: unknown) => setTrouble(troubleOf(error)));
    },
  };
}

/** Follows the server: the run that is under way, how often one has begun or ended, and whether anybody answers. */
function useHappenings(isOpen: boolean, refresh: (whole: boolean) => Promise<void>) {
  const [isConnected, setConnected] = useState(true);
  const [standing, setStanding] = useState<Standing>();
  const [runs, setRuns] = useState(0);
  useEffect(() => {
    if (!isOpen) return;
    const stop = new AbortController();
    void follow(
      ({ kind, data }) => {
        if (kind === "run") {
          const { standing: now } = data as { standing: Standing | null };
          setStanding((before) => {
            if (before?.run !== now?.run) setRuns((count) => count + 1);
            return now ?? undefined;
          });
        }
        if (kind === "schedule") void refresh(false);
        if (kind === "project") void refresh(true);
      },
      setConnected,
      stop.signal,
    );
    return () => stop.abort();
  }, [isOpen, refresh]);
  return { standing, runs, isConnected };
}

/** Keeps the draft over reloads. What is not kept, a secret, is asked about before the page goes. */
function useKept(saved: Settings | undefined, draft: Settings | undefined): void {
  useEffect(() => {
    if (!saved || !draft) return;
    keepDraft(saved, draft);
    if (!hasTypedSecret(draft)) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [saved, draft]);
}
