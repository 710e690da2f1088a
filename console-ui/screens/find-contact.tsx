import { useState } from "preact/hooks";
import { post } from "../api.js";
import { Labelled, Problem, troubleOf } from "../parts.js";
import type { Trouble } from "../wire.js";

/** What became of one contact, on each of its four stations. */
interface Explained {
  readonly verdict: string;
  readonly tone: string;
  readonly cards: readonly { readonly title: string; readonly text: string }[];
}

export function FindContact() {
  const [who, setWho] = useState("");
  const [found, setFound] = useState<Explained>();
  const [trouble, setTrouble] = useState<Trouble>();
  const [isBusy, setBusy] = useState(false);
  const find = async () => {
    setBusy(true);
    setTrouble(undefined);
    setFound(undefined);
    try {
      setFound(await post<Explained>("explain", { who: who.trim() }));
    } catch (error) {
      setTrouble(troubleOf(error));
    }
    setBusy(false);
  };
  return (
    <>
      <form
        class="inline"
        onSubmit={(event) => {
          event.preventDefault();
          void find();
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
        <button type="submit" class="primary" disabled={isBusy || who.trim() === ""}>
          {isBusy ? "Looking…" : "Find"}
        </button>
      </form>
      {trouble && <Problem trouble={trouble} />}
      <div role="status" aria-live="polite">
        {found && <p class={`outcome ${found.tone}`}>{found.verdict}</p>}
      </div>
      {found && (
        <div class="columns">
          {found.cards.map(({ title, text }) => (
            <section key={title} class="card">
              <h2>{title}</h2>
              <pre>{text}</pre>
            </section>
          ))}
        </div>
      )}
    </>
  );
}
