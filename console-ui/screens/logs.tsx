import { useEffect, useState } from "preact/hooks";
import { get } from "../api.js";
import { RunPanel } from "../logs/run-panel.js";
import { Notice, Outcome, Problem, Select, troubleOf } from "../parts.js";
import { usePlace } from "../place.js";
import { useShared } from "../state.js";
import type { Trouble } from "../wire.js";
import type { RunRow } from "../wire-runs.js";
import { count, duration, localWithZone } from "../words.js";

const FILTERS = [
  ["", "All"],
  ["failed", "Failed only"],
  ["with_losses", "With losses"],
  ["succeeded", "Succeeded"],
] as const;
const SIDES: Readonly<Record<string, string>> = {
  source: "Flowcode",
  destination: "Iterable",
  runner: "This machine",
};

/** All runs, newest first, a page at a time, and one of them in full. */
export function Logs() {
  const { runs: changes } = useShared();
  const [outcome, setOutcome] = useState("");
  const [rows, setRows] = useState<readonly RunRow[]>([]);
  const [more, setMore] = useState(false);
  const [trouble, setTrouble] = useState<Trouble>();
  const [number, view] = usePlace();
  const open = Number(number ?? Number.NaN);
  const load = async (before: number | undefined, shown: readonly RunRow[]) => {
    const query = new URLSearchParams({
      ...(outcome && { outcome }),
      ...(before && { before: String(before) }),
    });
    try {
      const page = await get<{ runs: RunRow[]; more: boolean }>(`runs?${query}`);
      setRows([...shown, ...page.runs]);
      setMore(page.more);
      setTrouble(undefined);
    } catch (error) {
      setTrouble(troubleOf(error));
    }
  };
  useEffect(() => void load(undefined, []), [outcome, changes]);
  return (
    <>
      <div class="actions">
        <label for="outcome">Show</label>{" "}
        <Select id="outcome" value={outcome} choices={FILTERS} onChange={setOutcome} />
      </div>
      {trouble && <Problem trouble={trouble} />}
      {rows.length === 0 && !trouble && (
        <Notice>
          {outcome === "" ? (
            <>
              No run yet. <a href="#/test">Send a test contact</a>, or choose Sync now on the{" "}
              <a href="#/overview">overview</a>.
            </>
          ) : (
            "No such run."
          )}
        </Notice>
      )}
      {rows.length > 0 && (
        <table class="runs">
          <caption class="unseen">Runs, newest first</caption>
          <thead>
            <tr>
              {[
                "Run",
                "Started",
                "By",
                "Outcome",
                "Read",
                "Delivered",
                "Kept",
                "Rejected",
                "Took",
                "Why",
              ].map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((run) => (
              <RunLine key={run.run} run={run} />
            ))}
          </tbody>
        </table>
      )}
      {more && (
        <button type="button" onClick={() => void load(rows.at(-1)?.run, rows)}>
          Show older runs
        </button>
      )}
      {Number.isInteger(open) && <RunPanel key={`${open} ${view}`} run={open} asked={view} />}
    </>
  );
}

function RunLine({ run }: { readonly run: RunRow }) {
  const where = run.side === undefined ? "" : `${SIDES[run.side] ?? run.side}: `;
  return (
    <tr>
      <th scope="row" data-label="Run">
        <a href={`#/logs/${run.run}`}>{run.run}</a>
      </th>
      <td data-label="Started" title={run.started}>
        {localWithZone(run.started)}
      </td>
      <td data-label="By">{run.by}</td>
      <td data-label="Outcome">
        <Outcome outcome={run.outcome} />
      </td>
      <td data-label="Read">{count(run.read)}</td>
      <td data-label="Delivered">{count(run.delivered)}</td>
      <td data-label="Kept">{count(run.kept)}</td>
      <td data-label="Rejected">{count(run.rejected)}</td>
      <td data-label="Took">{run.ended === undefined ? "–" : duration(run.started, run.ended)}</td>
      <td data-label="Why">{run.why === undefined ? "" : `${where}${run.why}`}</td>
    </tr>
  );
}
