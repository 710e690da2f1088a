import { useEffect, useState } from "preact/hooks";
import { post } from "../api.js";
import { Labelled, Problem, troubleOf } from "../parts.js";
import { useShared } from "../state.js";
import type { Trouble } from "../wire.js";

/** What became of one contact, on each of its four stations. */
interface Explained {
  readonly verdict: string;
  readonly tone: string;
  /** What to do where the contact is not where it should be. */
  readonly todo?: readonly string[];
  readonly cards: readonly { readonly title: string; readonly text: string }[];
}

export function FindContact() {
  const { shown } = useShared();
  const [who, setWho] = useState("");
  const [asked, setAsked] = useState<string>();
  const [found, setFound] = useState<Explained>();
  const [trouble, setTrouble] = useState<Trouble>();
  const [isBusy, setBusy] = useState(false);
  const find = async (whom: string) => {
    setBusy(true);
    setTrouble(undefined);
    try {
      setFound(await post<Explained>("explain", { who: whom, show: shown }));
    } catch (error) {
      setTrouble(troubleOf(error));
    }
    setBusy(false);
  };
  // Whoever shows or hides data sees the same contact again.
  useEffect(() => {
    if (asked !== undefined) void find(asked);
  }, [asked, shown]);
  return (
    <>
      <p>See what became of one contact: in Flowcode, in the mapping, in the runs, and in Iterable.</p>
      <form
        class="inline"
        onSubmit={(event) => {
          event.preventDefault();
          setFound(undefined);
          if (who.trim() === asked) void find(asked);
          else setAsked(who.trim());
        }}
      >
        <Labelled id="who" label="Email, phone or user ID">
          <input
            id="who"
            type="text"
            autocomplete="off"
            spellcheck={false}
            required
            value={who}
            onInput={(event) => setWho(event.currentTarget.value)}
          />
        </Labelled>
        <button type="submit" class="primary beside" disabled={isBusy || who.trim() === ""}>
          {isBusy ? "Looking…" : "Find"}
        </button>
      </form>
      {trouble && <Problem trouble={trouble} />}
      <div role="status" aria-live="polite">
        {found && <p class={`outcome ${found.tone}`}>{found.verdict}</p>}
      </div>
      {found?.todo && (
        <ul>
          {found.todo.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ul>
      )}
      {found && !shown && <p class="hint">Values are masked. Choose Show data to see them.</p>}
      {found && (
        <div class="columns">
          {found.cards.map(({ title, text }) => (
            <section key={title} class="card">
              <h2>{title}</h2>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
              <pre tabIndex={0}>{text}</pre>
            </section>
          ))}
        </div>
      )}
    </>
  );
}
