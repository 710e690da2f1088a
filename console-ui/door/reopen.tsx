import { useState } from "preact/hooks";
import { Labelled, Problem, troubleOf } from "../parts.js";
import type { Trouble } from "../wire.js";
import { openWith } from "./door.js";

/** A console that was restarted, or left alone for an hour, is opened again where it was, by a new link. */
export function Reopen({ onOpen }: { readonly onOpen: () => void }) {
  const [link, setLink] = useState("");
  const [trouble, setTrouble] = useState<Trouble>();
  const open = async () => {
    setTrouble(undefined);
    try {
      await openWith(link);
      onOpen();
    } catch (error) {
      setTrouble(troubleOf(error));
    }
  };
  return (
    <section class="card problem" role="alert" aria-labelledby="reopen">
      <h2 id="reopen">The session has ended</h2>
      <p>
        The console was restarted, or nobody used it for an hour. What you have typed is still here. Get a new
        link and paste it:
      </p>
      <pre>flowcode-iterable console --link</pre>
      <form
        class="inline"
        onSubmit={(event) => {
          event.preventDefault();
          void open();
        }}
      >
        <Labelled id="link" label="New link">
          <input
            id="link"
            type="text"
            autocomplete="off"
            spellcheck={false}
            required
            value={link}
            onInput={(event) => setLink(event.currentTarget.value)}
          />
        </Labelled>
        <button type="submit" class="primary beside">
          Go on
        </button>
      </form>
      {trouble && <Problem trouble={trouble} />}
    </section>
  );
}
