import { useEffect, useRef, useState } from "preact/hooks";
import { get, post } from "../api.js";
import { Loading, Outcome, Problem, Question, troubleOf, useLoaded } from "../parts.js";
import { useShared } from "../state.js";
import type { Trouble } from "../wire.js";
import type { RunDetail } from "../wire-runs.js";
import { clause, count, many, sums } from "../words.js";
import { Lines } from "./lines.js";
import { Rejects } from "./rejects.js";
import { Stays, Undo } from "./undo.js";

const VIEWS = [
  ["report", "Report"],
  ["verify", "Verify"],
  ["log", "Log"],
  ["undo", "Undo"],
] as const;
type View = (typeof VIEWS)[number][0] | "";

/** One run: its sums, its reasons, its rejected contacts, and what can be done about it. */
export function RunPanel({ run, asked }: { readonly run: number; readonly asked: string | undefined }) {
  const { standing } = useShared();
  const heading = useRef<HTMLHeadingElement>(null);
  const loaded = useLoaded(
    (signal) => get<RunDetail>(`runs/${run}`, { signal }),
    [run, standing === undefined],
  );
  const isThere = loaded.state === "there";
  const [view, setView] = useState<View>(VIEWS.find(([name]) => name === asked)?.[0] ?? "");
  useEffect(() => heading.current?.focus(), [run, isThere]);
  if (loaded.state === "loading") return <Loading what={`run ${run}`} />;
  if (loaded.state === "failed") return <Problem trouble={loaded.trouble} />;
  const detail = loaded.value;
  return (
    <section aria-labelledby="run" class="card">
      <h2 id="run" tabIndex={-1} ref={heading}>
        Run {run}
      </h2>
      <p>
        <Outcome outcome={detail.outcome} /> – {sums(detail)}
        {detail.retry_of !== undefined && `, a retry of run ${detail.retry_of}`}
        {detail.undo_of !== undefined && `, which undid run ${detail.undo_of}`}
      </p>
      {detail.why !== undefined && <p>{detail.why}</p>}
      <Actions detail={detail} view={view} onView={(next) => setView(view === next ? "" : next)} />
      {view === "report" && <Report run={run} />}
      {view === "verify" && <Verified run={run} />}
      {view === "log" && <Lines run={run} />}
      {view === "undo" && <Undo run={run} />}
      <Findings detail={detail} />
      {detail.reasons.length > 0 && <h3>Rejected contacts</h3>}
      {detail.reasons.map((reason) => (
        <Rejects key={reason.reason} run={run} reason={reason} />
      ))}
    </section>
  );
}

interface ActionsProps {
  readonly detail: RunDetail;
  readonly view: View;
  readonly onView: (view: View) => void;
}

function Actions({ detail, view, onView }: ActionsProps) {
  const { start, standing } = useShared();
  const [asks, setAsks] = useState(false);
  const rejected = detail.reasons.reduce((sum, one) => sum + one.count, 0);
  return (
    <div class="actions">
      {VIEWS.filter(([name]) => name !== "undo" || detail.changes_kept).map(([name, text]) => (
        <button key={name} type="button" aria-pressed={view === name} onClick={() => onView(name)}>
          {text}
        </button>
      ))}
      {detail.keeps_rejects && (
        <button type="button" disabled={standing !== undefined} onClick={() => setAsks(true)}>
          Retry rejected contacts…
        </button>
      )}
      {asks && (
        <Question
          title="Retry rejected contacts?"
          yes="Retry"
          onNo={() => setAsks(false)}
          onYes={() => {
            setAsks(false);
            void start({ kind: "retry", run: detail.run });
          }}
        >
          <p>
            {many(rejected, "contact")} of run {detail.run} will be sent again, by the settings of today. Only
            fields that a profile lacks are written, so that an old answer never replaces a newer one.
          </p>
        </Question>
      )}
    </div>
  );
}

/** What became of values, lists and events. */
function Findings({ detail }: { readonly detail: RunDetail }) {
  const { left_out: leftOut, lists = [], events = [], losses } = detail;
  const lost = new Map(losses.map((one) => [one.field, one.of]));
  const followUps = [
    ...lists.map(({ id, ...rest }) => ({ what: `List ${id}`, done: "subscribed", ...rest })),
    ...events.map(({ name, ...rest }) => ({ what: `Event “${name}”`, done: "sent", ...rest })),
  ];
  return (
    <>
      {detail.stays && <Stays stays={detail.stays} />}
      {followUps.length > 0 && (
        <>
          <h3>Lists and events</h3>
          <ul>
            {followUps.map(({ what, done, sent, rejected }) => (
              <li key={what}>
                {what}: {count(sent)} {done}
                {rejected > 0 && `, ${count(rejected)} rejected`}
              </li>
            ))}
          </ul>
        </>
      )}
      {leftOut.length > 0 && (
        <>
          <h3>Values left out</h3>
          <ul>
            {leftOut.map(({ field, reason, text, count: number }) => (
              <li key={`${field} ${reason}`}>
                {field}: {many(number, "value")}
                {lost.has(field) && ` of ${count(lost.get(field) ?? 0)}, most of them`}. {clause(text)}.{" "}
                <a href={`#/mapping/${encodeURIComponent(field)}`}>Fix the mapping</a>
              </li>
            ))}
          </ul>
        </>
      )}
      {detail.fields_created.length > 0 && (
        <p>Fields created in Iterable: {detail.fields_created.join(", ")}</p>
      )}
    </>
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
  const { shown } = useShared();
  const [found, setFound] = useState<{ agrees: boolean; text: string }>();
  const [trouble, setTrouble] = useState<Trouble>();
  useEffect(() => {
    post<{ agrees: boolean; text: string }>(`runs/${run}/verify`, { show: shown }).then(
      setFound,
      (error: unknown) => setTrouble(troubleOf(error)),
    );
  }, [run, shown]);
  if (trouble) return <Problem trouble={trouble} />;
  if (found === undefined) return <Loading what="contacts back from Iterable" />;
  return (
    <div role="status">
      <p class={found.agrees ? "outcome good" : "outcome bad"}>
        <span aria-hidden="true">{found.agrees ? "✓" : "✗"}</span>{" "}
        {found.agrees ? "Verified: Iterable holds what was sent" : "Something differs"}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <pre tabIndex={0}>{found.text}</pre>
    </div>
  );
}
