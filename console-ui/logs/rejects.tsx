import { useState } from "preact/hooks";
import { get, post } from "../api.js";
import { Problem, troubleOf } from "../parts.js";
import type { Trouble } from "../wire.js";
import type { Reason, Reject } from "../wire-runs.js";
import { count } from "../words.js";

/** The contacts that a run rejected for one reason, a page at a time, with their data only where it is asked for. */
export function Rejects({ run, reason }: { readonly run: number; readonly reason: Reason }) {
  const [rows, setRows] = useState<readonly Reject[]>([]);
  const [next, setNext] = useState<string | undefined>("");
  const [trouble, setTrouble] = useState<Trouble>();
  const more = async () => {
    try {
      const query = new URLSearchParams({ reason: reason.reason, ...(next && { after: next }) });
      const page = await get<{ rejects: Reject[]; next?: string }>(`runs/${run}/rejects?${query}`);
      setRows((before) => [...before, ...page.rejects]);
      setNext(page.next);
    } catch (error) {
      setTrouble(troubleOf(error));
    }
  };
  return (
    <details onToggle={(event) => event.currentTarget.open && rows.length === 0 && void more()}>
      <summary>
        {reason.text} ({count(reason.count)})
      </summary>
      <p>{reason.todo}</p>
      {trouble && <Problem trouble={trouble} />}
      <ul class="rejects">
        {rows.map((one) => (
          <Contact key={one.id} run={run} reject={one} />
        ))}
      </ul>
      {next !== undefined && rows.length > 0 && (
        <button type="button" onClick={() => void more()}>
          Show more
        </button>
      )}
    </details>
  );
}

function Contact({ run, reject }: { readonly run: number; readonly reject: Reject }) {
  const [data, setData] = useState<unknown>();
  const [trouble, setTrouble] = useState<Trouble>();
  const show = async () => {
    try {
      setData((await post<{ data: unknown }>(`runs/${run}/rejects/${reject.id}/show`, {})).data);
    } catch (error) {
      setTrouble(troubleOf(error));
    }
  };
  return (
    <li>
      {reject.who}{" "}
      <span class="quiet">
        line {count(reject.line)}
        {reject.field !== "" && `, field ${reject.field}`}
      </span>{" "}
      {!reject.has_data ? null : data === undefined ? (
        <button type="button" aria-label={`Show the data of line ${reject.line}`} onClick={() => void show()}>
          Show data
        </button>
      ) : (
        <button
          type="button"
          aria-label={`Hide the data of line ${reject.line}`}
          onClick={() => setData(undefined)}
        >
          Hide data
        </button>
      )}
      {trouble && <Problem trouble={trouble} />}
      {data !== undefined && <pre>{JSON.stringify(data, null, 2)}</pre>}
    </li>
  );
}
