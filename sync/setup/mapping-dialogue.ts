import type { Field } from "../inquiry/fields.js";
import type { SettingsInput } from "../project/settings.js";
import { paint } from "../terminal/paint.js";
import { table } from "../terminal/table.js";
import { counted, listed } from "../terminal/words.js";
import type { Asker, Choice } from "./asker.js";
import type { DialogueOptions } from "./dialogue-options.js";
import { settingOf, withValue } from "./items.js";
import {
  type Entry,
  entriesOf,
  IDENTIFIER,
  isSame,
  NEW_TYPES,
  originText,
  suggestionsFor,
  takenBy,
  targetText,
  withEntries,
  writtenOut,
} from "./mapping.js";

const MAPPING = { side: "destination", path: ["field_mapping"] } as const;
const CREATE = { side: "destination", path: ["create_new_fields"] } as const;

/** The fields of both sides, and what the destination does where no mapping is given. */
interface Ground {
  readonly source: readonly Field[];
  readonly iterable: readonly Field[];
  readonly defaults: readonly Entry[];
}

/** Shows the fields of both sides and asks what goes where. Throws GaveUp, and Unusable where a side does not answer. */
export async function askMapping(settings: SettingsInput, options: DialogueOptions): Promise<SettingsInput> {
  const { asker, sides, terminal } = options;
  terminal.say("\nReading the fields of both sides …");
  const [source, iterable, { rows }] = await Promise.all([
    sides.fields("source", settings),
    sides.fields("destination", settings),
    sides.plan(withValue(settings, MAPPING, undefined)),
  ]);
  const ground: Ground = { source, iterable, defaults: writtenOut(rows) };
  const saved = settingOf(settings, MAPPING) as readonly Entry[] | undefined;
  const isNew = settings.destination === undefined || saved === undefined;
  const proposed = isNew ? suggestionsFor(source, ground.defaults, iterable) : [];
  let entries: readonly Entry[] = saved ?? [...ground.defaults, ...proposed];
  for (;;) {
    terminal.say(`\n${mappingText(entries, ground, terminal.columns)}\n`);
    if (proposed.length > 0)
      terminal.say(paint("soft", `Suggested by their names: ${listed(proposed.map(originText))}.`));
    const next = await asker.choose<"accept" | "change" | "list" | "reset">({
      message: "Where do the fields go?",
      choices: [
        { name: "As shown", value: "accept" },
        { name: "Change a field", value: "change" },
        { name: "List Iterable's fields", value: "list" },
        ...(isSame(entries, ground.defaults)
          ? []
          : [{ name: "Start again from the default mapping", value: "reset" } as const]),
      ],
    });
    if (next === "accept") break;
    if (next === "reset") entries = ground.defaults;
    else if (next === "list") terminal.say(fieldsText(entries, ground, terminal.columns));
    else entries = await changeOne(entries, ground, asker);
  }
  const isDefault = isSame(entries, ground.defaults);
  const mapped = withValue(settings, MAPPING, isDefault ? undefined : entries);
  const known = new Set([...iterable.map(({ name }) => name), ...(saved ?? []).map(({ target }) => target)]);
  // Only what was asked for here is created: a saved mapping may name fields that are not to be.
  const creates = entries.some((entry) => entry.type !== undefined && !known.has(entry.target));
  return creates ? withValue(mapped, CREATE, true) : mapped;
}

async function changeOne(entries: readonly Entry[], ground: Ground, asker: Asker): Promise<readonly Entry[]> {
  const field = await asker.find<string>({
    message: "Which field?",
    choices: ground.source
      .filter(({ name }) => name !== IDENTIFIER)
      .map(({ name }) => ({ name: `${name} → ${goesText(entries, name)}`, value: name })),
  });
  const choice = await asker.find<string | { readonly target: string }>({
    message: `Where does "${field}" go?`,
    choices: targetsFor(field, entries, ground),
  });
  if (choice === "back") return entries;
  if (choice === "out") return withEntries(entries, field, []);
  if (choice === "default") return withEntries(entries, field, entriesOf(ground.defaults, field));
  const entry = typeof choice === "string" ? await askNewField(field, ground, asker) : choice;
  const pushedOut = takenBy(entries, entry.target).filter(
    (other) => !entriesOf(entries, field).includes(other),
  );
  if (pushedOut.length > 0 && !(await mayPushOut(entry.target, pushedOut, asker))) return entries;
  return withEntries(entries, field, [{ source: field.replaceAll(".", "\\."), ...entry }]);
}

/** What a field may become: left out, what is done by default, a new field, or one of Iterable's, taken ones marked. */
function targetsFor(
  field: string,
  entries: readonly Entry[],
  { defaults, iterable }: Ground,
): Choice<string | { readonly target: string }>[] {
  const usual = entriesOf(defaults, field);
  return [
    { name: "(leave it out)", value: "out" },
    { name: "(create a field in Iterable)", value: "new" },
    ...(usual.length > 0
      ? [{ name: `(as by default: ${usual.map(targetText).join(" and ")})`, value: "default" }]
      : []),
    { name: "(back, change nothing)", value: "back" },
    ...iterable.map(({ name, type }) => {
      const others = takenBy(entries, name).filter((entry) => !entriesOf(entries, field).includes(entry));
      const taken = others.length === 0 ? "" : `, taken by ${listed(others.map(originText))}`;
      return { name: `${name} (${type}${taken})`, value: { target: name } };
    }),
  ];
}

function mayPushOut(target: string, others: readonly Entry[], asker: Asker): Promise<boolean> {
  const names = listed(others.map(originText));
  return asker.choose({
    message: `${target} already gets ${names}.`,
    choices: [
      { name: `Leave ${names} out instead`, value: true },
      { name: "Back, change nothing", value: false },
    ],
  });
}

async function askNewField(source: string, { iterable }: Ground, asker: Asker) {
  const taken = new Map(iterable.map(({ name }) => [name.toLowerCase().replace(/[\s_-]/g, ""), name]));
  const target = await asker.text({
    message: "Name of the new field (neither it nor its type can ever be changed)",
    value: source,
    problem(name) {
      if (name === "") return "A name is needed.";
      const twin = taken.get(name.toLowerCase().replace(/[\s_-]/g, ""));
      return twin === undefined
        ? undefined
        : `Iterable has the field "${twin}". Choose that one, or another name.`;
    },
  });
  const type = await asker.choose({
    message: "Its type",
    choices: NEW_TYPES.map((value) => ({ name: value, value })),
  });
  return { target, type };
}

function mappingText(entries: readonly Entry[], { source, iterable }: Ground, columns: number): string {
  const types = new Map(iterable.map(({ name, type }) => [name, type]));
  const hasShares = source.some(({ filled }) => filled !== undefined);
  const share = (filled: number | undefined) =>
    hasShares ? [filled === undefined ? "" : `${Math.round(filled * 100)} %`] : [];
  const rows = source.map(({ name, type, filled }) => [
    name,
    type,
    ...share(filled),
    goesText(entries, name),
    typeOf(entriesOf(entries, name), types),
  ]);
  const others = entries
    .filter((entry) => !source.some(({ name }) => entriesOf([entry], name).length > 0))
    .map((entry) => [originText(entry), "", ...share(undefined), targetText(entry), typeOf([entry], types)]);
  return table(
    ["FLOWCODE FIELD", "TYPE", ...(hasShares ? ["FILLED IN"] : []), "ITERABLE FIELD", "TYPE"],
    [...rows, ...others],
    columns,
  );
}

function typeOf(entries: readonly Entry[], types: ReadonlyMap<string, string>): string {
  const found = entries.map(({ target, type }) => types.get(target) ?? `${type ?? ""} (new)`.trim());
  return [...new Set(found)].join(", ");
}

function goesText(entries: readonly Entry[], field: string): string {
  if (field === IDENTIFIER && entriesOf(entries, field).length === 0) return "email (who the contact is)";
  return entriesOf(entries, field).map(targetText).join(" and ") || "not sent";
}

function fieldsText(entries: readonly Entry[], { iterable }: Ground, columns: number): string {
  const rows = iterable.map(({ name, type }) => [name, type, listed(takenBy(entries, name).map(originText))]);
  return `${counted(iterable.length, "field")} of Iterable can be written:\n${table(["ITERABLE FIELD", "TYPE", "GETS"], rows, columns)}`;
}
