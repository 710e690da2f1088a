import type { Inquirer } from "../../inquiry/asking.js";
import { type Checked, type ConfiguredSide, check as checkSide } from "../../inquiry/check.js";
import { type Field, fields as fieldsOf } from "../../inquiry/fields.js";
import type { Folder } from "../../project/folder.js";
import type { SettingsInput } from "../../project/settings.js";
import { orDeclined } from "../answer.js";
import type { Route } from "../route.js";
import { type Fact, iterableFacts, sourceFacts } from "./facts.js";
import type { Newest } from "./newest.js";
import { draftIn, savedSettings } from "./project.js";

/** How long fields are remembered, in ms: the connectors are started for each question. */
const REMEMBERED_MS = 60_000;
/** How long a check that worked is shown to whoever comes back to it, in ms. */
const CHECK_MS = 10 * 60_000;

interface Remembered<T> {
  readonly of: string;
  readonly at: number;
  readonly found: T;
}

/** What `check` says of a side, with what was found there. */
type Connection = Checked & { readonly facts: readonly Fact[] };

/** `POST check/source`, `POST check/destination`, `GET fields/source` and `GET fields/iterable`. */
export function connectionRoutes(folder: Folder, host: Inquirer, newest: Newest): Route[] {
  const { now } = host;
  const known = new Map<ConfiguredSide, Remembered<readonly Field[]>>();
  const checks = new Map<ConfiguredSide, Remembered<Connection>>();
  const fieldsFor = async (side: ConfiguredSide, settings: SettingsInput, isFresh: boolean) => {
    const of = JSON.stringify(settings[side]);
    const before = known.get(side);
    if (before?.of === of && now() - before.at < REMEMBERED_MS && !isFresh) return before;
    const found = await explained(side, fieldsOf(side, settings, host, folder));
    const mine = { of, at: now(), found };
    known.set(side, mine);
    return mine;
  };
  const connection = async (side: ConfiguredSide, settings: SettingsInput): Promise<Connection> => {
    const checked = await explained(side, checkSide(side, settings, host));
    if (!checked.works) return { ...checked, facts: [] };
    const found =
      side === "source"
        ? newest.of(settings, true).found.then((one) => sourceFacts(settings, one))
        : fieldsFor(side, settings, true).then((one) => iterableFacts(settings, one.found));
    // A check that works is no less true where what else is to be told cannot be found out.
    return { ...checked, facts: await found.catch(() => []) };
  };
  const check = (side: ConfiguredSide): Route => ({
    method: "POST",
    path: `/api/v1/check/${side}`,
    async answer({ body }) {
      const settings = await draftIn(body, folder);
      const of = JSON.stringify(settings[side]);
      const before = checks.get(side);
      const mayBeOld = (body as { remembered?: unknown }).remembered === true;
      const isKnown = before?.of === of && before.found.works && now() - before.at < CHECK_MS;
      const mine = mayBeOld && isKnown ? before : { of, at: now(), found: await connection(side, settings) };
      checks.set(side, mine);
      return { json: { ...mine.found, at: new Date(mine.at).toISOString() } };
    },
  });
  const fields = (name: string, side: ConfiguredSide): Route => ({
    method: "GET",
    path: `/api/v1/fields/${name}`,
    async answer({ query }) {
      const settings = await savedSettings(folder);
      const { at, found } = await fieldsFor(side, settings, query.has("fresh"));
      return { json: { at: new Date(at).toISOString(), fields: found } };
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
export function explained<T>(side: "source" | "destination", asked: Promise<T>): Promise<T> {
  const title = side === "source" ? "Flowcode cannot be asked." : "Iterable cannot be asked.";
  return orDeclined(asked, { title, side });
}
