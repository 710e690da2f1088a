// What Meltano has to know of both connectors to run them, in the form of Meltano Hub's plugin definitions.
import { parseDocument, stringify } from "yaml";
import { SINGER_CAPABILITIES, specification } from "../dist/scripts/parts.js";

const DESCRIPTIONS = {
  source: "The contacts that Flowcode's Conversion Flows collect",
  destination: "Contacts into Iterable, within its rate limits",
};

/** Acronyms and short codes are written in capitals, other values as they would begin a sentence. */
function optionLabel(value) {
  const words = value.replaceAll("_", " ");
  return words.length < 3 ? words.toUpperCase() : words[0].toUpperCase() + words.slice(1);
}

const isInstant = (text) => /^\d{4}-\d\d-\d\dT/.test(text);

/** Meltano 4.4 cannot hand on a setting of the kind decimal: numbers that may have a fraction have none. */
function kindOf({ type, enum: values, examples = [] }) {
  if (values) return "options";
  if (examples.some(isInstant)) return "date_iso8601";
  return type === "number" ? undefined : type;
}

const isEmpty = (value) => value === "" || (Array.isArray(value) && value.length === 0);

function setting(name, schema, group) {
  const kind = kindOf(schema);
  const options = schema.enum?.map((value) => ({ label: optionLabel(value), value }));
  return {
    name,
    ...(kind && { kind }),
    ...(schema.default !== undefined && !isEmpty(schema.default) && { value: schema.default }),
    label: group ? `${group}: ${schema.title}` : schema.title,
    ...(schema.description && { description: schema.description }),
    ...(schema.airbyte_secret && { sensitive: true }),
    ...(options && { options }),
    ...(schema.examples && { placeholder: schema.examples[0] }),
  };
}

/** Settings inside an object have its name and a dot before their own; of a choice between objects, those of each. */
function settingsOf({ properties = {}, oneOf }, prefix = "", group = "") {
  const found = Object.entries(properties).flatMap(([name, schema]) =>
    schema.properties || schema.oneOf
      ? settingsOf(schema, `${prefix}${name}.`, schema.title)
      : [setting(`${prefix}${name}`, schema, group)],
  );
  return oneOf ? [...found, ...choice(oneOf, prefix, group)] : found;
}

/** The constant that tells the choices apart is not asked for: both connectors see which one is meant. */
function choice(variants, prefix, group) {
  const withoutTag = ({ properties }) =>
    Object.fromEntries(Object.entries(properties).filter(([, schema]) => schema.const === undefined));
  return variants.flatMap((variant) => settingsOf({ properties: withoutTag(variant) }, prefix, group));
}

/** Every combination of settings without which nothing goes. */
function requiredGroups({ properties, required = [] }, prefix = "") {
  return required
    .filter((name) => properties[name].const === undefined)
    .map((name) => {
      const { oneOf, ...schema } = properties[name];
      if (oneOf) return oneOf.flatMap((variant) => requiredGroups(variant, `${prefix}${name}.`));
      return schema.properties ? requiredGroups(schema, `${prefix}${name}.`) : [[`${prefix}${name}`]];
    })
    .reduce((groups, more) => groups.flatMap((group) => more.map((names) => [...group, ...names])), [[]]);
}

/** A plugin definition. It has no pip_url: what Meltano runs is on the path. */
function definition(connector) {
  return {
    name: connector.singerName,
    namespace: connector.singerName.replaceAll("-", "_"),
    label: connector.title,
    variant: "flowcode-iterable",
    executable: connector.singerName,
    description: DESCRIPTIONS[connector.kind],
    capabilities: SINGER_CAPABILITIES[connector.kind],
    settings_group_validation: requiredGroups(specification(connector).connectionSpecification),
    settings: settingsOf(specification(connector).connectionSpecification),
  };
}

// Meltano reads YAML 1.1, where more texts have to be quoted: dates, for one.
const STYLE = { version: "1.1", lineWidth: 0, indentSeq: false };

/** A file of Meltano Hub's `_data/meltano/`, with its keys in the Hub's order. */
export function hubEntry(connector) {
  const entry = {
    ...definition(connector),
    domain_url: specification(connector).documentationUrl,
    keywords: [connector.title.toLowerCase(), "marketing", "reverse-etl"],
    maintenance_status: "active",
    quality: "unknown",
    prereq: `Node.js, and \`${connector.singerName}\` on the path: \`npm install --global .\` in the folder of the project`,
    ...(connector.kind === "source" && { select: ["contacts.*"] }),
  };
  return stringify(entry, { ...STYLE, sortMapEntries: true });
}

/** A `meltano.yml` with both definitions as they are now. What else a plugin has there stays. */
export function withDefinitions(project, source, destination) {
  const document = parseDocument(project, { version: STYLE.version });
  for (const [path, connector] of [
    [["plugins", "extractors", 0], source],
    [["plugins", "loaders", 0], destination],
  ]) {
    for (const [key, value] of Object.entries(definition(connector)))
      document.setIn([...path, key], document.createNode(value));
  }
  return document.toString(STYLE);
}
