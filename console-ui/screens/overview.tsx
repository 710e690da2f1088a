import { useState } from "preact/hooks";
import { get, post } from "../api.js";
import { exportRuns } from "../overview/export.js";
import { Latest } from "../overview/latest.js";
import { Menu } from "../overview/menu.js";
import { Progress } from "../overview/progress.js";
import { Loading, Problem, Question, troubleOf, useLoaded } from "../parts.js";
import { useShared } from "../state.js";
import type { Trouble } from "../wire.js";
import type { RunRow } from "../wire-runs.js";
import { frequency, many } from "../words.js";

/** How it stands: what runs, how the last runs went, and when the next one is. */
export function Overview() {
  const { project, runs, standing, start, stop } = useShared();
  const [asks, setAsks] = useState(false);
  const [rehearses, setRehearses] = useState(false);
  const [trouble, setTrouble] = useState<Trouble>();
  const loaded = useLoaded((signal) => get<{ runs: RunRow[] }>("runs", { signal }), [runs]);
  const isBusy = standing !== undefined;
  const rows = loaded.state === "there" ? loaded.value.runs : [];
  return (
    <>
      <div class="actions">
        <button type="button" class="primary" disabled={isBusy} onClick={() => void start({ kind: "sync" })}>
          Sync now
        </button>
        <Menu
          last={rows[0]}
          isBusy={isBusy}
          onDryRun={() => setRehearses(true)}
          onEverything={() => setAsks(true)}
          onExport={() => {
            exportRuns(project.name).catch((error: unknown) => setTrouble(troubleOf(error)));
          }}
        />
      </div>
      {trouble && <Problem trouble={trouble} />}
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
          <p>{everything(rows)}</p>
        </Question>
      )}
      {rehearses && <DryRun onClose={() => setRehearses(false)} />}
      {standing && <Progress key={standing.run} standing={standing} onStop={() => void stop()} />}
      {loaded.state === "loading" && <Loading what="the last runs" />}
      {loaded.state === "failed" && <Problem trouble={loaded.trouble} />}
      {loaded.state === "there" && <Latest runs={rows} />}
      <Upcoming />
    </>
  );
}

/** When the next sync is, and who does it. */
function Upcoming() {
  const { scheduler, settings } = useShared().project;
  const isMissing = scheduler.by === "nobody" && settings.schedule !== undefined;
  return (
    <section aria-labelledby="next" class="card">
      <h2 id="next">Next sync</h2>
      <p class={isMissing ? "waiting" : ""}>
        {isMissing && <span aria-hidden="true">! </span>}
        {scheduler.text}
      </p>
      <p>
        {settings.schedule && <>Schedule: {frequency(settings.schedule)}. </>}
        <a href="#/schedule">{settings.schedule ? "Change it" : "Choose a schedule"}</a>
      </p>
    </section>
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
