import type { RunRow } from "../wire-runs.js";

interface Props {
  readonly last: RunRow | undefined;
  readonly isBusy: boolean;
  readonly onDryRun: () => void;
  readonly onEverything: () => void;
  readonly onExport: () => void;
}

/** What is done more seldom. */
export function Menu({ last, isBusy, onDryRun, onEverything, onExport }: Props) {
  return (
    <details
      class="menu"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.currentTarget.open = false;
        event.currentTarget.querySelector("summary")?.focus();
      }}
      onClick={(event) => {
        if ((event.target as Element).closest("li")) event.currentTarget.open = false;
      }}
    >
      <summary>More</summary>
      <ul>
        <li>
          <a href="#/test">Send a test contact</a>
        </li>
        <li>
          <button type="button" disabled={isBusy} onClick={onDryRun}>
            Dry run
          </button>
        </li>
        <li>
          <button type="button" disabled={isBusy} onClick={onEverything}>
            Send everything again
          </button>
        </li>
        {last && (
          <li>
            <a href={`#/logs/${last.run}/verify`}>Verify the last run</a>
          </li>
        )}
        <li>
          <a href="#/logs">Sync logs</a>
        </li>
        {last && (
          <li>
            <button type="button" onClick={onExport}>
              Export the sync log
            </button>
          </li>
        )}
      </ul>
    </details>
  );
}
