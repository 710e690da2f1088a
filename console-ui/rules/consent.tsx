import { useEffect, useState } from "preact/hooks";
import { post } from "../api.js";
import { valueAt } from "../draft/draft.js";
import { Labelled } from "../parts.js";
import { useShared } from "../state.js";
import type { Plan } from "../wire.js";
import { count } from "../words.js";
import { FieldSelect, wordsIn } from "./condition.js";

interface Agreement {
  readonly field: string;
  readonly agrees: readonly string[];
}

/** Only contacts who agreed are sent, and how many of the newest did. */
export function ConsentRule({ fields }: { readonly fields: readonly string[] }) {
  const { draft, set } = useShared();
  const consent = valueAt(draft, ["destination", "consent"]) as Agreement | undefined;
  const change = (next: Partial<Agreement>) =>
    set(["destination", "consent"], {
      field: fields.find((name) => /newsletter|consent|opt|agree/i.test(name)) ?? fields[0] ?? "newsletter",
      agrees: ["yes", "true"],
      ...consent,
      ...next,
    });
  return (
    <section class="card" aria-labelledby="consent">
      <h2 id="consent">Consent</h2>
      <label class="choice">
        <input
          type="checkbox"
          checked={consent !== undefined}
          onChange={(event) =>
            event.currentTarget.checked ? change({}) : set(["destination", "consent"], undefined)
          }
        />{" "}
        Send only contacts who agreed
      </label>
      {consent && (
        <>
          <div class="inline">
            <Labelled id="consent-field" label="Form field">
              <FieldSelect
                id="consent-field"
                value={consent.field}
                fields={fields}
                onChange={(field) => change({ field })}
              />
            </Labelled>
            <Labelled
              id="consent-words"
              label="Accepted answers"
              hint="Separated by commas. Case and surrounding spaces are ignored."
            >
              <input
                id="consent-words"
                type="text"
                aria-describedby="consent-words-hint"
                value={consent.agrees.join(", ")}
                onChange={(event) => change({ agrees: wordsIn(event.currentTarget.value) })}
              />
            </Labelled>
          </div>
          <Agreeing />
        </>
      )}
    </section>
  );
}

/** "411 of the newest 500 contacts agree", by the plan of the draft. */
function Agreeing() {
  const { draft } = useShared();
  const [text, setText] = useState("Counting who agrees…");
  const question = JSON.stringify([draft.source, valueAt(draft, ["destination", "consent"])]);
  useEffect(() => {
    const stop = new AbortController();
    setText("Counting who agrees…");
    post<Plan>("plan", { settings: draft }, { signal: stop.signal }).then(
      ({ contacts, kept }) => {
        const without = kept
          .filter(({ reason }) => reason === "no_consent")
          .reduce((sum, one) => sum + one.count, 0);
        setText(
          contacts === 0
            ? "There is no contact yet."
            : `${count(contacts - without)} of the newest ${count(contacts)} contacts agree.`,
        );
      },
      () => stop.signal.aborted || setText("How many agree cannot be told now."),
    );
    return () => stop.abort();
  }, [question]);
  return <p role="status">{text}</p>;
}
