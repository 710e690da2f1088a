import { useState } from "preact/hooks";
import { post } from "../api.js";
import { Loading, Problem, Question, troubleOf, useLoaded } from "../parts.js";
import { useShared } from "../state.js";
import type { Json, Trouble } from "../wire.js";
import type { Change, Staying, Undoing } from "../wire-runs.js";
import { many } from "../words.js";

/** What a run has changed in Iterable, what undoing it would do, and undoing it. */
export function Undo({ run }: { readonly run: number }) {
  const { standing, start } = useShared();
  const [asks, setAsks] = useState(false);
  const loaded = useLoaded((signal) => post<Undoing>(`runs/${run}/undo`, {}, { signal }), [run]);
  return (
    <section aria-labelledby="undo">
      <h3 id="undo">Undo run {run}</h3>
      {loaded.state === "loading" && <Loading what="what undoing it would do" />}
      {loaded.state === "failed" && <Problem trouble={loaded.trouble} />}
      {loaded.state === "there" && (
        <>
          <Rehearsed found={loaded.value} />
          <div class="actions">
            <button
              type="button"
              class="primary"
              disabled={standing !== undefined || loaded.value.would_restore === 0}
              onClick={() => setAsks(true)}
            >
              Undo this run…
            </button>
          </div>
          {asks && (
            <Question
              title={`Undo run ${run}?`}
              yes={`Put back ${many(loaded.value.would_restore, "profile")}`}
              onNo={() => setAsks(false)}
              onYes={() => {
                setAsks(false);
                void start({ kind: "undo", run }).then((begun) => {
                  if (begun !== undefined) location.hash = "#/overview";
                });
              }}
            >
              <p>
                {many(loaded.value.would_restore, "profile")} in Iterable will get back the values from before
                the run. What was changed since stays. The undo can itself be undone.
              </p>
            </Question>
          )}
        </>
      )}
      <Changes run={run} created={false} title={`What run ${run} has changed`} />
      <Changes run={run} created={true} title={`Profiles that run ${run} has created`} />
    </section>
  );
}

function Rehearsed({ found }: { readonly found: Undoing }) {
  const lines = [
    [found.would_restore, "would get back their values from before the run"],
    [found.unchanged, "as they were before the run already"],
    [found.changed_since, "changed since by somebody else, and left alone"],
    [found.absent, "not in Iterable any more"],
    [found.created, "created by the run, and left in Iterable"],
  ] as const;
  return (
    <>
      <ul>
        {lines
          .filter(([number], index) => number > 0 || index === 0)
          .map(([number, text]) => (
            <li key={text}>
              {many(number, "profile")}: {text}
            </li>
          ))}
        {found.values_left.map(({ field, count }) => (
          <li key={field}>
            {many(count, "value")} of {field ?? "others"}: changed since, and left
          </li>
        ))}
      </ul>
      <Stays stays={found.stays} />
    </>
  );
}

/** Lists and events that an undo leaves as they are. */
export function Stays({ stays }: { readonly stays: readonly Staying[] }) {
  if (stays.length === 0) return null;
  return (
    <p class="notice warning">
      <span aria-hidden="true">! </span>Not undone:{" "}
      {stays
        .map(({ kind, name, sent }) => {
          const what = kind === "list" ? `list ${name}` : `event “${name}”`;
          return sent === null ? what : `${what} (${many(sent, "contact")})`;
        })
        .join(", ")}
      . Events cannot be taken back. Take contacts off a list in Iterable.
    </p>
  );
}

/** What the run has changed, profile by profile, a page at a time. */
function Changes({
  run,
  created,
  title,
}: {
  readonly run: number;
  readonly created: boolean;
  readonly title: string;
}) {
  const { shown } = useShared();
  const [rows, setRows] = useState<readonly Change[]>([]);
  const [next, setNext] = useState<number | undefined>(0);
  const [trouble, setTrouble] = useState<Trouble>();
  const [shownAs, setShownAs] = useState(shown);
  const [isAsked, setAsked] = useState(false);
  const more = async (from: number, before: readonly Change[]) => {
    try {
      const page = await post<{ changes: Change[]; next?: number }>(`runs/${run}/changes`, {
        after: from,
        show: shown,
        created,
      });
      setRows([...before, ...page.changes]);
      setNext(page.next);
      setShownAs(shown);
      setAsked(true);
    } catch (error) {
      setTrouble(troubleOf(error));
    }
  };
  // Whoever shows or hides data begins anew.
  if (isAsked && shownAs !== shown) {
    setShownAs(shown);
    void more(0, []);
  }
  return (
    <details onToggle={(event) => event.currentTarget.open && !isAsked && void more(0, [])}>
      <summary>{title}</summary>
      {trouble && <Problem trouble={trouble} />}
      {isAsked && rows.length === 0 && <p>None.</p>}
      {rows.length > 0 && (
        <table class="compared">
          <caption>
            {shown ? "Profiles and their values" : "Masked. Choose Show data to see the values."}
          </caption>
          <thead>
            <tr>
              <th scope="col">Profile</th>
              <th scope="col">Field</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
            </tr>
          </thead>
          <tbody>{rows.flatMap((change, index) => linesOf(change, index))}</tbody>
        </table>
      )}
      {next !== undefined && rows.length > 0 && (
        <button type="button" onClick={() => void more(next, rows)}>
          Show more
        </button>
      )}
    </details>
  );
}

function linesOf({ who, fields }: Change, index: number) {
  if (fields.length === 0)
    return [
      <tr key={index}>
        <th scope="row" data-label="Profile">
          {who}
        </th>
        <td colSpan={3} />
      </tr>,
    ];
  return fields.map(({ field, before, after }) => (
    <tr key={`${index} ${field}`}>
      <th scope="row" data-label="Profile">
        {who}
      </th>
      <td data-label="Field">{field}</td>
      <td data-label="Before">{valueText(before)}</td>
      <td data-label="After">{valueText(after)}</td>
    </tr>
  ));
}

function valueText(value: Json) {
  if (value === null) return <span class="quiet">empty</span>;
  return typeof value === "string" ? value : JSON.stringify(value);
}
