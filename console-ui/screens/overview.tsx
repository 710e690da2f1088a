import { useState } from "preact/hooks";
import { get, post } from "../api.js";
import { Loading, Notice, OUTCOMES, Outcome, Problem, Question, useLoaded, When } from "../parts.js";
import { useShared } from "../state.js";
import type { RunDetail, RunRow, Standing } from "../wire.js";
import { ago, clause, count, many } from "../words.js";

export function Overview() {
  const { project, runs, standing, start, stop } = useShared();
  const [asks, setAsks] = useState(false);
  const [rehearses, setRehearses] = useState(false);
  const loaded = useLoaded((signal) => get<{ runs: RunRow[] }>("runs", { signal }), [runs]);
  const isBusy = standing !== undefined;
  return (
    <>
      <div class="actions">
        <button type="button" class="primary" disabled={isBusy} onClick={() => void start({ kind: "sync" })}>
          Sync now
        </button>
        <details class="menu">
          <summary>More</summary>
          <ul>
            <li>
              <a href="#/test">Send a test contact</a>
            </li>
            <li>
              <button type="button" disabled={isBusy} onClick={() => setRehearses(true)}>
                Dry run
              </button>
            </li>
            <li>
              <button type="button" disabled={isBusy} onClick={() => setAsks(true)}>
                Send everything again
              </button>
            </li>
            <li>
              <a href="#/logs">Sync logs</a>
            </li>
          </ul>
        </details>
      </div>
      {asks && (
        <Question
          title="Send everything again?"
          yes="Send everything again"
          onNo={() => setAsks(false)}
          onYes={() => {
            setAsks(false);
            void start({ kind: "full" });
          }}
        >
          <p>{everything(loaded.state === "there" ? loaded.value.runs : [])}</p>
        </Question>
      )}
      {rehearses && <DryRun onClose={() => setRehearses(false)} />}
      {standing && <Progress standing={standing} onStop={() => void stop()} />}
      {loaded.state === "loading" && <Loading what="the last runs" />}
      {loaded.state === "failed" && <Problem trouble={loaded.trouble} />}
      {loaded.state === "there" && <Latest runs={loaded.value.runs} />}
      <section aria-labelledby="next">
        <h2 id="next">Next</h2>
        <p>{project.scheduler.text}</p>
        {project.scheduler.next !== undefined && (
          <p>
            Next sync: <When at={project.scheduler.next} />
          </p>
        )}
        <p>
          <a href="#/schedule">Change the schedule</a>
        </p>
      </section>
    </>
  );
}

/** What a sync would do, without doing it. */
function DryRun({ onClose }: { readonly onClose: () => void }) {
  const loaded = useLoaded((signal) => post<{ text: string }>("runs", { kind: "dry-run" }, { signal }), []);
  return (
    <section class="card" aria-labelledby="dry-run">
      <h2 id="dry-run">Dry run</h2>
      {loaded.state === "loading" && <Loading what="what would be sent" />}
      {loaded.state === "failed" && <Problem trouble={loaded.trouble} />}
      {loaded.state === "there" && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        <pre tabIndex={0}>{loaded.value.text}</pre>
      )}
      <button type="button" onClick={onClose}>
        Close
      </button>
    </section>
  );
}

function everything(runs: readonly RunRow[]): string {
  const largest = Math.max(0, ...runs.map(({ read }) => read));
  const how = largest === 0 ? "All contacts" : `At least ${many(largest, "contact")}`;
  return `${how} will be written again. What people have changed in Iterable since may be overwritten.`;
}

function Latest({ runs }: { readonly runs: readonly RunRow[] }) {
  const [last] = runs;
  if (!last) {
    return (
      <Notice>
        No run yet. <a href="#/test">Send a test contact</a>, or choose Sync now.
      </Notice>
    );
  }
  const healthy = last.outcome === "succeeded";
  return (
    <section aria-labelledby="last">
      <h2 id="last">Last sync</h2>
      <p class="standing">
        {healthy ? <span class="outcome good">✓ Healthy</span> : <Outcome outcome={last.outcome} />} –{" "}
        {ago(last.started)}: {sums(last)}
      </p>
      {last.why !== undefined && <p>{last.why}</p>}
      <Bars runs={runs} />
      <Losses run={last.run} />
    </section>
  );
}

/** 977 read = 948 delivered + 29 rejected */
export function sums({ read, delivered, kept, rejected, unsettled }: RunRow): string {
  const parts = [
    [delivered, "delivered"],
    [kept, "kept"],
    [rejected, "rejected"],
    [unsettled, "unsettled"],
  ] as const;
  const named = parts.filter(([number]) => number > 0).map(([number, word]) => `${count(number)} ${word}`);
  return `${count(read)} read = ${named.join(" + ") || "nothing new"}`;
}

/** The last runs as bars as high as what they read, each with its outcome in words. */
function Bars({ runs }: { readonly runs: readonly RunRow[] }) {
  const shown = runs.slice(0, 20).reverse();
  const most = Math.max(1, ...shown.map(({ read }) => read));
  return (
    <ol class="bars" aria-label="Last runs">
      {shown.map((run) => {
        const [sign, word, tone] = OUTCOMES[run.outcome] ?? ["?", run.outcome, "warning"];
        const step = Math.ceil((run.read / most) * 8);
        return (
          <li key={run.run}>
            <a
              href={`#/logs/${run.run}`}
              class={`bar h${step} ${tone}`}
              title={`Run ${run.run}: ${word}, ${many(run.read, "contact")}`}
            >
              <span aria-hidden="true">{tone === "good" ? "" : sign}</span>
              <span class="unseen">
                Run {run.run}: {word}
              </span>
            </a>
          </li>
        );
      })}
    </ol>
  );
}

/** What the last run did not bring through, with the way to mend it. */
function Losses({ run }: { readonly run: number }) {
  const loaded = useLoaded((signal) => get<RunDetail>(`runs/${run}`, { signal }), [run]);
  if (loaded.state !== "there") return null;
  const { reasons, left_out: leftOut } = loaded.value;
  return (
    <>
      {leftOut.slice(0, 5).map(({ field, reason, text, count: number }) => (
        <p key={`${field} ${reason}`} class="loss">
          <span aria-hidden="true">! </span>
          {many(number, "value")} of {field} left out: {clause(text)}. <a href="#/mapping">Fix the mapping</a>
        </p>
      ))}
      {reasons.length > 0 && (
        <p class="loss">
          <span aria-hidden="true">! </span>
          {many(
            reasons.reduce((sum, { count: number }) => sum + number, 0),
            "contact",
          )}{" "}
          rejected:{" "}
          {reasons.map(({ count: number, text }) => `${count(number)} × ${clause(text)}`).join(", ")}.{" "}
          <a href={`#/logs/${run}`}>See them</a>
        </p>
      )}
    </>
  );
}

/** A run that is under way. Nothing is announced more often than every few seconds. */
function Progress({ standing, onStop }: { readonly standing: Standing; readonly onStop: () => void }) {
  const [isPaused, setPaused] = useState(false);
  const [frozen, setFrozen] = useState(standing);
  const now = isPaused ? frozen : standing;
  const done = now.settled + now.rejected;
  const total = now.expected === undefined ? undefined : Math.max(now.expected, now.read);
  const sentence =
    total === undefined
      ? `${count(done)} of ${count(now.read)} read so far`
      : `${count(done)} of about ${count(total)}`;
  return (
    <section aria-labelledby="running" class="running">
      <h2 id="running">Run {now.run} is under way</h2>
      <progress
        aria-labelledby="running"
        {...(total !== undefined && { value: done, max: Math.max(total, 1) })}
      />
      <p role="status" aria-live="polite">
        {sentence}
        {now.rejected > 0 && `, ${count(now.rejected)} rejected`}
      </p>
      {now.waiting && (
        <p class="waiting">
          Waiting for {now.waiting.for}, since {ago(now.waiting.since)}: {now.waiting.reason} (attempt{" "}
          {now.waiting.attempt}
          {now.waiting.next_at !== undefined && `, next ${ago(now.waiting.next_at)}`})
        </p>
      )}
      <div class="actions">
        <button
          type="button"
          aria-pressed={isPaused}
          onClick={() => {
            setFrozen(standing);
            setPaused(!isPaused);
          }}
        >
          {isPaused ? "Show live" : "Pause updates"}
        </button>
        <button type="button" onClick={onStop}>
          Stop
        </button>
      </div>
    </section>
  );
}
