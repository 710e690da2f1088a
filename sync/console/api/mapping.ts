import { z } from "zod";
import type { LookedUp } from "../../compare/look-up.js";
import { maskedEvent } from "../../compare/trace.js";
import type { Inquirer } from "../../inquiry/asking.js";
import { filledFields } from "../../inquiry/both-sides.js";
import { fields } from "../../inquiry/fields.js";
import { plan } from "../../inquiry/plan.js";
import type { PlanRow, RowValues, SampledContacts } from "../../inquiry/plan-message.js";
import { preview } from "../../inquiry/preview.js";
import { maskedValue } from "../../inquiry/sampled-field.js";
import type { Folder } from "../../project/folder.js";
import type { SettingsInput } from "../../project/settings.js";
import { meaningOf } from "../../report/reasons.js";
import { followedIn } from "../../report/tallies.js";
import { type Entry, suggestionsFor, writtenOut } from "../../setup/mapping.js";
import { Declined } from "../answer.js";
import type { Call, Route } from "../route.js";
import { explained } from "./connections.js";
import type { Newest } from "./newest.js";
import { draftIn } from "./project.js";
import { followUpsOf } from "./run-rows.js";

const options = z.object({
  n: z.number().int().nonnegative().default(0),
  show: z.boolean().default(false),
  fresh: z.boolean().default(false),
});

/** Throws Declined for what is none. */
function optionsIn(body: unknown): z.infer<typeof options> {
  const given = options.safeParse(body);
  if (given.success) return given.data;
  throw new Declined(400, { title: "That is not what this address takes.", todo: [] });
}

/** `POST sample`, `POST plan`, `POST suggest` and `POST preview`: what a mapping that is not saved yet would do. */
export function mappingRoutes(folder: Folder, host: Inquirer, newest: Newest): Route[] {
  /** Gives up when whoever asked has gone away: a later question is under way then. */
  const asking = ({ gone }: Call): Inquirer => ({ ...host, signal: AbortSignal.any([host.signal, gone]) });

  return [
    { method: "POST", path: "/api/v1/sample", answer: ({ body }) => sampled(body, folder, newest) },
    {
      method: "POST",
      path: "/api/v1/plan",
      async answer(call) {
        const settings = await draftIn(call.body, folder);
        const { sample, discovered } = await explained("source", newest.of(settings).found);
        const asked = plan(settings, asking(call), sample.lines, discovered);
        return { json: shownPlan(settings, await explained("destination", asked)) };
      },
    },
    {
      method: "POST",
      path: "/api/v1/suggest",
      async answer(call) {
        const settings = await draftIn(call.body, folder);
        const inquirer = asking(call);
        const source = await explained("source", newest.of(settings).found);
        const [iterable, planned] = await explained(
          "destination",
          Promise.all([
            fields("destination", settings, inquirer),
            plan(settings, inquirer, undefined, source.discovered),
          ]),
        );
        const entries = entriesIn(settings) ?? writtenOut(planned.rows);
        const found = suggestionsFor(source.fields, entries, iterable);
        return { json: { suggestions: found.map((entry) => ({ source: entry.source, entries: [entry] })) } };
      },
    },
    {
      method: "POST",
      path: "/api/v1/preview",
      async answer(call) {
        const settings = await draftIn(call.body, folder);
        const { n, show } = optionsIn(call.body);
        const { lines } = (await explained("source", newest.of(settings).found)).sample;
        const at = lines.length === 0 ? 0 : n % lines.length;
        const { of, found } = await explained("destination", preview(settings, at, asking(call), lines));
        return {
          json: { of, n: at, ...(found ? shownContact(found, show) : { text: "There is no contact yet." }) },
        };
      },
    },
  ];
}

/** Every field that contacts have or have had, as `fields --json` gives them. */
async function sampled(body: unknown, folder: Folder, newest: Newest) {
  const { show, fresh } = optionsIn(body ?? {});
  const { at, found: reading } = newest.of(await draftIn(body, folder), fresh);
  const found = await explained("source", reading);
  return {
    json: {
      contacts: found.sample.contacts,
      at: new Date(at).toISOString(),
      fields: filledFields(found, show),
    },
  };
}

function shownPlan(settings: SettingsInput, found: Awaited<ReturnType<typeof plan>>) {
  const contacts = found.contacts ?? [];
  return {
    works: found.works,
    problems: found.problems,
    rows: found.rows.map(shownRow),
    entries: entriesIn(settings) ?? writtenOut(found.rows),
    contacts: contacts.reduce((sum, { read }) => sum + read, 0),
    ...followUpsOf(followedIn(contacts)),
    kept: contacts.flatMap((one) => inWords(one, "kept")),
    rejected: contacts.flatMap((one) => inWords(one, "rejected")),
  };
}

function entriesIn({ destination }: SettingsInput): readonly Entry[] | undefined {
  return destination?.field_mapping as readonly Entry[] | undefined;
}

function shownRow(row: PlanRow) {
  const { source, target, target_type: type, place, verdict, detail, values, merge, event } = row;
  return {
    place,
    source: source ?? "",
    target: target ?? "",
    target_type: type ?? "",
    verdict,
    detail,
    ...(merge && { merge }),
    ...(event !== undefined && { event }),
    ...(values && shownValues(values, event !== undefined)),
  };
}

/** `isOfEvent`: an entry that mends it belongs into the event's mapping, and not into that of profiles. */
function shownValues({ filled, sent, coerced, reasons }: RowValues, isOfEvent: boolean) {
  return {
    filled,
    sent,
    coerced,
    left_out: reasons.map(({ reason, count, shape, remedy, entry }) => ({
      reason,
      count,
      shape,
      text: meaningOf(reason).means,
      ...(entry && !isOfEvent && { repair: entry }),
      ...(remedy !== null && { repair_text: remedy }),
    })),
  };
}

function inWords({ reasons }: SampledContacts, wanted: "kept" | "rejected") {
  return reasons
    .filter(({ kind }) => kind === wanted)
    .map(({ reason, count }) => ({ reason, count, text: meaningOf(reason).means }));
}

/** A contact as it would be sent, with the lists and events that follow; its values only where somebody has asked to see them. */
function shownContact(found: LookedUp, show: boolean) {
  const { verdict, reason, payload: first, second_payload: second, lists, events, unsent } = found;
  const text = reason ? meaningOf(reason).means : "as it would be sent";
  const payload = second ? [first, second] : first;
  const shown = (value: unknown) => (show ? value : maskedValue(value));
  return {
    verdict,
    text,
    ...(payload !== null && { payload: shown(payload) }),
    ...(lists && lists.length > 0 && { lists }),
    ...(events && events.length > 0 && { events: show ? events : events.map(maskedEvent) }),
    ...(unsent &&
      unsent.length > 0 && { unsent: unsent.map((one) => ({ ...one, found: shown(one.found) })) }),
  };
}
