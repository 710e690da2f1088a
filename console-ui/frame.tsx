import { useEffect, useRef } from "preact/hooks";
import { Reopen } from "./door/reopen.js";
import { Conflict } from "./draft/conflict.js";
import { SaveBar } from "./draft/save-bar.js";
import { Problem } from "./parts.js";
import { type Screen as Place, SCREENS, STEPS, stepAfter, useScreen } from "./screens.js";
import type { Shared } from "./state.js";

interface Props {
  readonly shared: Shared;
  readonly isConnected: boolean;
  /** Whether the session still is one. */
  readonly isOpen: boolean;
  readonly onOpen: () => void;
}

/** The frame around the screens: where one is, what is wrong, and what is not saved. */
export function Frame({ shared, isConnected, isOpen, onOpen }: Props) {
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
        <Steps screen={screen} isNew={shared.project.is_new} />
        {!isOpen && <Reopen onOpen={onOpen} />}
        {isOpen && !isConnected && (
          <p class="notice warning" role="status">
            ! The connection to the console is broken. Trying again… If you closed it, start it again:{" "}
            <code>flowcode-iterable console</code>
          </p>
        )}
        {shared.trouble && <Problem trouble={shared.trouble} />}
        <Conflict />
        <Screen />
        <Next screen={screen} isNew={shared.project.is_new} />
      </main>
      <SaveBar />
    </>
  );
}

/** The four steps of setting a project up, until it has synced for the first time. */
function Steps({ screen, isNew }: { readonly screen: Place; readonly isNew: boolean }) {
  if (!isNew || !stepAfter(screen)) return null;
  return (
    <ol class="steps-bar" aria-label="Set-up">
      {STEPS.map(({ path, title }) => (
        <li key={path} {...(path === screen.path && { "aria-current": "step" })}>
          {title}
        </li>
      ))}
    </ol>
  );
}

/** Where to go next while a project is set up. */
function Next({ screen, isNew }: { readonly screen: Place; readonly isNew: boolean }) {
  const found = stepAfter(screen);
  if (!found || !isNew) return null;
  return (
    <p class="step">
      <span class="quiet">
        Step {found.step} of {STEPS.length}.{" "}
      </span>
      {found.next ? (
        <a class="onward" href={`#/${found.next.path}`}>
          Next: {found.next.title}
        </a>
      ) : (
        <a class="onward" href="#/test">
          Then: send a test contact
        </a>
      )}
    </p>
  );
}
