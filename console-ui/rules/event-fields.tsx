import { escaped } from "../mapping/entries.js";
import type { Entry } from "../wire.js";
import { FieldSelect } from "./condition.js";
import { withOne } from "./with-one.js";

interface Props {
  readonly name: string;
  readonly entries: readonly Entry[];
  readonly fields: readonly string[];
  readonly onChange: (entries: readonly Entry[]) => void;
}

/** Which form fields an event carries, and under which names. */
export function EventFields({ name, entries, fields, onChange }: Props) {
  const replaced = (at: number, next: Entry | undefined) => onChange(withOne(entries, at, next));
  const free = fields.find((field) => entries.every(({ source }) => source !== escaped(field)));
  return (
    <>
      {entries.map((entry, index) => (
        <div class="inline" key={index}>
          <div class="field">
            <label for={`${name}-source-${index}`}>Form field</label>
            <FieldSelect
              id={`${name}-source-${index}`}
              value={(entry.source ?? "").replaceAll("\\.", ".")}
              fields={fields}
              onChange={(field) => replaced(index, { ...entry, source: escaped(field) })}
            />
          </div>
          <div class="field">
            <label for={`${name}-target-${index}`}>Field of the event</label>
            <input
              id={`${name}-target-${index}`}
              type="text"
              value={entry.target}
              onChange={(event) => replaced(index, { ...entry, target: event.currentTarget.value.trim() })}
            />
          </div>
          <button
            type="button"
            class="beside"
            aria-label={`Leave ${entry.target} out of the event ${name}`}
            onClick={() => replaced(index, undefined)}
          >
            Remove
          </button>
        </div>
      ))}
      <button
        type="button"
        class="minor"
        aria-label={`Add a field to the event ${name}`}
        disabled={free === undefined}
        onClick={() => free && onChange([...entries, { source: escaped(free), target: plain(free) }])}
      >
        + a field of the event
      </button>
    </>
  );
}

/** "Shirt Size" → "shirtSize", as names in Iterable usually look. */
function plain(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
  return words
    .map((word, index) => (index === 0 ? lower(word) : `${word[0]?.toUpperCase()}${word.slice(1)}`))
    .join("");
}

const lower = (word: string) => `${word[0]?.toLowerCase()}${word.slice(1)}`;
