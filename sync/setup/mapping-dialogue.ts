import type { SettingsInput } from "../project/settings.js";
import { table } from "../terminal/table.js";
import type { Terminal } from "../terminal/terminal.js";
import type { Asker } from "./asker.js";
import { settingOf, withValue } from "./items.js";
import { createsFields, entriesFor, type Fate, NEW_TYPES, propose } from "./proposal.js";
import type { Field, Sides } from "./sides.js";

const MAPPING = { side: "destination", path: ["field_mapping"] } as const;
const CREATE = { side: "destination", path: ["create_new_fields"] } as const;

interface Chosen {
  readonly source: Field;
  readonly fate: Fate;
}

/** Shows the fields of both sides and asks what goes where. Throws GaveUp, and Unusable where a side does not answer. */
export async function askMapping(
  settings: SettingsInput,
  { asker, sides, terminal }: { readonly asker: Asker; readonly sides: Sides; readonly terminal: Terminal },
): Promise<SettingsInput> {
  terminal.say("\nReading the fields of both sides …");
  const [sourceFields, iterableFields] = await Promise.all([
    sides.sourceFields(settings),
    sides.iterableFields(settings),
  ]);
  if (settingOf(settings, MAPPING) !== undefined) {
    const keeps = await asker.choose({
      message: "A mapping is saved already.",
      choices: [
        { name: "Keep it", value: true },
        { name: "Begin anew, with what is proposed", value: false },
      ],
    });
    if (keeps) return settings;
  }
  let chosen: readonly Chosen[] = propose(sourceFields, iterableFields);
  for (;;) {
    terminal.say(`\n${mappingText(chosen, iterableFields)}\n`);
    const next = await asker.choose<"accept" | "change" | "list">({
      message: "Shall the fields go there?",
      choices: [
        { name: "Yes", value: "accept" },
        { name: "Change a field", value: "change" },
        { name: "List the fields of Iterable", value: "list" },
      ],
    });
    if (next === "accept") break;
    if (next === "list")
      terminal.say(
        table(
          ["ITERABLE FIELD", "TYPE"],
          iterableFields.map(({ name, type }) => [name, type]),
        ),
      );
    else chosen = await changeOne(chosen, iterableFields, asker);
  }
  const entries = entriesFor(chosen, new Set(iterableFields.map(({ name }) => name)));
  const mapped = withValue(settings, MAPPING, entries);
  return createsFields(chosen) ? withValue(mapped, CREATE, true) : mapped;
}

async function changeOne(
  chosen: readonly Chosen[],
  iterableFields: readonly Field[],
  asker: Asker,
): Promise<readonly Chosen[]> {
  const source = await asker.find<string>({
    message: "Which field?",
    choices: chosen
      .filter(({ fate }) => fate.kind !== "identifier")
      .map(({ source: { name }, fate }) => ({ name: `${name} → ${fateText(fate)}`, value: name })),
  });
  const fate = await asker.find<Fate | "new">({
    message: `Where does "${source}" go?`,
    choices: [
      { name: "(leave it out)", value: { kind: "out" } },
      { name: "(create a field in Iterable)", value: "new" },
      ...(source === "name" ? [{ name: "firstName and lastName", value: { kind: "names" } as const }] : []),
      ...iterableFields.map(({ name, type }) => ({
        name: `${name} (${type})`,
        value: { kind: "field", target: name, isNew: false } as const,
      })),
    ],
  });
  const decided = fate === "new" ? await askNewField(source, iterableFields, asker) : fate;
  return chosen.map((each) => (each.source.name === source ? { ...each, fate: decided } : each));
}

async function askNewField(source: string, iterableFields: readonly Field[], asker: Asker): Promise<Fate> {
  const taken = new Set(iterableFields.map(({ name }) => name));
  const target = await asker.text({
    message: "Name of the new field (neither it nor its type can ever be changed)",
    value: source,
    problem: (name) =>
      name === "" ? "It needs a name." : taken.has(name) ? "Iterable has a field of this name." : undefined,
  });
  const type = await asker.choose({
    message: "Its type",
    choices: NEW_TYPES.map((value) => ({ name: value, value })),
  });
  return { kind: "field", target, isNew: true, type };
}

function mappingText(chosen: readonly Chosen[], iterableFields: readonly Field[]): string {
  const types = new Map(iterableFields.map(({ name, type }) => [name, type]));
  return table(
    ["FIELD OF THE CONTACTS", "TYPE", "GOES TO ITERABLE'S", "TYPE"],
    chosen.map(({ source: { name, type }, fate }) => [
      name,
      type,
      fateText(fate),
      fate.kind === "field" ? (types.get(fate.target) ?? fate.type ?? "") : "",
    ]),
  );
}

function fateText(fate: Fate): string {
  switch (fate.kind) {
    case "identifier":
      return "email (who the contact is)";
    case "names":
      return "firstName and lastName";
    case "field":
      return fate.isNew ? `${fate.target} (new)` : fate.target;
    case "out":
      return "left out";
  }
}
