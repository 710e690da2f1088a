import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Labelled } from "../parts.js";
import type { Secret } from "../wire.js";

/** A secret is typed anew or left as it is; it is never shown. */
export function SecretText({
  id,
  label,
  hint,
  value,
  isFixed,
  onChange,
}: {
  readonly id: string;
  readonly label: string;
  readonly hint: ComponentChildren;
  readonly value: unknown;
  readonly isFixed: boolean;
  readonly onChange: (text: unknown) => void;
}) {
  const saved = typeof value === "object" && value !== null ? (value as Secret) : undefined;
  const [before, setBefore] = useState<Secret>();
  const [isPadded, setPadded] = useState(false);
  if (isFixed || saved?.from === "environment") {
    return (
      <Labelled id={id} label={label} hint="Set in the environment.">
        <input id={id} type="text" disabled value="•••••••• from the environment" />
      </Labelled>
    );
  }
  if (saved?.set) {
    return (
      <div class="field">
        <span class="label" id={`${id}-label`}>
          {label}
        </span>
        <span class="saved">
          •••••••• saved{" "}
          <button
            type="button"
            aria-describedby={`${id}-label`}
            onClick={() => {
              setBefore(saved);
              onChange(undefined);
            }}
          >
            Replace
          </button>
        </span>
      </div>
    );
  }
  return (
    <Labelled id={id} label={label} hint={isPadded ? "Spaces around it were removed." : hint}>
      <input
        id={id}
        type="password"
        autocomplete="off"
        spellcheck={false}
        aria-describedby={`${id}-hint`}
        value={typeof value === "string" ? value : ""}
        onInput={(event) => {
          const typed = event.currentTarget.value;
          setPadded(typed !== typed.trim());
          onChange(typed.trim() || undefined);
        }}
      />
      {before && (
        <button type="button" onClick={() => onChange(before)}>
          Keep the saved one
        </button>
      )}
    </Labelled>
  );
}
