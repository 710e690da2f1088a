import { useShared } from "../state.js";
import type { Difference } from "../wire.js";

/** What somebody else has saved meanwhile, beside what is in this form. Nothing that was typed is lost. */
export function Conflict() {
  const { conflict, keepMine, takeTheirs } = useShared();
  if (!conflict) return null;
  return (
    <section class="card problem" role="alert" aria-labelledby="conflict">
      <h2 id="conflict">The settings were changed elsewhere since you opened them</h2>
      <p>Another tab, the command line or an editor has saved them. Nothing is lost: choose how to go on.</p>
      <table class="compared">
        <caption class="unseen">What differs</caption>
        <thead>
          <tr>
            <th scope="col">Setting</th>
            <th scope="col">Saved now</th>
            <th scope="col">In your form</th>
          </tr>
        </thead>
        <tbody>
          {conflict.difference.map((one) => (
            <tr key={one.at}>
              <th scope="row" data-label="Setting">
                {nameOf(one.at)}
              </th>
              <td data-label="Saved now">{shown(one, "saved")}</td>
              <td data-label="In your form">{shown(one, "yours")}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div class="actions">
        <button type="button" class="primary" onClick={keepMine}>
          Put my changes on top
        </button>
        <button type="button" onClick={takeTheirs}>
          Use the saved settings
        </button>
      </div>
      <p class="hint">
        “Put my changes on top” keeps what you changed and takes everything else as it is saved now. Save
        again afterwards.
      </p>
    </section>
  );
}

/** "/destination/overwrite_mode" → "destination, overwrite mode" */
function nameOf(pointer: string): string {
  return pointer.slice(1).replaceAll("_", " ").split("/").join(", ");
}

function shown(one: Difference, side: "saved" | "yours") {
  if (/\/from$/.test(one.at)) return side === "yours" ? "a new secret" : "•••• saved";
  const value = one[side];
  if (value === undefined) return <span class="quiet">not set</span>;
  return typeof value === "string" ? value : <code>{JSON.stringify(value)}</code>;
}
