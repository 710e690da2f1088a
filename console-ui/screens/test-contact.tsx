import { useEffect, useState } from "preact/hooks";
import { get, post } from "../api.js";
import { Labelled, Problem, troubleOf } from "../parts.js";
import { useShared } from "../state.js";
import type { Trouble } from "../wire.js";
import { localWithZone } from "../words.js";

/** How a test contact stands: each station with when it was reached, then both sides field by field. */
interface Standing {
  readonly state: "waiting" | "done" | "failed";
  /** What happens at this moment. */
  readonly now: string;
  readonly steps: readonly { readonly text: string; readonly at?: string; readonly done: boolean }[];
  readonly fields: readonly {
    readonly field: string;
    readonly sent: string;
    readonly held: string;
    readonly same: boolean;
  }[];
  readonly error?: Trouble;
}

const LOOK_AGAIN_MS = 1_000;

export function TestContact() {
  const { shown } = useShared();
  const [email, setEmail] = useState("");
  const [contact, setContact] = useState<string>();
  const [standing, setStanding] = useState<Standing>();
  const [trouble, setTrouble] = useState<Trouble>();
  useEffect(() => {
    if (contact === undefined) return;
    let isOver = false;
    const look = async () => {
      while (!isOver) {
        try {
          const found = await get<Standing>(`contacts/${contact}`);
          if (isOver) return;
          setStanding(found);
          if (found.state !== "waiting") return;
        } catch (error) {
          setTrouble(troubleOf(error));
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
      }
    };
    void look();
    return () => {
      isOver = true;
    };
  }, [contact]);
  return (
    <>
      <ol>
        <li>Fill in your form now, with an email of your own.</li>
        <li>Type the same email here. The contact is awaited for two minutes.</li>
      </ol>
      <form
        class="inline"
        onSubmit={(event) => {
          event.preventDefault();
          setStanding(undefined);
          setTrouble(undefined);
          post<{ contact: string }>("runs", { kind: "contact", email: email.trim() }).then(
            (begun) => setContact(begun.contact),
            (error: unknown) => setTrouble(troubleOf(error)),
          );
        }}
      >
        <Labelled id="email" label="Email that you used">
          <input
            id="email"
            type="email"
            autocomplete="off"
            spellcheck={false}
            required
            value={email}
            onInput={(event) => setEmail(event.currentTarget.value)}
          />
        </Labelled>
        <button type="submit" class="primary beside" disabled={standing?.state === "waiting"}>
          {standing?.state === "waiting" ? "Waiting…" : "Wait for it and send it"}
        </button>
      </form>
      {trouble && <Problem trouble={trouble} />}
      {standing?.error && <Problem trouble={standing.error} />}
      {standing?.state === "waiting" && <p role="status">{standing.now}</p>}
      {standing && standing.state !== "waiting" && (
        <ul class="steps" role="status" aria-live="polite">
          {standing.steps.map(({ text, at, done }) => (
            <li key={text} class={done ? "good" : "quiet"}>
              <span aria-hidden="true">{done ? "✓" : "…"}</span> {text}{" "}
              {at !== undefined && <span class="quiet">{localWithZone(at)}</span>}
            </li>
          ))}
        </ul>
      )}
      {standing && standing.fields.length > 0 && (
        <table class="compared">
          <caption>What was sent, and what Iterable holds</caption>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Sent</th>
              <th scope="col">Iterable holds</th>
              <th scope="col">Same?</th>
            </tr>
          </thead>
          <tbody>
            {standing.fields.map(({ field, sent, held, same }) => (
              <tr key={field}>
                <th scope="row" data-label="Field">
                  {field}
                </th>
                <td data-label="Sent">{shown ? sent : "•••"}</td>
                <td data-label="Iterable holds">{shown ? held : "•••"}</td>
                <td data-label="Same?">{same ? "✓ the same" : "✗ differs"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
