import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { get, post } from "../api.js";
import { valueAt } from "../draft/draft.js";
import { choicesFor, entriesOf, isOf } from "../mapping/entries.js";
import { FixedValues } from "../mapping/fixed-values.js";
import { PreviewOf } from "../mapping/preview.js";
import { Row } from "../mapping/row.js";
import { usePlan } from "../mapping/use-plan.js";
import { Loading, Notice, Problem, useLoaded } from "../parts.js";
import { usePlace } from "../place.js";
import { useShared } from "../state.js";
import type { Entry, Fields, Sample, Suggestion } from "../wire.js";
import { ago, many } from "../words.js";

/** Where each form field goes: samples on the left, Iterable's live fields on the right, the verdict beside them. */
export function Mapping() {
  const { draft, set, shown } = useShared();
  const [fresh, setFresh] = useState(0);
  // `#/mapping/birthday` leads to that field, by its name on either side.
  const [asked = ""] = usePlace();
  const [filter, setFilter] = useState(asked);
  const [showsUnsent, setShowsUnsent] = useState(false);
  const lastFresh = useRef(0);
  const iterable = useLoaded(
    (signal) => get<Fields>(`fields/iterable${fresh ? "?fresh=1" : ""}`, { signal }),
    [fresh],
  );
  const sample = useLoaded(
    (signal) =>
      post<Sample>(
        "sample",
        { settings: draft, show: shown, fresh: fresh > lastFresh.current },
        { signal },
      ).finally(() => {
        lastFresh.current = fresh;
      }),
    [draft.source, fresh, shown],
  );
  const { plan, isStale } = usePlan(draft);
  const [suggestions, setSuggestions] = useState<readonly Suggestion[]>([]);
  const [declined, setDeclined] = useState<ReadonlySet<string>>(new Set());
  const suggest = async () => {
    const found = await post<{ suggestions: Suggestion[] }>("suggest", { settings: draft });
    setSuggestions(found.suggestions);
  };
  useEffect(() => void suggest().catch(() => undefined), [draft.source]);

  const written = valueAt(draft, ["destination", "field_mapping"]) as readonly Entry[] | undefined;
  const entries = written ?? (plan.state === "there" ? plan.value.entries : []);
  const change = (next: readonly Entry[]) => set(["destination", "field_mapping"], next);
  const identifier = valueAt(draft, ["destination", "identifier"]) === "user_id" ? "userId" : "email";
  const fields = iterable.state === "there" ? iterable.value.fields : [];
  const choices = useMemo(() => choicesFor(fields, entries, identifier), [fields, entries, identifier]);
  const takesNew = valueAt(draft, ["destination", "create_new_fields"]) === true;

  const sources = sample.state === "there" ? sample.value.fields : [];
  const wanted = filter.trim().toLowerCase();
  const matching = sources.filter(
    ({ name }) =>
      wanted === "" ||
      name.toLowerCase().includes(wanted) ||
      entriesOf(entries, name).some(({ target }) => target.toLowerCase().includes(wanted)),
  );
  const isSent = (name: string) => name === identifier || entriesOf(entries, name).length > 0;
  // A mapping that was never written out is known by its plan alone: before that, a change would lose all the others.
  const isUnknown = written === undefined && plan.state !== "there";
  const hasSuggestion = (name: string) =>
    !declined.has(name) && suggestions.some(({ source }) => source === name);
  const visible = matching.filter(
    ({ name }) => showsUnsent || wanted !== "" || isUnknown || isSent(name) || hasSuggestion(name),
  );
  const hidden = matching.length - visible.length;

  return (
    <>
      <div class="actions">
        <span class="quiet">
          {iterable.state === "there" && <>Live from Iterable, {ago(iterable.value.at)} </>}
        </span>
        <button type="button" onClick={() => setFresh(fresh + 1)}>
          Reload fields
        </button>
        <button
          type="button"
          onClick={() => {
            setDeclined(new Set());
            void suggest();
          }}
        >
          Suggest
        </button>
        <label class="search">
          Filter{" "}
          <input type="search" value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />
        </label>
      </div>
      {iterable.state === "failed" && <Problem trouble={iterable.trouble} />}
      {sample.state === "failed" && <Problem trouble={sample.trouble} />}
      {plan.state === "failed" && <Problem trouble={plan.trouble} />}
      {plan.state === "there" && plan.value.problems.length > 0 && (
        <div class="problem" role="alert">
          <p class="headline">✗ This mapping cannot work</p>
          <ul>
            {plan.value.problems.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </div>
      )}
      {sample.state === "loading" && <Loading what="the newest contacts" />}
      {sample.state === "there" && sample.value.contacts === 0 && (
        <Notice>
          The workspace has no contacts yet. Fill in your form once, then{" "}
          <a href="#/test">send a test contact</a>.
        </Notice>
      )}
      {sample.state === "there" && (
        <table class="mapping">
          <caption>
            Fill rates of the newest {many(sample.value.contacts, "contact")}
            {isStale && <span class="quiet"> · checking the change…</span>}
          </caption>
          <thead>
            <tr>
              <th scope="col">Flowcode field</th>
              <th scope="col">Filled in</th>
              <th scope="col">Iterable field</th>
              <th scope="col">What happens</th>
            </tr>
          </thead>
          <tbody>
            {visible.map((field) => (
              <Row
                key={field.name}
                field={field}
                identifier={identifier}
                entries={entriesOf(entries, field.name)}
                choices={choices}
                takesNew={takesNew}
                isKnown={!isUnknown}
                contacts={sample.value.contacts}
                rows={
                  plan.state === "there"
                    ? plan.value.rows.filter(
                        ({ source, event }) => source === field.name && event === undefined,
                      )
                    : []
                }
                suggestion={
                  hasSuggestion(field.name) && !isSent(field.name)
                    ? suggestions.find(({ source }) => source === field.name)
                    : undefined
                }
                onChange={(own) => change([...entries.filter((entry) => !isOf(entry, field.name)), ...own])}
                onDecline={() => setDeclined(new Set([...declined, field.name]))}
              />
            ))}
          </tbody>
        </table>
      )}
      {hidden > 0 && (
        <p>
          {many(hidden, "field")} {hidden === 1 ? "is" : "are"} not sent.{" "}
          <button type="button" onClick={() => setShowsUnsent(true)}>
            Show
          </button>
        </p>
      )}
      {showsUnsent && (
        <p>
          <button type="button" onClick={() => setShowsUnsent(false)}>
            Hide fields that are not sent
          </button>
        </p>
      )}
      {!isUnknown && (
        <FixedValues entries={entries} choices={choices} takesNew={takesNew} onChange={change} />
      )}
      {plan.state === "there" && plan.value.rejected.length > 0 && (
        <section aria-labelledby="rejected">
          <h2 id="rejected">Contacts that would be rejected</h2>
          <ul>
            {plan.value.rejected.map(({ reason, text, count }) => (
              <li key={reason}>
                {many(count, "contact")}: {text}
              </li>
            ))}
          </ul>
        </section>
      )}
      <PreviewOf settings={draft} />
      <details>
        <summary>As JSON</summary>
        <AsJson value={entries} />
      </details>
    </>
  );
}

function AsJson({ value }: { readonly value: unknown }) {
  const text = JSON.stringify(value, null, 2);
  return (
    <>
      <button type="button" onClick={() => void navigator.clipboard.writeText(text)}>
        Copy
      </button>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <pre tabIndex={0}>{text}</pre>
    </>
  );
}
