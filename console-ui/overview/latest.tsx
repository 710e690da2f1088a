import { get } from "../api.js";
import { Notice, OUTCOMES, Outcome, useLoaded } from "../parts.js";
import type { RunDetail, RunRow } from "../wire-runs.js";
import { ago, clause, count, many, sums } from "../words.js";

/** How many of the last runs are drawn. */
const DRAWN = 20;
/** Losses that are listed; the run's own page has all. */
const LISTED = 5;

/** How the last run went, and what it did not bring through. */
export function Latest({ runs }: { readonly runs: readonly RunRow[] }) {
  const [last] = runs;
  if (!last) {
    return (
      <Notice>
        No run yet. <a href="#/test">Send a test contact</a>, or choose Sync now.
      </Notice>
    );
  }
  return (
    <section aria-labelledby="last" class="card">
      <h2 id="last">Last sync</h2>
      <p class="standing">
        {last.outcome === "succeeded" ? (
          <span class="outcome good">✓ Healthy</span>
        ) : (
          <Outcome outcome={last.outcome} />
        )}{" "}
        – {ago(last.started)}: {sums(last)}
      </p>
      {last.why !== undefined && (
        <p class="loss">
          {last.why}
          {last.side !== "runner" && last.side !== undefined && (
            <>
              {" "}
              <a href="#/connections">Check the connections</a>
            </>
          )}
        </p>
      )}
      <Bars runs={runs} />
      <Losses run={last.run} outcome={last.outcome} />
    </section>
  );
}

/** The last runs as bars as high as what they read, each with its outcome in words. */
function Bars({ runs }: { readonly runs: readonly RunRow[] }) {
  const shown = runs.slice(0, DRAWN).reverse();
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

/** What a run did not bring through, with the way to mend it. */
function Losses({ run, outcome }: Pick<RunRow, "run" | "outcome">) {
  // Asked for anew when the run has ended: before that, nobody knows.
  const loaded = useLoaded((signal) => get<RunDetail>(`runs/${run}`, { signal }), [run, outcome]);
  if (loaded.state !== "there") return null;
  const { reasons, losses, unfilled, left_out: leftOut } = loaded.value;
  const lost = new Map(losses.map((one) => [one.field, one]));
  return (
    <ul class="losses">
      {leftOut.slice(0, LISTED).map(({ field, reason, text, count: number }) => {
        const most = lost.get(field);
        return (
          <li key={`${field} ${reason}`}>
            <span aria-hidden="true">! </span>
            {most ? (
              <>
                <strong>{field} lost most of its values:</strong> {count(number)} of {count(most.of)} were
                left out
              </>
            ) : (
              `${many(number, "value")} of ${field} left out`
            )}
            : {clause(text)}. <a href={`#/mapping/${encodeURIComponent(field)}`}>Fix the mapping</a>
          </li>
        );
      })}
      {unfilled.length > 0 && (
        <li>
          <span aria-hidden="true">! </span>
          No contact had a value for {unfilled.join(", ")}. <a href="#/mapping">Look at the mapping</a>
        </li>
      )}
      {reasons.length > 0 && (
        <li>
          <span aria-hidden="true">! </span>
          {many(
            reasons.reduce((sum, { count: number }) => sum + number, 0),
            "contact",
          )}{" "}
          rejected:{" "}
          {reasons.map(({ count: number, text }) => `${count(number)} × ${clause(text)}`).join(", ")}.{" "}
          <a href={`#/logs/${run}`}>See them</a>
        </li>
      )}
    </ul>
  );
}
