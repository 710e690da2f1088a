import { useState } from "preact/hooks";
import { Labelled } from "../parts.js";

/** Asks for the password that some consoles want beside a link. */
export function Password({ onGiven }: { readonly onGiven: (password: string) => void }) {
  const [password, setPassword] = useState("");
  return (
    <main class="door">
      <h1>Password</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onGiven(password);
        }}
      >
        <Labelled id="password" label="Password of this console">
          <input
            id="password"
            type="password"
            autocomplete="current-password"
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </Labelled>
        <button type="submit" class="primary" disabled={password === ""}>
          Open
        </button>
      </form>
    </main>
  );
}
