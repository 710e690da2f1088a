import { Labelled } from "../parts.js";
import { type Choice, FieldPicker } from "../picker.js";
import type { Entry } from "../wire.js";
import { NOWHERE } from "./entries.js";

interface Props {
  readonly entries: readonly Entry[];
  readonly choices: readonly Choice[];
  readonly takesNew: boolean;
  readonly onChange: (entries: readonly Entry[]) => void;
}

/** Entries that read no single form field: fixed values, and what the editor shows but does not take apart. */
export function FixedValues({ entries, choices, takesNew, onChange }: Props) {
  const fixed = entries.filter(({ constant }) => constant !== undefined);
  const composed = entries.filter(({ sources, template }) => sources !== undefined || template !== undefined);
  const replaced = (old: Entry, next: Entry | undefined) =>
    onChange(entries.flatMap((entry) => (entry !== old ? [entry] : next ? [next] : [])));
  return (
    <section aria-labelledby="fixed">
      <h2 id="fixed">Fixed values</h2>
      {fixed.map((entry, index) => (
        <div class="inline" key={`${index} ${entry.target}`}>
          <Labelled id={`fixed-${index}`} label="Value">
            <input
              id={`fixed-${index}`}
              type="text"
              value={String(entry.constant)}
              onChange={(event) => replaced(entry, { ...entry, constant: event.currentTarget.value })}
            />
          </Labelled>
          <FieldPicker
            label={`Iterable field for the fixed value ${entry.constant}`}
            value={entry.target}
            choices={choices}
            takesNew={takesNew}
            onPick={(target) => replaced(entry, target === NOWHERE ? undefined : { ...entry, target })}
          />
          <button
            type="button"
            class="beside"
            aria-label={`Remove the fixed value ${entry.constant}`}
            onClick={() => replaced(entry, undefined)}
          >
            Remove
          </button>
        </div>
      ))}
      <button type="button" onClick={() => onChange([...entries, { constant: "", target: "" }])}>
        + a fixed value
      </button>
      {composed.length > 0 && (
        <ul>
          {composed.map((entry) => (
            <li key={entry.target}>
              {entry.template ?? entry.sources?.join(", else ")} → {entry.target}{" "}
              <button
                type="button"
                aria-label={`Remove what goes to ${entry.target}`}
                onClick={() => replaced(entry, undefined)}
              >
                Remove
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
