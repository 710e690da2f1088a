import { useState } from "preact/hooks";
import { useShared } from "../state.js";
import { many } from "../words.js";

/** Says that something is not saved yet, wherever one is, and offers to save it. */
export function SaveBar() {
  const { changes, save, discard, start } = useShared();
  const [isSaving, setSaving] = useState(false);
  if (changes === 0) return null;
  const saving = async (then: () => Promise<unknown>) => {
    setSaving(true);
    if (await save()) await then();
    setSaving(false);
  };
  return (
    <section class="save" aria-label="Unsaved changes">
      <span>Unsaved: {many(changes, "change")}</span>
      <span class="actions">
        <button type="button" onClick={discard} disabled={isSaving}>
          Discard
        </button>
        <button type="button" onClick={() => void saving(async () => undefined)} disabled={isSaving}>
          Save
        </button>
        <button
          type="button"
          class="primary"
          disabled={isSaving}
          onClick={() =>
            void saving(async () => {
              await start({ kind: "sync" }, true);
              location.hash = "#/overview";
            })
          }
        >
          Save and sync now
        </button>
      </span>
    </section>
  );
}
