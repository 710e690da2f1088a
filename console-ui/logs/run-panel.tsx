import { useEffect, useRef, useState } from "preact/hooks";
import { get, post } from "../api.js";
import { Loading, Problem, troubleOf, useLoaded } from "../parts.js";
import { sums } from "../screens/overview.js";
import { useShared } from "../state.js";
import type { RunDetail, Trouble } from "../wire.js";
import { many } from "../words.js";
import { Lines } from "./lines.js";
import { Rejects } from "./rejects.js";

/** One run: its sums, its reasons, its rejected contacts, and what can be done about it. */
export function RunPanel({ run }: { readonly run: number }) {
  const { start, standing } = useShared();
  const heading = useRef<HTMLHeadingElement>(null);
  const loaded = useLoaded(
    (signal) => get<RunDetail>(`runs/${run}`, { signal }),
    [run, standing === undefined],
  );
  const [view, setView] = useState<"" | "log" | "report" | "verify">("");
  useEffect(() => heading.current?.focus(), [run]);
  if (loaded.state === "loading") return <Loading what={`run ${run}`} />;
  if (loaded.state === "failed") return <Problem trouble={loaded.trouble} />;
  const detail = loaded.value;
  return (
    <section aria-labelledby="run" class="card">
      <h2 id="run" tabIndex={-1} ref={heading}>
        Run {run}
      </h2>
      <p>{sums(detail)}</p>
      {detail.why !== undefined && <p>{detail.why}</p>}
      <div class="actions">
        <button type="button" aria-pressed={view === "report"} onClick={() => setView("report")}>
          Report
        </button>
        <button type="button" aria-pressed={view === "verify"} onClick={() => setView("verify")}>
          Verify
        </button>
        <button type="button" aria-pressed={view === "log"} onClick={() => setView("log")}>
          Log
        </button>
        {detail.keeps_rejects && (
          <button
            type="button"
            disabled={standing !== undefined}
            onClick={() => void start({ kind: "retry", run })}
          >
            Retry rejected contacts
          </button>
        )}
      </div>
      {view === "report" && <Report run={run} />}
      {view === "verify" && <Verified run={run} />}
      {view === "log" && <Lines run={run} />}
      {detail.left_out.length > 0 && (
        <>
          <h3>Values left out</h3>
          <ul>
            {detail.left_out.map(({ field, reason, text, count }) => (
              <li key={`${field} ${reason}`}>
                {field}: {many(count, "value")}, {text}
              </li>
            ))}
          </ul>
        </>
      )}
      {detail.reasons.map((reason) => (
        <Rejects key={reason.reason} run={run} reason={reason} />
      ))}
    </section>
  );
}

/** The report stands in a frame of its own, which may run nothing and load nothing. */
function Report({ run }: { readonly run: number }) {
  const loaded = useLoaded(() => post<{ url: string }>(`runs/${run}/report`, {}), [run]);
  if (loaded.state === "loading") return <Loading what="the report" />;
  if (loaded.state === "failed") return <Problem trouble={loaded.trouble} />;
  return <iframe title={`Report of run ${run}`} sandbox="" src={loaded.value.url} />;
}

function Verified({ run }: { readonly run: number }) {
  const [text, setText] = useState<string>();
  const [trouble, setTrouble] = useState<Trouble>();
  useEffect(() => {
    post<{ text: string }>(`runs/${run}/verify`, {}).then(
      (found) => setText(found.text),
      (error: unknown) => setTrouble(troubleOf(error)),
    );
  }, [run]);
  if (trouble) return <Problem trouble={trouble} />;
  if (text === undefined) return <Loading what="contacts back from Iterable" />;
  return <pre role="status">{text}</pre>;
}
