import { useState } from "preact/hooks";
import { valueAt } from "../draft/draft.js";
import { Question } from "../parts.js";
import { ConsentRule } from "../rules/consent.js";
import { EventsRule, ListsRule, useFormFields } from "../rules/follow-ups.js";
import { FindingRule, KeepingRule } from "../rules/keeping.js";
import { useShared } from "../state.js";

const MODES = [
  [
    "overwrite",
    "Overwrite",
    "Mapped fields replace what Iterable has. Other fields stay, and an empty answer erases nothing.",
  ],
  ["keep_existing", "Keep", "Existing contacts are left alone. Only new contacts are written."],
  ["fill_missing", "Fill what is missing", "Only fields that the contact does not have yet are written."],
] as const;

/** Who is sent, what is overwritten, and what follows from it. */
export function Rules() {
  const { draft, set } = useShared();
  const at = (name: string) => valueAt(draft, ["destination", name]);
  const [asks, setAsks] = useState(false);
  const fields = useFormFields();
  const mode = String(at("overwrite_mode") ?? "overwrite");
  return (
    <>
      <section class="card" aria-labelledby="existing">
        <h2 id="existing">Contacts that Iterable already has</h2>
        <p class="hint">Contacts are matched by {at("identifier") === "user_id" ? "user ID" : "email"}.</p>
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
        <FindingRule />
      </section>
      <ConsentRule fields={fields} />
      <ListsRule fields={fields} />
      <EventsRule fields={fields} />
      <KeepingRule />
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
