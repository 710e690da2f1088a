import { z } from "zod";
import type { LookedUp } from "../../compare/look-up.js";
import type { Inquirer } from "../../inquiry/asking.js";
import { type Field, fields } from "../../inquiry/fields.js";
import { plan } from "../../inquiry/plan.js";
import type { PlanRow, RowValues, SampledContacts } from "../../inquiry/plan-message.js";
import { preview } from "../../inquiry/preview.js";
import { SAMPLE_SIZE, type Sample, sample } from "../../inquiry/sample.js";
import { masked } from "../../inquiry/sampled-field.js";
import type { Folder } from "../../project/folder.js";
import type { SettingsInput } from "../../project/settings.js";
import { meaningOf } from "../../report/reasons.js";
import { type Entry, suggestionsFor, writtenOut } from "../../setup/mapping.js";
import { Declined } from "../answer.js";
import type { Call, Route } from "../route.js";
import { explained } from "./connections.js";
import { draftIn } from "./project.js";

/** How long the newest contacts are kept in memory for whoever edits a mapping, in ms. */
const REMEMBERED_MS = 5 * 60_000;

const options = z.object({ n: z.number().int().nonnegative().default(0), show: z.boolean().default(false) });

/** Throws Declined for what is none. */
function optionsIn(body: unknown): z.infer<typeof options> {
  const given = options.safeParse(body);
  if (given.success) return given.data;
  throw new Declined(400, { title: "That is not what this address takes.", todo: [] });
}

interface Remembered {
  readonly of: string;
  readonly at: number;
  readonly found: Promise<Sample>;
}

/** `POST sample`, `POST plan`, `POST suggest` and `POST preview`: what a mapping that is not saved yet would do. */
export function mappingRoutes(folder: Folder, host: Inquirer): Route[] {
  const memory = createMemory(host);
  const newest = async (settings: SettingsInput): Promise<Sample> => memory(settings).found;
  /** Gives up when whoever asked has gone away: a later question is under way then. */
  const asking = ({ gone }: Call): Inquirer => ({ ...host, signal: AbortSignal.any([host.signal, gone]) });

  return [
    {
      method: "POST",
      path: "/api/v1/sample",
      async answer({ body }) {
        const { show } = optionsIn(body ?? {});
        const { at: readAt, found: reading } = memory(await draftIn(body, folder));
        const found = await explained("source", reading);
        const at = new Date(readAt).toISOString();
        return {
          json: {
            contacts: found.contacts,
            at,
            fields: found.fields.map((one) => shownField(one, found, show)),
          },
        };
      },
    },
    {
      method: "POST",
      path: "/api/v1/plan",
      async answer(call) {
        const settings = await draftIn(call.body, folder);
        const { lines } = await explained("source", newest(settings));
        const found = await explained("destination", plan(settings, asking(call), lines));
        return {
          json: {
            works: found.works,
            problems: found.problems,
            rows: found.rows.map(shownRow),
            entries: entriesIn(settings) ?? writtenOut(found.rows),
            contacts: found.contacts?.reduce((sum, { read }) => sum + read, 0) ?? 0,
            rejected: (found.contacts ?? []).flatMap(rejections),
          },
        };
      },
    },
    {
      method: "POST",
      path: "/api/v1/suggest",
      async answer(call) {
        const settings = await draftIn(call.body, folder);
        const inquirer = asking(call);
        const source = await explained("source", newest(settings));
        const iterable = await explained("destination", fields("destination", settings, inquirer));
        const planned = await explained("destination", plan(settings, inquirer));
        const entries = entriesIn(settings) ?? writtenOut(planned.rows);
        const names: Field[] = source.fields.map(({ name }) => ({ name, type: "any" }));
        const found = suggestionsFor(names, entries, iterable);
        return { json: { suggestions: found.map((entry) => ({ source: entry.source, entries: [entry] })) } };
      },
    },
    {
      method: "POST",
      path: "/api/v1/preview",
      async answer(call) {
        const settings = await draftIn(call.body, folder);
        const { n, show } = optionsIn(call.body);
        const { lines } = await explained("source", newest(settings));
        const at = lines.length === 0 ? 0 : n % lines.length;
        const { of, found } = await explained("destination", preview(settings, at, asking(call), lines));
        return {
          json: { of, n: at, ...(found ? shownContact(found, show) : { text: "There is no contact yet." }) },
        };
      },
    },
  ];
}

/** The newest contacts, read once for everybody who edits the mapping. */
function createMemory(host: Inquirer): (settings: SettingsInput) => Remembered {
  let remembered: Remembered | undefined;
  return (settings) => {
    const of = JSON.stringify([settings.source, settings.streams]);
    const isFresh = remembered?.of === of && host.now() - remembered.at < REMEMBERED_MS;
    if (remembered && isFresh) return remembered;
    const mine = { of, at: host.now(), found: sample(settings, SAMPLE_SIZE, host) };
    remembered = mine;
    mine.found.catch(() => {
      if (remembered === mine) remembered = undefined;
    });
    return mine;
  };
}

function entriesIn({ destination }: SettingsInput): readonly Entry[] | undefined {
  return destination?.field_mapping as readonly Entry[] | undefined;
}

function shownField(
  { name, filled, masked: hidden, values }: Sample["fields"][number],
  { contacts }: Sample,
  show: boolean,
) {
  return { name, filled: contacts === 0 ? 0 : filled / contacts, samples: show ? values : hidden };
}

function shownRow({ source, target, target_type: type, place, verdict, detail, values }: PlanRow) {
  return {
    place,
    source: source ?? "",
    target: target ?? "",
    target_type: type ?? "",
    verdict,
    detail,
    ...(values && shownValues(values)),
  };
}

function shownValues({ filled, sent, coerced, reasons }: RowValues) {
  return {
    filled,
    sent,
    coerced,
    left_out: reasons.map(({ reason, count, shape, remedy, entry }) => ({
      reason,
      count,
      shape,
      text: meaningOf(reason).means,
      ...(entry && { repair: entry }),
      ...(remedy !== null && { repair_text: remedy }),
    })),
  };
}

function rejections({ reasons }: SampledContacts) {
  return reasons
    .filter(({ kind }) => kind === "rejected")
    .map(({ reason, count }) => ({ reason, count, text: meaningOf(reason).means }));
}

/** A contact as it would be sent; its values only where somebody has asked to see them. */
function shownContact({ verdict, reason, payload: first, second_payload: second }: LookedUp, show: boolean) {
  const text = reason ? meaningOf(reason).means : "as it would be sent";
  const payload = second ? [first, second] : first;
  return { verdict, text, ...(payload !== null && { payload: show ? payload : hidden(payload) }) };
}

function hidden(value: unknown): unknown {
  if (typeof value === "string") return masked(value);
  if (Array.isArray(value)) return value.map(hidden);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, below]) => [name, hidden(below)]));
}
