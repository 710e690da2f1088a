import { messageOf, Unusable } from "../../errors.js";
import type { Inquirer } from "../../inquiry/asking.js";
import { type ConfiguredSide, check as checkSide } from "../../inquiry/check.js";
import { type Field, fields as fieldsOf } from "../../inquiry/fields.js";
import type { Folder } from "../../project/folder.js";
import { Declined } from "../answer.js";
import type { Route } from "../route.js";
import { draftIn, savedSettings } from "./project.js";

/** How long fields are remembered, in ms: the connectors are started for each question. */
const REMEMBERED_MS = 60_000;

interface Remembered {
  readonly of: string;
  readonly at: number;
  readonly fields: readonly Field[];
}

/** `POST check/source`, `POST check/destination`, `GET fields/source` and `GET fields/iterable`. */
export function connectionRoutes(folder: Folder, host: Inquirer): Route[] {
  const { now } = host;
  const remembered = new Map<ConfiguredSide, Remembered>();
  const check = (side: ConfiguredSide): Route => ({
    method: "POST",
    path: `/api/v1/check/${side}`,
    answer: async ({ body }) => ({
      json: await explained(side, checkSide(side, await draftIn(body, folder), host)),
    }),
  });
  const fields = (name: string, side: ConfiguredSide): Route => ({
    method: "GET",
    path: `/api/v1/fields/${name}`,
    async answer({ query }) {
      const settings = await savedSettings(folder);
      const of = JSON.stringify(settings[side]);
      const before = remembered.get(side);
      const isFresh = before?.of === of && now() - before.at < REMEMBERED_MS && !query.has("fresh");
      const found = isFresh
        ? before
        : { of, at: now(), fields: await explained(side, fieldsOf(side, settings, host, folder)) };
      remembered.set(side, found);
      return { json: { at: new Date(found.at).toISOString(), fields: found.fields } };
    },
  });
  return [
    check("source"),
    check("destination"),
    fields("source", "source"),
    fields("iterable", "destination"),
  ];
}

/** What a connector says; where it says why it cannot, that is an answer for people. */
export async function explained<T>(side: "source" | "destination", asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    const title = side === "source" ? "Flowcode cannot be asked." : "Iterable cannot be asked.";
    throw new Declined(422, { title, todo: [messageOf(error)], side });
  }
}
