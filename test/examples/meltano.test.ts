import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { ROOT } from "../architecture/files.js";

interface Setting {
  readonly name: string;
  readonly kind?: string;
  readonly sensitive?: boolean;
  readonly options?: readonly { readonly value: string }[];
}
interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly airbyte_secret?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly oneOf?: readonly Schema[];
  readonly const?: unknown;
}

const { plugins } = parse(readFileSync(`${ROOT}/examples/meltano/meltano.yml`, "utf8"));

/** The settings of a connector as Meltano names them: those inside an object with a dot. */
function settingsOf(schema: Schema, prefix = ""): Map<string, Schema> {
  const parts = [schema, ...(schema.oneOf ?? [])].flatMap(({ properties = {} }) =>
    Object.entries(properties),
  );
  return new Map(
    parts.flatMap(([name, value]) =>
      value.properties || value.oneOf
        ? [...settingsOf(value, `${prefix}${name}.`)]
        : [[`${prefix}${name}`, value] as const],
    ),
  );
}

test.each([
  ["source-flowcode", plugins.extractors[0]],
  ["destination-iterable", plugins.loaders[0]],
])("Meltano's example declares every setting of %s, secrets as such", (name, plugin) => {
  const { connectionSpecification } = JSON.parse(readFileSync(`${ROOT}/spec/${name}.json`, "utf8")).spec;
  const declared = settingsOf(connectionSpecification);
  const settings: Setting[] = plugin.settings;
  expect(settings.map((setting) => setting.name).sort()).toEqual([...declared.keys()].sort());
  for (const { name: setting, kind, sensitive = false, options } of settings) {
    const schema = declared.get(setting) as Schema;
    expect([setting, sensitive]).toEqual([setting, schema.airbyte_secret === true]);
    if (schema.enum) expect([setting, options?.map(({ value }) => value)]).toEqual([setting, schema.enum]);
    if (schema.type === "array" || schema.type === "boolean" || schema.type === "integer") {
      expect([setting, kind]).toEqual([setting, schema.type]);
    }
  }
});
