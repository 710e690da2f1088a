import { useId } from "preact/hooks";
import { Labelled, Select } from "../parts.js";

/** Limits something to some contacts, as the destination's configuration has it. */
export interface Condition {
  readonly field: string;
  readonly equals?: string;
  readonly in?: readonly string[];
  readonly empty?: boolean;
  readonly not_empty?: boolean;
}

const KINDS = [
  ["in", "is one of"],
  ["not_empty", "has an answer"],
  ["empty", "has no answer"],
] as const;
type Kind = (typeof KINDS)[number][0];

interface Props {
  /** Whom it concerns, for its labels: "list 12". */
  readonly of: string;
  readonly value: Condition | undefined;
  readonly fields: readonly string[];
  readonly onChange: (value: Condition | undefined) => void;
}

/** Everybody, or only those who gave some answer. */
export function ConditionOf({ of, value, fields, onChange }: Props) {
  const id = useId();
  const kind: Kind = value?.not_empty ? "not_empty" : value?.empty ? "empty" : "in";
  const words = value?.in ?? (value?.equals === undefined ? [] : [value.equals]);
  const changed = (field: string, next: Kind, answers: readonly string[]) =>
    onChange({ field, ...(next === "in" ? { in: answers } : { [next]: true }) });
  return (
    <div class="condition">
      <label class="choice">
        <input
          type="checkbox"
          checked={value !== undefined}
          aria-label={`Only some contacts, ${of}`}
          onChange={(event) =>
            onChange(
              event.currentTarget.checked ? { field: fields[0] ?? "email", not_empty: true } : undefined,
            )
          }
        />{" "}
        Only some contacts
      </label>
      {value && (
        <div class="inline">
          <Labelled id={`${id}-field`} label="Form field">
            <FieldSelect
              id={`${id}-field`}
              value={value.field}
              fields={fields}
              onChange={(field) => changed(field, kind, words)}
            />
          </Labelled>
          <Labelled id={`${id}-kind`} label="Condition">
            <Select
              id={`${id}-kind`}
              value={kind}
              choices={KINDS}
              onChange={(next) => changed(value.field, next, words)}
            />
          </Labelled>
          {kind === "in" && (
            <Labelled id={`${id}-words`} label="Answers" hint="Separated by commas">
              <input
                id={`${id}-words`}
                type="text"
                aria-describedby={`${id}-words-hint`}
                value={words.join(", ")}
                onChange={(event) => changed(value.field, "in", wordsIn(event.currentTarget.value))}
              />
            </Labelled>
          )}
        </div>
      )}
    </div>
  );
}

/** "yes, true" → ["yes", "true"] */
export function wordsIn(text: string): string[] {
  return text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

interface SelectProps {
  readonly id: string;
  readonly value: string;
  readonly fields: readonly string[];
  readonly onChange: (field: string) => void;
}

/** A form field among those that there are, and the one that is set, whether there still is such a field or not. */
export function FieldSelect({ id, value, fields, onChange }: SelectProps) {
  return (
    <Select
      id={id}
      value={value}
      choices={[...new Set([value, ...fields])].map((name) => [name, name] as const)}
      onChange={onChange}
    />
  );
}
