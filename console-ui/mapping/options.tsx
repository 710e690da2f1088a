import { useId } from "preact/hooks";
import { Labelled, Select } from "../parts.js";
import type { Entry } from "../wire.js";

const MERGES = [
  ["last", "replaces it (the newest answer wins)"],
  ["first", "stays as it is (the first answer wins)"],
  ["append", "becomes a list that the answer is added to"],
] as const;

interface Props {
  readonly entry: Entry;
  readonly name: string;
  readonly onChange: (entry: Entry) => void;
}

/** What else an entry may say: a value in place of an empty one, who is rejected, and how it meets what is there. */
export function Options({ entry, name, onChange }: Props) {
  const id = useId();
  const set = (option: string, value: unknown) => {
    const { [option]: _gone, ...others } = entry as Entry & Record<string, unknown>;
    onChange((value === undefined ? others : { ...others, [option]: value }) as Entry);
  };
  const transforms = Array.isArray(entry.transform) ? entry.transform.join(", ") : "";
  return (
    <details class="options">
      <summary aria-label={`Options of ${name} to ${entry.target}`}>Options</summary>
      <Labelled id={`${id}-default`} label="If the answer is empty, send">
        <input
          id={`${id}-default`}
          type="text"
          value={entry.default === undefined ? "" : String(entry.default)}
          onChange={(event) => set("default", event.currentTarget.value || undefined)}
        />
      </Labelled>
      <Labelled id={`${id}-merge`} label="A value that Iterable has already">
        <Select
          id={`${id}-merge`}
          value={String(entry.merge ?? "last")}
          choices={MERGES}
          onChange={(merge) => set("merge", merge === "last" ? undefined : merge)}
        />
      </Labelled>
      <label class="choice">
        <input
          type="checkbox"
          checked={entry.required === true}
          onChange={(event) => set("required", event.currentTarget.checked || undefined)}
        />{" "}
        Reject contacts without a value
      </label>
      {transforms !== "" && (
        <p class="hint">
          Changed before it is sent: {transforms.replaceAll("_", " ")}
          {entry.date_format !== undefined && `, written as ${entry.date_format}`}
          {entry.phone_country !== undefined && `, from ${entry.phone_country}`}{" "}
          <button type="button" class="minor" onClick={() => set("transform", undefined)}>
            Undo
          </button>
        </p>
      )}
    </details>
  );
}
