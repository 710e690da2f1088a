import { describe, expect, test } from "vitest";
import { z } from "zod";
import { connectionSpecification, stringSettings } from "../../connector/spec.js";

const config = z.object({
  name: z.string().min(1).meta({ title: "Name", order: 0 }),
  credentials: z
    .discriminatedUnion("kind", [
      z
        .object({ kind: z.literal("key"), key: z.string().meta({ airbyte_secret: true }) })
        .meta({ title: "Key" }),
      z
        .object({
          kind: z.literal("client"),
          id: z.string(),
          secret: z.string().meta({ airbyte_secret: true }),
        })
        .meta({ title: "Client" }),
    ])
    .meta({ title: "Credentials" }),
  region: z.enum(["us", "eu"]).default("us"),
  limit: z.number().int().positive().optional(),
  entries: z.array(z.object({ target: z.string() })).default([]),
  storage: z.object({ path: z.string().default("rejects") }).prefault({}),
  advanced: z
    .object({ base_url: z.string().default("https://x"), seconds: z.number().default(5) })
    .prefault({}),
});

const specification = connectionSpecification(config, "Tiny");
const properties = specification.properties as Record<string, Record<string, unknown>>;

describe("the specification of the settings", () => {
  test("is a draft-7 schema under the connector's title", () => {
    expect(specification).toMatchObject({
      $schema: "http://json-schema.org/draft-07/schema#",
      type: "object",
      title: "Tiny",
    });
  });

  test("requires only what has no default", () => {
    expect(specification.required).toEqual(["name", "credentials"]);
    expect(properties.advanced).not.toHaveProperty("required");
  });

  test("offers a choice in the form that Airbyte can draw: oneOf, of type object, each with one constant", () => {
    expect(properties.credentials).toEqual({
      type: "object",
      title: "Credentials",
      oneOf: [
        {
          type: "object",
          title: "Key",
          properties: {
            kind: { type: "string", const: "key" },
            key: { type: "string", airbyte_secret: true },
          },
          required: ["kind", "key"],
        },
        {
          type: "object",
          title: "Client",
          properties: {
            kind: { type: "string", const: "client" },
            id: { type: "string" },
            secret: { type: "string", airbyte_secret: true },
          },
          required: ["kind", "id", "secret"],
        },
      ],
    });
  });

  test("forbids no key, since platforms add their own", () => {
    expect(JSON.stringify(specification)).not.toContain('"additionalProperties":false');
  });

  test("does not bother people with the bounds of JavaScript's integers", () => {
    expect(properties.limit).toEqual({ type: "integer", exclusiveMinimum: 0 });
  });

  test("keeps defaults, but not the empty object that only makes a group optional", () => {
    expect(properties.region).toMatchObject({ default: "us" });
    expect(properties.entries).toMatchObject({ default: [] });
    expect(properties.advanced).not.toHaveProperty("default");
    expect(properties.storage).not.toHaveProperty("default");
  });
});

describe("environment variables", () => {
  test("are named after their settings, without the names of groups that say nothing", () => {
    const found = stringSettings(specification, "TINY");
    expect(found.map(({ path, variable, secret }) => [path.join("."), variable, secret])).toEqual([
      ["name", "TINY_NAME", false],
      ["credentials.kind", "TINY_KIND", false],
      ["credentials.key", "TINY_KEY", true],
      ["credentials.id", "TINY_ID", false],
      ["credentials.secret", "TINY_SECRET", true],
      ["region", "TINY_REGION", false],
      ["storage.path", "TINY_STORAGE_PATH", false],
      ["advanced.base_url", "TINY_BASE_URL", false],
    ]);
  });
});
