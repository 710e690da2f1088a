import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { get, post, put, Refused, whenSessionEnds } from "./api.js";
import { openSession } from "./door.js";
import { changesBetween, withValue } from "./draft.js";
import { follow } from "./events.js";
import { Problem, troubleOf } from "./parts.js";
import { Password } from "./password.js";
import { SaveBar } from "./save-bar.js";
import { type Screen as Place, SCREENS, stepAfter, useScreen } from "./screens.js";
import { type Shared, SharedContext } from "./state.js";
import type { Project, Settings, Standing, Trouble } from "./wire.js";

/** The door first: without a session there is nothing to see. */
export function App() {
  const [door, setDoor] = useState<"opening" | "open" | "closed">("opening");
  const [trouble, setTrouble] = useState<Trouble>();
  const open = (password?: string) =>
    openSession(password).then(
      (isOpen) => setDoor(isOpen ? "open" : "closed"),
      (error: unknown) => {
        setTrouble(troubleOf(error));
        setDoor("closed");
      },
    );
  useEffect(() => {
    whenSessionEnds(() => setDoor("closed"));
    void open();
  }, []);
  if (door === "opening") return null;
  if (door === "open") return <Console />;
  if (trouble?.code === "password") return <Password onGiven={(password) => void open(password)} />;
  return (
    <main class="door">
      <h1>Open the console by its link</h1>
      {trouble && <Problem trouble={trouble} />}
      <p>Links work once, for ten minutes, and a session ends after an hour without use. Get a new link:</p>
      <pre>flowcode-iterable console --link</pre>
    </main>
  );
}

function Console() {
  const [project, setProject] = useState<Project>();
  const [draft, setDraft] = useState<Settings>();
  const [trouble, setTrouble] = useState<Trouble>();
  const [isConnected, setConnected] = useState(true);
  const [standing, setStanding] = useState<Standing>();
  const [runs, setRuns] = useState(0);
  const [shown, show] = useState(false);

  const load = useCallback(async () => {
    const found = await get<Project>("project");
    setProject(found);
    return found;
  }, []);
  useEffect(() => {
    load().then(
      ({ settings }) => setDraft(settings),
      (error: unknown) => setTrouble(troubleOf(error)),
    );
  }, [load]);
  const latest = useRef({ project, draft });
  latest.current = { project, draft };
  const refresh = useCallback(async (whole: boolean) => {
    const found = await get<Project>("project").catch(() => undefined);
    const { project: before, draft: mine } = latest.current;
    if (!found || !before || !mine) return;
    if (whole && changesBetween(before.settings, mine) === 0) {
      setProject(found);
      setDraft(found.settings);
    } else setProject({ ...before, scheduler: found.scheduler });
  }, []);
  useEffect(() => {
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
        // Whoever has changed something keeps that, and hears of the other change when saving.
        if (kind === "project") void refresh(true);
      },
      setConnected,
      stop.signal,
    );
    return () => stop.abort();
  }, [refresh]);

  const changes = project && draft ? changesBetween(project.settings, draft) : 0;
  useEffect(() => {
    if (changes === 0) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [changes]);

  const shared = useMemo((): Shared | undefined => {
    if (!project || !draft) return undefined;
    return {
      project,
      draft,
      changes,
      trouble,
      standing,
      runs,
      shown,
      show,
      set: (path, value) => setDraft((before) => before && withValue(before, path, value)),
      discard() {
        setTrouble(undefined);
        void load().then(({ settings }) => setDraft(settings));
      },
      async save() {
        try {
          await put("project", { settings: draft }, { headers: { "if-match": project.etag } });
          setTrouble(undefined);
          setDraft((await load()).settings);
          return true;
        } catch (error) {
          setTrouble(troubleOf(error));
          return false;
        }
      },
      async start(job) {
        try {
          setTrouble(undefined);
          const { run } = await post<{ run: number }>("runs", job);
          return run;
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          // A schedule that was just saved may be quicker than whoever saved it.
          if (job.kind === "sync" && error.trouble.code === "busy")
            return error.beside.run as number | undefined;
          setTrouble(error.trouble);
          return undefined;
        }
      },
      async stop() {
        await post("runs/current/stop", {}).catch((error: unknown) => setTrouble(troubleOf(error)));
      },
    };
  }, [project, draft, changes, trouble, standing, runs, shown, load]);

  if (!shared) return trouble ? <Problem trouble={trouble} /> : null;
  return (
    <SharedContext.Provider value={shared}>
      <Frame isConnected={isConnected} shared={shared} />
    </SharedContext.Provider>
  );
}

function Frame({ shared, isConnected }: { readonly shared: Shared; readonly isConnected: boolean }) {
  const screen = useScreen(shared.project.exists);
  const heading = useRef<HTMLHeadingElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${screen.title} · ${shared.project.name} · Flowcode → Iterable`;
    if (!isFirst.current) heading.current?.focus();
    isFirst.current = false;
  }, [screen, shared.project.name]);
  const Screen = screen.component;
  return (
    <>
      <header class="top">
        <a class="skip" href={`#/${screen.path}`} onClick={() => heading.current?.focus()}>
          Skip to the content
        </a>
        <p class="brand">
          Flowcode → Iterable <span class="quiet">· {shared.project.name}</span>
        </p>
        <nav aria-label="Screens">
          <ul>
            {SCREENS.map(({ path, title }) => (
              <li key={path}>
                <a href={`#/${path}`} {...(path === screen.path && { "aria-current": "page" })}>
                  {title}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      </header>
      <main>
        <div class="title">
          <h1 tabIndex={-1} ref={heading}>
            {screen.title}
          </h1>
          <label class="switch">
            <input
              type="checkbox"
              checked={shared.shown}
              onChange={(event) => shared.show(event.currentTarget.checked)}
            />{" "}
            Show data
          </label>
        </div>
        {!isConnected && (
          <p class="notice warning" role="status">
            ! The connection to the console is broken. Trying again…
          </p>
        )}
        {shared.trouble && <Problem trouble={shared.trouble} />}
        <Screen />
        <Step screen={screen} />
      </main>
      <SaveBar />
    </>
  );
}

/** Where to go next while a project is set up. */
function Step({ screen }: { readonly screen: Place }) {
  const found = stepAfter(screen);
  if (!found) return null;
  return (
    <p class="step">
      <span class="quiet">Step {found.step} of 4 of the set-up. </span>
      {found.next ? (
        <a href={`#/${found.next.path}`}>Next: {found.next.title}</a>
      ) : (
        <a href="#/test">Then: send a test contact</a>
      )}
    </p>
  );
}
