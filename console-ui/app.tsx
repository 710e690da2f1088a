import { useEffect, useState } from "preact/hooks";
import { whenSessionEnds } from "./api.js";
import { Console } from "./console.js";
import { openSession } from "./door/door.js";
import { Password } from "./door/password.js";
import { Problem, troubleOf } from "./parts.js";
import type { Trouble } from "./wire.js";

/** The door first: without a session there is nothing to see. Who was inside stays there while the door is opened again. */
export function App() {
  const [door, setDoor] = useState<"opening" | "open" | "closed">("opening");
  const [wasInside, setInside] = useState(false);
  const [trouble, setTrouble] = useState<Trouble>();
  const enter = () => {
    setTrouble(undefined);
    setInside(true);
    setDoor("open");
  };
  const open = (password?: string) =>
    openSession(password).then(
      (isOpen) => (isOpen ? enter() : setDoor("closed")),
      (error: unknown) => {
        setTrouble(troubleOf(error));
        setDoor("closed");
      },
    );
  useEffect(() => {
    whenSessionEnds(() => setDoor("closed"));
    void open();
    // A link that is pasted into the address of this tab loads nothing anew.
    const read = () => {
      if (location.hash.startsWith("#k=")) void open();
    };
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, []);
  if (door === "opening") return null;
  if (wasInside) return <Console isOpen={door === "open"} onOpen={enter} />;
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
