import { randomUUID } from "node:crypto";
import type { Answer } from "../http/exchange.js";
import type { Json } from "../json.js";
import { genericError, refused } from "./answers.js";
import { createFields, type Fields, limitRefusal, mismatchRefusal } from "./fields.js";
import type { Project } from "./project.js";
import type { IterableSwitches } from "./switches.js";
import { failureLists, identityFailure, named, topLevelLists } from "./users.js";

/** An event as events/track and trackBulk take it. */
export interface Event {
  readonly eventName: string;
  readonly email?: string;
  readonly userId?: string;
  readonly id?: string;
  readonly createdAt?: number;
  readonly dataFields?: Json;
  readonly createNewFields?: boolean;
}

export interface KeptEvent extends Event {
  /** The user's key in the project. */
  readonly key: string;
  /** How often an event with this id has come. */
  readonly times: number;
}

/** The most bytes of an event's id (API reference). */
const MAX_ID = 512;
/** Seconds since 1970 are below this until the year 5138; ms have been above it since 1973. */
const MILLISECONDS = 100_000_000_000;

/** The project's custom events: one with an id that is known replaces it. */
export function createEvents(project: Project, switches: IterableSwitches, now: () => number) {
  const kept = new Map<string, KeptEvent>();
  /** Each event's fields have types of their own. */
  const fieldsOf = new Map<string, Fields>();
  const fields = (name: string): Fields => {
    const known = fieldsOf.get(name) ?? createFields("event", {});
    fieldsOf.set(name, known);
    return known;
  };
  const creates = (event: Event) => event.createNewFields ?? switches.addsUnknownFields;

  const isFound = (key: string): boolean =>
    switches.unknownEventUsers === "created" ||
    (switches.dependentsSee === "visible"
      ? project.visible(key, now()) !== undefined
      : project.users.has(key));

  const failureOf = (event: Event) => {
    const cause = identityFailure(event, project, switches);
    if (cause) return named(cause, event);
    return isFound(project.keyOf(event) ?? "") ? undefined : named("notFound", event);
  };

  /** Why a request as a whole is refused. */
  const refusalOf = (events: readonly Event[]): Answer | undefined => {
    for (const [index, { eventName, email, userId, id, createdAt }] of events.entries()) {
      const wrong = (what: string) => refused(400, "BadParams", `events[${index}]: ${what}`);
      if (email === undefined && userId === undefined) return wrong("Must have either email or userId.");
      if (eventName === "") return wrong("eventName must not be empty");
      if (id !== undefined && Buffer.byteLength(id) > MAX_ID) return wrong("id is too long");
      if (switches.createdAtUnit === "seconds" && (createdAt ?? 0) > MILLISECONDS) {
        return wrong("createdAt is not in seconds");
      }
    }
    const { poisonedEvents } = switches;
    if (events.some((event) => poisonedEvents.includes(project.keyOf(event) ?? ""))) return genericError();
    for (const name of new Set(events.map(({ eventName }) => eventName))) {
      const mine = events.filter(({ eventName }) => eventName === name);
      const creating = mine.filter(creates);
      const known = fields(name);
      const values = (list: readonly Event[]) => list.map(({ dataFields }) => dataFields ?? {});
      const all = [...fieldsOf.values()].reduce((sum, { types }) => sum + types.size, 0);
      const body =
        mismatchRefusal(known.mismatches(values(mine), creating.length > 0)) ??
        limitRefusal(all, known.unknown(values(creating)), switches.eventFieldLimit);
      if (body) return { status: 400, body };
    }
    return undefined;
  };

  const keep = (event: Event): void => {
    const id = event.id ?? randomUUID();
    const key = project.keyOf(event) as string;
    if (switches.unknownEventUsers === "created" && !project.users.has(key)) {
      project.apply({ ...(event.email === undefined ? { userId: key } : { email: key }) }, false);
    }
    const dataFields = fields(event.eventName).admit(event.dataFields ?? {}, creates(event));
    kept.set(id, { ...event, id, key, dataFields, times: (kept.get(id)?.times ?? 0) + 1 });
  };

  return {
    kept,
    fields: fieldsOf as ReadonlyMap<string, Fields>,
    trackBulk({ events }: { readonly events: readonly Event[] }): Answer {
      const refusal = refusalOf(events);
      if (refusal) return refusal;
      const { disallowedEventNames, disallowedCount } = switches;
      const isAllowed = ({ eventName }: Event) => !disallowedEventNames.includes(eventName);
      const allowed = events.filter(isAllowed);
      const disallowed = events.filter((event) => !isAllowed(event));
      const failures = allowed.flatMap((event) => failureOf(event) ?? []);
      const taken = allowed.filter((event) => failureOf(event) === undefined);
      const unknown = (list: readonly Event[]) =>
        list.flatMap(({ eventName, dataFields }) => fields(eventName).unknown([dataFields ?? {}]));
      const createdFields = [...new Set(unknown(taken.filter(creates)))];
      const filteredOutFields = [...new Set(unknown(taken.filter((event) => !creates(event))))];
      for (const event of taken) keep(event);
      const failed = disallowedCount === "failed" ? disallowed.length : 0;
      const body = {
        successCount: taken.length + disallowed.length - failed,
        failCount: failures.length + failed,
        ...topLevelLists(failures, switches),
        disallowedEventNames: [...new Set(disallowed.map(({ eventName }) => eventName))],
        createdFields,
        filteredOutFields,
        failedUpdates: failureLists(failures, ["invalid", "notFound", "forgotten"]),
      };
      return { status: 200, body };
    },
  };
}
