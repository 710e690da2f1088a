import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { ConfigError } from "../../connector/errors.js";
import { readConfig } from "../../connector/files.js";
import { connectionSpecification } from "../../connector/spec.js";
import { config as destination } from "../../destination-iterable/config.js";
import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import { config as source } from "../../source-flowcode/config.js";

const tiny = {
  config: z.object({
    name: z.string().default("none"),
    secret: z.string().meta({ airbyte_secret: true }),
    advanced: z.object({ a: z.number().default(0), b: z.number().default(0) }).prefault({}),
  }),
  environmentPrefix: "TINY",
};

async function files(...texts: readonly string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "config-"));
  const paths = texts.map((_, index) => join(folder, String(index)));
  await Promise.all(paths.map((path, index) => writeFile(path, texts[index] as string)));
  return paths;
}

test("of several files the later wins, member by member", async () => {
  const [first = "", second = ""] = await files(
    '{"name":"x","secret":"first","advanced":{"a":1,"b":1}}',
    '{"secret":"second","advanced":{"b":2}}',
  );
  const { config } = await readConfig(tiny, [first, "ENV", second], {});
  expect(config).toEqual({ name: "x", secret: "second", advanced: { a: 1, b: 2 } });
});

test("ENV stands for the environment alone", async () => {
  expect((await readConfig(tiny, ["ENV"], { TINY_SECRET: "s3cret" })).config.secret).toBe("s3cret");
});

test("a secret that is mounted as a file is read without the newline at its end", async () => {
  const [path = ""] = await files("s3cret\n");
  const { config, secrets } = await readConfig(tiny, [], { TINY_SECRET_FILE: path });
  expect([config.secret, secrets]).toEqual(["s3cret", ["s3cret"]]);
});

test("a file that is not there is named, with the variable that names it", async () => {
  const reading = readConfig(tiny, [], { TINY_SECRET_FILE: "/nowhere/secret" });
  await expect(reading).rejects.toThrow(/TINY_SECRET_FILE file "\/nowhere\/secret": there is no such file/);
  await expect(reading).rejects.toBeInstanceOf(ConfigError);
});

test.each([
  ["lists", "[".repeat(5_000) + "]".repeat(5_000)],
  ["objects", `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`],
  ["lists under a setting, on its line", `{"secret":"x",\n"name":${"[".repeat(5_000)}${"]".repeat(5_000)}}`],
])("5,000 levels of %s are an error with its place", async (_what, text) => {
  const reading = readConfig(tiny, await files(text), {});
  await expect(reading).rejects.toBeInstanceOf(ConfigError);
  await expect(reading).rejects.toThrow(/nested deeper than \d+ levels \(line \d\)/);
});

/** Every number of a specification, by its path. */
function numbersIn(schema: JsonObject, path: string): [string, JsonObject][] {
  const own: [string, JsonObject][] =
    schema.type === "number" || schema.type === "integer" ? [[path, schema]] : [];
  const inner = [
    ...Object.entries(isJsonObject(schema.properties) ? schema.properties : {}),
    ...(Array.isArray(schema.oneOf) ? schema.oneOf.map((variant) => ["", variant] as const) : []),
    ...(schema.items === undefined ? [] : [["[]", schema.items] as const]),
  ];
  return [
    ...own,
    ...inner.flatMap(([name, one]) => (isJsonObject(one) ? numbersIn(one, `${path}.${name}`) : [])),
  ];
}

test.each([
  ...numbersIn(connectionSpecification(source, "source"), "source"),
  ...numbersIn(connectionSpecification(destination, "destination"), "destination"),
])("%s has bounds", (path, schema) => {
  const lowest = schema.minimum ?? schema.exclusiveMinimum;
  expect(lowest).toBeTypeOf("number");
  // A whole number is at most 2^53, which is all that can be said of an id.
  if (!/[._]id$/.test(path)) expect(schema.maximum).toBeTypeOf("number");
});
