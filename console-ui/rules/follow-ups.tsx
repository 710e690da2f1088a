import { useMemo } from "preact/hooks";
import { get } from "../api.js";
import { valueAt } from "../draft/draft.js";
import { Labelled, useLoaded } from "../parts.js";
import { useShared } from "../state.js";
import type { Entry, Fields } from "../wire.js";
import { type Condition, ConditionOf } from "./condition.js";
import { EventFields } from "./event-fields.js";
import { withOne } from "./with-one.js";

interface List {
  readonly id?: number;
  readonly when?: Condition;
}

interface Event {
  readonly name: string;
  readonly when?: Condition;
  readonly field_mapping?: readonly Entry[];
}

/** Static lists that contacts are subscribed to. `list_id`, the short form, is the first of them. */
export function ListsRule({ fields }: { readonly fields: readonly string[] }) {
  const { draft, set } = useShared();
  const short = valueAt(draft, ["destination", "list_id"]) as number | undefined;
  const long = (valueAt(draft, ["destination", "lists"]) as readonly List[] | undefined) ?? [];
  const lists: readonly List[] = [...(short === undefined ? [] : [{ id: short }]), ...long];
  const change = (next: readonly List[]) => {
    set(["destination", "list_id"], undefined);
    set(["destination", "lists"], next.length === 0 ? undefined : next);
  };
  const replaced = (at: number, next: List | undefined) => change(withOne(lists, at, next));
  return (
    <section class="card" aria-labelledby="list">
      <h2 id="list">Lists</h2>
      <p class="hint">
        Contacts are subscribed to these static lists after they are written. In Iterable: Audience → Lists.
      </p>
      {lists.map((list, index) => (
        <fieldset key={index}>
          <legend>List {list.id ?? ""}</legend>
          <div class="inline">
            <Labelled id={`list-${index}`} label="Static list ID">
              <input
                id={`list-${index}`}
                type="text"
                inputMode="numeric"
                pattern="[0-9]*"
                value={list.id ?? ""}
                onInput={(event) => {
                  const { id: before, ...rest } = list;
                  const id = Number(event.currentTarget.value);
                  if (id === 0) replaced(index, rest);
                  else if (Number.isSafeInteger(id) && id > 0) replaced(index, { ...rest, id });
                  else event.currentTarget.value = String(before ?? "");
                }}
              />
            </Labelled>
            <button
              type="button"
              class="beside"
              aria-label={`Remove list ${list.id ?? ""}`}
              onClick={() => replaced(index, undefined)}
            >
              Remove
            </button>
          </div>
          <ConditionOf
            of={`list ${list.id ?? index + 1}`}
            value={list.when}
            fields={fields}
            onChange={(when) => replaced(index, withCondition(list, when))}
          />
        </fieldset>
      ))}
      <button type="button" onClick={() => change([...lists, {}])}>
        + a list
      </button>
    </section>
  );
}

/** Custom events that each conversion sends, so that it can start a journey. */
export function EventsRule({ fields }: { readonly fields: readonly string[] }) {
  const { draft, set } = useShared();
  const events = (valueAt(draft, ["destination", "events"]) as readonly Event[] | undefined) ?? [];
  const change = (next: readonly Event[]) =>
    set(["destination", "events"], next.length === 0 ? undefined : next);
  const replaced = (at: number, next: Event | undefined) => change(withOne(events, at, next));
  return (
    <section class="card" aria-labelledby="events">
      <h2 id="events">Events</h2>
      <p class="hint">
        Each conversion sends these custom events after the contact is written, so that it can start a journey
        in Iterable. Sent again, an event replaces itself. Events cannot be taken back.
      </p>
      {events.map((event, index) => (
        <fieldset key={index}>
          <legend>{event.name === "" ? "New event" : event.name}</legend>
          <div class="inline">
            <Labelled id={`event-${index}`} label="Event name">
              <input
                id={`event-${index}`}
                type="text"
                value={event.name}
                onInput={({ currentTarget }) => replaced(index, { ...event, name: currentTarget.value })}
              />
            </Labelled>
            <button
              type="button"
              class="beside"
              aria-label={`Remove the event ${event.name}`}
              onClick={() => replaced(index, undefined)}
            >
              Remove
            </button>
          </div>
          <ConditionOf
            of={`event ${event.name}`}
            value={event.when}
            fields={fields}
            onChange={(when) => replaced(index, withCondition(event, when))}
          />
          <EventFields
            name={event.name}
            entries={event.field_mapping ?? []}
            fields={fields}
            onChange={(entries) => replaced(index, withEntries(event, entries))}
          />
        </fieldset>
      ))}
      <button type="button" onClick={() => change([...events, { name: "flowcode_conversion" }])}>
        + an event
      </button>
    </section>
  );
}

function withCondition<T extends { readonly when?: Condition }>(one: T, when: Condition | undefined): T {
  const { when: _before, ...rest } = one;
  return (when === undefined ? rest : { ...rest, when }) as T;
}

function withEntries({ field_mapping: _before, ...event }: Event, entries: readonly Entry[]): Event {
  return entries.length === 0 ? event : { ...event, field_mapping: entries };
}

/** The names of the form fields; none while they are asked for. */
export function useFormFields(): readonly string[] {
  const { project } = useShared();
  const loaded = useLoaded((signal) => get<Fields>("fields/source", { signal }), [project.etag]);
  return useMemo(
    () => (loaded.state === "there" ? loaded.value.fields.map(({ name }) => name) : []),
    [loaded],
  );
}
