import { valueAt } from "../draft/draft.js";
import { Labelled, Select } from "../parts.js";
import { useShared } from "../state.js";

const METHODS = [
  ["auto", "Automatic: ask for each contact, and export where a run has more than 5,000 of them"],
  ["look_up", "Ask for each contact"],
  ["export", "Export all profiles once, then only what has changed"],
] as const;

/** What is kept on this machine, so that a run can be retried or undone. */
export function KeepingRule() {
  const { draft, set } = useShared();
  const isKept = (name: string) => valueAt(draft, ["destination", name, "storage"]) === "file";
  const hasOther = valueAt(draft, ["destination", "rejected_records", "storage"]) === "s3";
  return (
    <section class="card" aria-labelledby="keeping">
      <h2 id="keeping">Kept on this machine</h2>
      <p class="hint">
        Files that only you can read. They hold personal data and go with the runs, after 90 days.
      </p>
      <label class="choice">
        <input
          type="checkbox"
          checked={isKept("previous_values")}
          onChange={(event) =>
            set(
              ["destination", "previous_values"],
              event.currentTarget.checked ? { storage: "file" } : undefined,
            )
          }
        />{" "}
        What a run changes in Iterable, so that it can be undone{" "}
        <span class="quiet">Each contact is looked up before it is written, which takes longer.</span>
      </label>
      <label class="choice">
        <input
          type="checkbox"
          disabled={hasOther}
          checked={isKept("rejected_records") || hasOther}
          onChange={(event) =>
            set(
              ["destination", "rejected_records"],
              event.currentTarget.checked ? { storage: "file", path: "rejects" } : undefined,
            )
          }
        />{" "}
        Rejected contacts, so that they can be looked at and retried
        {hasOther && <span class="quiet"> They are kept in S3.</span>}
      </label>
    </section>
  );
}

/** How is found out which contacts Iterable has. It matters for the rules that depend on it alone. */
export function FindingRule() {
  const { draft, set } = useShared();
  const existing = (valueAt(draft, ["destination", "existing_contacts"]) ?? {}) as Record<string, unknown>;
  const change = (next: Record<string, unknown>) =>
    set(["destination", "existing_contacts"], { ...existing, ...next });
  const method = String(existing.method ?? "auto");
  return (
    <details>
      <summary>How existing contacts are found</summary>
      <Labelled id="method" label="Method">
        <Select id="method" value={method} choices={METHODS} onChange={(next) => change({ method: next })} />
      </Labelled>
      {method !== "look_up" && (
        <Labelled
          id="max-age"
          label="Maximum age of an export (minutes)"
          hint="How old it may be when a contact is taken for new: 1 to 1,440."
        >
          <input
            id="max-age"
            type="text"
            inputMode="numeric"
            aria-describedby="max-age-hint"
            value={String(existing.max_age_minutes ?? 15)}
            onChange={(event) => {
              const minutes = Number(event.currentTarget.value);
              if (minutes >= 1 && minutes <= 1440) change({ max_age_minutes: minutes });
              else event.currentTarget.value = String(existing.max_age_minutes ?? 15);
            }}
          />
        </Labelled>
      )}
    </details>
  );
}
