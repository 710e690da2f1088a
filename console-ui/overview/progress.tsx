import { useEffect, useRef, useState } from "preact/hooks";
import type { Standing } from "../wire-runs.js";
import { ago, count } from "../words.js";

/** A screen reader hears how far a run is at most so often, in ms. */
const ANNOUNCED_MS = 5_000;

/** A run that is under way. */
export function Progress({ standing, onStop }: { readonly standing: Standing; readonly onStop: () => void }) {
  const [isPaused, setPaused] = useState(false);
  const [frozen, setFrozen] = useState(standing);
  const [isStopping, setStopping] = useState(false);
  const now = isPaused ? frozen : standing;
  const done = now.settled + now.rejected;
  const total = now.expected === undefined ? undefined : Math.max(now.expected, now.read);
  const sentence =
    total === undefined
      ? `${count(now.read)} read, ${count(done)} of them settled`
      : `${count(done)} of about ${count(total)}`;
  return (
    <section aria-labelledby="running" class="running">
      <h2 id="running">Run {now.run} is under way</h2>
      <progress
        aria-labelledby="running"
        {...(total !== undefined && { value: done, max: Math.max(total, 1) })}
      />
      <p>
        {sentence}
        {now.rejected > 0 && `, ${count(now.rejected)} rejected`}
        {paceOf(now, done, total)}
      </p>
      <Announced text={now.waiting ? `Waiting for ${now.waiting.for}` : sentence} />
      {now.waiting && <Waiting waiting={now.waiting} />}
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
        <button
          type="button"
          disabled={isStopping}
          onClick={() => {
            setStopping(true);
            onStop();
          }}
        >
          {isStopping ? "Stopping…" : "Stop"}
        </button>
      </div>
    </section>
  );
}

function Waiting({ waiting }: { readonly waiting: NonNullable<Standing["waiting"]> }) {
  return (
    <p class="waiting">
      <span aria-hidden="true">! </span>
      Waiting for {waiting.for} since {ago(waiting.since)}: {waiting.reason} (attempt {waiting.attempt}
      {waiting.next_at !== undefined && `, next ${ago(waiting.next_at)}`}). Nothing is lost: the sync goes on
      as soon as {waiting.for} answers.
    </p>
  );
}

/** ", 404 a second, about 2 s left": where it can be told. */
function paceOf({ started }: Standing, done: number, total: number | undefined): string {
  const seconds = (Date.now() - new Date(started).getTime()) / 1000;
  if (done === 0 || seconds < 2) return "";
  const pace = done / seconds;
  const left = total === undefined || total <= done ? "" : `, about ${inTime((total - done) / pace)} left`;
  return `, ${count(Math.max(1, Math.round(pace)))} a second${left}`;
}

function inTime(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

/** The same for screen readers, one sentence every few seconds. */
function Announced({ text }: { readonly text: string }) {
  const [said, setSaid] = useState(text);
  const latest = useRef(text);
  latest.current = text;
  useEffect(() => {
    const timer = setInterval(() => setSaid(latest.current), ANNOUNCED_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <p class="unseen" role="status" aria-live="polite">
      {said}
    </p>
  );
}
