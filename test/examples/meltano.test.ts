import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ROOT } from "../architecture/files.js";

interface Setting {
  readonly name: string;
  readonly kind?: string;
  readonly value?: unknown;
  readonly label?: string;
  readonly sensitive?: boolean;
  readonly options?: readonly { readonly value: string }[];
}
interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly airbyte_secret?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly oneOf?: readonly Schema[];
  readonly const?: unknown;
}

/** The settings of a connector as Meltano names them: those inside an object with a dot. */
function settingsOf(schema: Schema, prefix = ""): Map<string, Schema> {
  const parts = [schema, ...(schema.oneOf ?? [])]
    .flatMap(({ properties = {} }) => Object.entries(properties))
    .filter(([, { const: tag }]) => tag === undefined);
  return new Map(
    parts.flatMap(([name, value]) =>
      value.properties || value.oneOf
        ? [...settingsOf(value, `${prefix}${name}.`)]
        : [[`${prefix}${name}`, value] as const],
    ),
  );
}

/** What the Hub's schema of a plugin definition asks for and knows, and its capabilities of each type. */
const REQUIRED = ["name", "namespace", "variant", "quality"];
const KNOWN = [
  ...REQUIRED,
  ...["label", "description", "executable", "capabilities", "settings", "settings_group_validation"],
  ...["domain_url", "keywords", "maintenance_status", "prereq", "select"],
];
const CAPABILITIES = {
  extractors: ["about", "catalog", "discover", "state", "structured-logging", "test"],
  loaders: ["about", "structured-logging"],
};

describe.each([
  ["source-flowcode", "extractors", "tap-flowcode"],
  ["destination-iterable", "loaders", "target-iterable"],
] as const)("Meltano's definition of %s", (connector, type, plugin) => {
  const text = readFileSync(`${ROOT}/examples/meltano/plugins/${type}/${plugin}.yml`, "utf8");
  const entry = parse(text);
  const { connectionSpecification } = JSON.parse(readFileSync(`${ROOT}/spec/${connector}.json`, "utf8")).spec;
  const declared = settingsOf(connectionSpecification);
  const settings: Setting[] = entry.settings;

  test("has what the Hub asks for, and nothing that it does not know", () => {
    expect(Object.keys(entry)).toEqual(expect.arrayContaining(REQUIRED));
    expect(KNOWN).toEqual(expect.arrayContaining(Object.keys(entry)));
    expect(entry.capabilities).toEqual(CAPABILITIES[type]);
    expect(entry).toMatchObject({ name: plugin, namespace: plugin.replace("-", "_"), executable: plugin });
  });

  test("has its keys in the Hub's order", () => {
    const keys = Object.keys(entry);
    expect(keys).toEqual([...keys].sort());
  });

  test("declares every setting once, with its kind and its default, secrets as such", () => {
    expect(settings.map(({ name }) => name)).toEqual([...declared.keys()]);
    for (const { name, kind, sensitive = false, options, value, label } of settings) {
      const schema = declared.get(name) as Schema;
      expect([name, sensitive]).toEqual([name, schema.airbyte_secret === true]);
      expect([name, options?.map((option) => option.value)]).toEqual([name, schema.enum]);
      if (["array", "boolean", "integer"].includes(String(schema.type)))
        expect([name, kind]).toEqual([name, schema.type]);
      // Meltano 4.4 cannot hand on a setting of the kind decimal.
      if (schema.type === "number") expect([name, kind]).toEqual([name, undefined]);
      if (value !== undefined) expect([name, value]).toEqual([name, schema.default]);
      expect([name, label]).toEqual([name, expect.stringMatching(/^[A-Z]/)]);
    }
    const labels = settings.map(({ label }) => label);
    expect(new Set(labels).size).toBe(labels.length);
  });

  test("names settings alone among those that are required together", () => {
    const groups: string[][] = entry.settings_group_validation;
    expect(groups.length).toBeGreaterThan(0);
    for (const name of groups.flat()) expect([...declared.keys()]).toContain(name);
  });
});

test("the source needs one kind of credentials, the destination its key", () => {
  const groups = (path: string) =>
    parse(readFileSync(`${ROOT}/examples/meltano/plugins/${path}.yml`, "utf8")).settings_group_validation;
  expect(groups("extractors/tap-flowcode")).toEqual([
    ["org_id", "workspace_id", "credentials.client_id", "credentials.client_secret"],
    ["org_id", "workspace_id", "credentials.api_key"],
  ]);
  expect(groups("loaders/target-iterable")).toEqual([["api_key"]]);
});
