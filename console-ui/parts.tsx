import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Refused } from "./api.js";
import type { Trouble } from "./wire.js";
import { ago, localWithZone } from "./words.js";

/** The outcomes of runs, with a sign and a word for each, so that colour is never all there is. */
export const OUTCOMES: Readonly<Record<string, readonly [sign: string, word: string, tone: string]>> = {
  succeeded: ["✓", "Succeeded", "good"],
  with_losses: ["!", "Succeeded, with losses", "warning"],
  failed: ["✗", "Failed", "bad"],
  stopped: ["■", "Stopped", "warning"],
  interrupted: ["✗", "Interrupted", "bad"],
  running: ["●", "Running", "busy"],
};

export function Outcome({ outcome }: { readonly outcome: string }) {
  const [sign, word, tone] = OUTCOMES[outcome] ?? ["?", outcome, "warning"];
  return (
    <span class={`outcome ${tone}`}>
      <span aria-hidden="true">{sign}</span> {word}
    </span>
  );
}

/** A moment: how long ago, in this machine's time, and in UTC for whoever points at it. */
export function When({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={new Date(at).toISOString()}>
      {localWithZone(at)} <span class="quiet">({ago(at)})</span>
    </time>
  );
}

const SIDES = { source: "Flowcode", destination: "Iterable", runner: "This machine" } as const;

/** What went wrong: a headline, what to do, and the details folded away. */
export function Problem({ trouble }: { readonly trouble: Trouble }) {
  return (
    <div class="problem" role="alert">
      <p class="headline">
        <span aria-hidden="true">✗ </span>
        {trouble.title}
      </p>
      {trouble.todo.length > 0 && (
        <ul>
          {trouble.todo.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ul>
      )}
      {(trouble.code !== undefined || trouble.side !== undefined) && (
        <details>
          <summary>Details</summary>
          {trouble.side !== undefined && <p>Where: {SIDES[trouble.side]}</p>}
          {trouble.code !== undefined && (
            <p>
              Code: <code>{trouble.code}</code>
            </p>
          )}
        </details>
      )}
    </div>
  );
}

export function Notice({
  tone = "quiet",
  children,
}: {
  readonly tone?: string;
  readonly children: ComponentChildren;
}) {
  return <div class={`notice ${tone}`}>{children}</div>;
}

/** A field of a form, with its label, its hint and what is wrong with it. */
export function Labelled({
  id,
  label,
  hint,
  problem,
  children,
}: {
  readonly id: string;
  readonly label: string;
  readonly hint?: ComponentChildren;
  readonly problem?: string | undefined;
  readonly children: ComponentChildren;
}) {
  return (
    <div class={problem === undefined ? "field" : "field wrong"}>
      <label for={id}>{label}</label>
      {children}
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {problem !== undefined && (
        <p class="wrong-text" id={`${id}-problem`}>
          <span aria-hidden="true">✗ </span>
          {problem}
        </p>
      )}
    </div>
  );
}

/** One of several values, by the words for them. */
export function Select<T extends string>({
  id,
  value,
  choices,
  onChange,
}: {
  readonly id?: string;
  readonly value: T;
  readonly choices: readonly (readonly [value: T, text: string])[];
  readonly onChange: (value: T) => void;
}) {
  return (
    <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value as T)}>
      {choices.map(([name, text]) => (
        <option key={name} value={name}>
          {text}
        </option>
      ))}
    </select>
  );
}

/** A question with a way out, for what cannot be taken back. */
export function Question({
  title,
  children,
  yes,
  onYes,
  onNo,
}: {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly yes: string;
  readonly onYes: () => void;
  readonly onNo: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby="question" onClose={onNo}>
      <h2 id="question">{title}</h2>
      {children}
      <div class="actions">
        <button type="button" onClick={onNo}>
          Cancel
        </button>
        <button type="button" class="primary" onClick={onYes}>
          {yes}
        </button>
      </div>
    </dialog>
  );
}

/** What somebody waits for. */
export type Loaded<T> =
  | { readonly state: "loading" }
  | { readonly state: "there"; readonly value: T }
  | { readonly state: "failed"; readonly trouble: Trouble };

/** Loads something, anew whenever `keys` change; what was asked for before is given up. */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>, keys: readonly unknown[]): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: "loading" });
  useEffect(() => {
    const stop = new AbortController();
    // What was there before stays until something newer is: nothing flickers.
    setLoaded((before) => (before.state === "there" ? before : { state: "loading" }));
    load(stop.signal).then(
      (value) => stop.signal.aborted || setLoaded({ state: "there", value }),
      (error: unknown) => stop.signal.aborted || setLoaded({ state: "failed", trouble: troubleOf(error) }),
    );
    return () => stop.abort();
  }, keys);
  return loaded;
}

/** An error in words; one that nobody has foreseen is said as it is. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof Refused) return error.trouble;
  return { title: error instanceof Error ? error.message : String(error), todo: [] };
}

export function Loading({ what }: { readonly what: string }) {
  return (
    <p class="quiet" role="status">
      Loading {what}…
    </p>
  );
}
