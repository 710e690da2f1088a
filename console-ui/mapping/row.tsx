import { type Choice, FieldPicker } from "../picker.js";
import type { Entry, PlanRow, SampledField, Suggestion } from "../wire.js";
import { many, percent } from "../words.js";
import { escaped, NOWHERE, retargeted } from "./entries.js";
import { Options } from "./options.js";
import { Verdict } from "./verdict.js";

interface Props {
  readonly field: SampledField;
  /** Iterable's field that tells contacts apart. */
  readonly identifier: string;
  readonly entries: readonly Entry[];
  readonly choices: readonly Choice[];
  readonly takesNew: boolean;
  /** Whether it is known where the field goes; until then nothing can be changed. */
  readonly isKnown: boolean;
  readonly contacts: number;
  readonly rows: readonly PlanRow[];
  readonly suggestion: Suggestion | undefined;
  /** Takes the field's entries in place of those that it had. */
  readonly onChange: (entries: readonly Entry[]) => void;
  readonly onDecline: () => void;
}

/** A form field, where it goes, and what becomes of its values. */
export function Row(props: Props) {
  const { field, identifier, entries, rows, contacts, isKnown, onChange } = props;
  const isIdentifier = field.name === identifier && entries.every(({ target }) => target === identifier);
  return (
    <tr>
      <th scope="row" data-label="Flowcode field">
        {field.name}
        <Samples values={field.samples} />
      </th>
      <td data-label="Filled in">
        <Filled field={field} contacts={contacts} />
      </td>
      <td data-label="Iterable field">
        <Where props={props} isIdentifier={isIdentifier} />
      </td>
      <td data-label="What happens">
        <Verdict
          rows={rows}
          isSent={isIdentifier || !isKnown || entries.length > 0}
          onRepair={(row, repair) =>
            onChange(entries.map((entry) => (entry.target === row.target ? { ...entry, ...repair } : entry)))
          }
        />
      </td>
    </tr>
  );
}

function Where({ props, isIdentifier }: { readonly props: Props; readonly isIdentifier: boolean }) {
  if (isIdentifier) return <span>{props.identifier} (identifies the contact)</span>;
  return props.isKnown ? <Targets {...props} /> : <span class="quiet">…</span>;
}

/** By the newest contacts; where none of these has it, by all that were looked at. */
function Filled({ field, contacts }: Pick<Props, "field" | "contacts">) {
  if (field.filled_in > 0) return <>{percent(field.filled_in / contacts)}</>;
  if (field.filled === undefined || field.filled === 0) return <>{contacts === 0 ? "–" : percent(0)}</>;
  return (
    <>
      {percent(field.filled)} <span class="detail">none of the newest</span>
    </>
  );
}

function Samples({ values }: { readonly values: readonly string[] }) {
  if (values.length === 0) return null;
  return <span class="samples">{values.join(", ")}</span>;
}

function Targets({ field, entries, choices, takesNew, suggestion, onChange, onDecline }: Props) {
  const added = (target: string): Entry => ({ source: escaped(field.name), target });
  if (entries.length === 0) {
    return (
      <>
        <FieldPicker
          label={`Iterable field for ${field.name}`}
          value={NOWHERE}
          choices={choices}
          takesNew={takesNew}
          onPick={(target) => target !== NOWHERE && onChange([added(target)])}
        />
        {suggestion && (
          <p class="suggestion">
            Suggested: {suggestion.entries.map(({ target }) => target).join(" + ")}{" "}
            <button
              type="button"
              aria-label={`Accept the suggestion for ${field.name}`}
              onClick={() => onChange(suggestion.entries)}
            >
              Accept
            </button>{" "}
            <button type="button" aria-label={`Decline the suggestion for ${field.name}`} onClick={onDecline}>
              No
            </button>
          </p>
        )}
      </>
    );
  }
  return (
    <>
      {entries.map((entry, index) => (
        <div class="target" key={`${index} ${entry.target}`}>
          <FieldPicker
            label={`${entries.length > 1 ? `${many(index + 1, "").trim()}. ` : ""}Iterable field for ${field.name}`}
            value={entry.target}
            choices={choices}
            takesNew={takesNew}
            onPick={(target) =>
              onChange(
                target === NOWHERE
                  ? entries.filter((one) => one !== entry)
                  : entries.map((one) => (one === entry ? retargeted(one, target) : one)),
              )
            }
          />
          {entry.target !== "" && (
            <Options
              entry={entry}
              name={field.name}
              onChange={(next) => onChange(entries.map((one) => (one === entry ? next : one)))}
            />
          )}
        </div>
      ))}
      <button
        type="button"
        class="minor"
        aria-label={`Send ${field.name} to another field too`}
        onClick={() => onChange([...entries, added("")])}
      >
        + another field
      </button>
    </>
  );
}
