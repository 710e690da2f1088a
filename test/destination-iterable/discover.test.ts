import { describe, expect, test } from "vitest";
import { operationsFor } from "../../destination-iterable/discover.js";
import type { FieldType } from "../../destination-iterable/iterable/field-types.js";

const FIELDS = new Map<string, FieldType>([
  ["email", "string"],
  ["userId", "string"],
  ["Shirt Size", "string"],
  ["birthday", "date"],
  ["score", "long"],
  ["LTV", "double"],
  ["newsletter", "boolean"],
  ["address", "object"],
  ["address.zip", "string"],
  ["address.geo.lat", "double"],
  ["home_geo_location", "geo_location"],
  ["orders", "nested"],
  ["odd", "unknown"],
  ["signupDate", "date"],
  ["emailListIds", "long"],
  ["itblInternal.documentCreatedAt", "date"],
  ["devices.endpointEnabled", "boolean"],
  ["_private", "string"],
]);

const schemaFor = (identifier: "email" | "user_id") =>
  operationsFor(FIELDS, identifier, false)[0]!.jsonSchema as {
    properties: Record<string, { type?: string }>;
    required: string[];
  };

describe("discover offers the object user", () => {
  test("as an upsert and as an update, told apart by the identifier alone", () => {
    const operations = operationsFor(FIELDS, "email", false);
    expect(
      operations.map(({ objectName, syncMode, matchingKeys }) => ({ objectName, syncMode, matchingKeys })),
    ).toEqual([
      { objectName: "user", syncMode: "append_dedup", matchingKeys: [["email"]] },
      { objectName: "user", syncMode: "update", matchingKeys: [["email"]] },
    ]);
    expect(operations[0]?.jsonSchema).toEqual(operations[1]?.jsonSchema);
    expect(schemaFor("email").required).toEqual(["email"]);
  });

  test("with Iterable's fields and their types", () => {
    expect(schemaFor("email").properties).toEqual({
      email: { type: "string" },
      "Shirt Size": { type: "string" },
      birthday: { type: "string", format: "date-time" },
      score: { type: "integer" },
      LTV: { type: "number" },
      newsletter: { type: "boolean" },
      address: { type: "object", additionalProperties: true, properties: { zip: { type: "string" } } },
      "address.zip": { type: "string" },
      home_geo_location: expect.objectContaining({ type: "object", required: ["lat", "lon"] }),
      orders: { type: "array", items: { type: "object", additionalProperties: true } },
      odd: {},
      _private: { type: "string" },
    });
  });

  test("without what Iterable manages, what changes subscriptions, and what no mapping may name", () => {
    const names = Object.keys(schemaFor("email").properties);
    for (const name of ["signupDate", "emailListIds", "itblInternal.documentCreatedAt", "userId"])
      expect(names).not.toContain(name);
  });

  test("by userId where the project tells users apart by it; the email is a field like others then", () => {
    const [upsert] = operationsFor(FIELDS, "user_id", false);
    expect(upsert?.matchingKeys).toEqual([["userId"]]);
    expect(schemaFor("user_id").properties).toMatchObject({
      userId: { type: "string" },
      email: { type: "string" },
    });
  });

  test("with room for other fields only where they may be created", () => {
    const open = (create: boolean) =>
      operationsFor(FIELDS, "email", create)[0]?.jsonSchema.additionalProperties;
    expect([open(false), open(true)]).toEqual([false, true]);
  });
});
