import { useState } from "preact/hooks";
import { get } from "../api.js";
import { valueAt } from "../draft.js";
import { Labelled, Question, useLoaded } from "../parts.js";
import { useShared } from "../state.js";
import type { Fields } from "../wire.js";

const MODES = [
  [
    "overwrite",
    "Overwrite",
    "Mapped fields replace what Iterable has. Other fields stay, and an empty answer erases nothing.",
  ],
  ["keep_existing", "Keep", "Existing contacts are left alone. Only new contacts are written."],
  ["fill_missing", "Fill what is missing", "Only fields that the contact does not have yet are written."],
] as const;

interface Consent {
  readonly field: string;
  readonly agrees: readonly string[];
}

export function Rules() {
  const { draft, set } = useShared();
  const at = (name: string) => valueAt(draft, ["destination", name]);
  const [asks, setAsks] = useState(false);
  const mode = String(at("overwrite_mode") ?? "overwrite");
  return (
    <>
      <section class="card" aria-labelledby="existing">
        <h2 id="existing">Contacts that Iterable already has</h2>
        <p class="hint">Contacts are matched by email.</p>
        <fieldset>
          <legend class="unseen">What happens to them</legend>
          {MODES.map(([value, label, what]) => (
            <label class="choice" key={value}>
              <input
                type="radio"
                name="mode"
                value={value}
                checked={mode === value}
                onChange={() => set(["destination", "overwrite_mode"], value)}
              />{" "}
              <strong>{label}</strong> <span class="quiet">{what}</span>
            </label>
          ))}
        </fieldset>
      </section>
      <ConsentRule />
      <section class="card" aria-labelledby="list">
        <h2 id="list">List</h2>
        <Labelled
          id="list-id"
          label="Static list ID"
          hint="Contacts are subscribed to this list. In Iterable: Audience → Lists. Leave it empty for none."
        >
          <input
            id="list-id"
            type="text"
            inputMode="numeric"
            pattern="[0-9]*"
            aria-describedby="list-id-hint"
            value={String(at("list_id") ?? "")}
            onChange={(event) => {
              const id = Number(event.currentTarget.value);
              set(
                ["destination", "list_id"],
                event.currentTarget.value !== "" && Number.isInteger(id) ? id : undefined,
              );
            }}
          />
        </Labelled>
      </section>
      <section class="card" aria-labelledby="new-fields">
        <h2 id="new-fields">New fields in Iterable</h2>
        <label class="choice">
          <input
            type="checkbox"
            checked={at("create_new_fields") === true}
            onChange={(event) => {
              if (event.currentTarget.checked) setAsks(true);
              else set(["destination", "create_new_fields"], undefined);
            }}
          />{" "}
          Create fields that Iterable does not have
        </label>
        <p class="hint">
          Names and types of fields in Iterable can never be changed, and fields can never be removed.
        </p>
      </section>
      {asks && (
        <Question
          title="Let syncs create fields in Iterable?"
          yes="Create fields"
          onNo={() => setAsks(false)}
          onYes={() => {
            set(["destination", "create_new_fields"], true);
            setAsks(false);
          }}
        >
          <p>A field that is created stays in the project for good, with its name and its type.</p>
        </Question>
      )}
    </>
  );
}

function ConsentRule() {
  const { draft, set } = useShared();
  const consent = valueAt(draft, ["destination", "consent"]) as Consent | undefined;
  const loaded = useLoaded((signal) => get<Fields>("fields/source", { signal }), []);
  const fields = loaded.state === "there" ? loaded.value.fields : [];
  const change = (next: Partial<Consent>) =>
    set(["destination", "consent"], {
      field: fields[0]?.name ?? "",
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
        <div class="inline">
          <Labelled id="consent-field" label="Form field">
            <select
              id="consent-field"
              value={consent.field}
              onChange={(event) => change({ field: event.currentTarget.value })}
            >
              {[...new Set([consent.field, ...fields.map(({ name }) => name)])].map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
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
              onChange={(event) =>
                change({
                  agrees: event.currentTarget.value
                    .split(",")
                    .map((word) => word.trim())
                    .filter((word) => word !== ""),
                })
              }
            />
          </Labelled>
        </div>
      )}
    </section>
  );
}
