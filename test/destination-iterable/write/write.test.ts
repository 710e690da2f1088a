import { afterEach, describe, expect, test } from "vitest";
import { type IterableOptions, type IterableSimulator, startIterable } from "../../../simulators/iterable.js";
import { write, writeLines } from "../sitting.js";

let iterable: IterableSimulator;
afterEach(() => iterable.close());

async function start(options: IterableOptions = {}): Promise<IterableSimulator> {
  iterable = await startIterable({ limits: { "/api/users/bulkUpdate": 1000 }, ...options });
  return iterable;
}

const sent = () =>
  iterable.journal.entries
    .filter(({ path }) => path === "/api/users/bulkUpdate")
    .flatMap(({ body }) => (body as { users: Record<string, unknown>[] }).users);

test("a field whose every tenth value cannot be a number costs nobody anything but that field", async () => {
  const { url, users } = await start({ fields: { score: "long", city: "string" } });
  const records = Array.from({ length: 1000 }, (_, index) => ({
    email: `p${index}@example.com`,
    city: `City ${index}`,
    score: index % 10 === 0 ? "many" : String(index),
  }));
  const { failure, summary } = await write(url, records);
  expect(failure).toBeUndefined();
  expect(summary).toContain("1000 read = 1000 delivered + 0 kept + 0 rejected + 0 unsettled");
  expect(summary).toContain("values left out: score not_an_integer 100");
  expect(users.size).toBe(1000);
  for (const [index, record] of records.entries()) {
    const { city, score } = users.get(record.email)!.dataFields;
    expect({ city, score }).toEqual({ city: record.city, score: index % 10 === 0 ? undefined : index });
  }
  expect(iterable.journal.entries.filter(({ status }) => status !== 200)).toEqual([]);
});

test.each(["NaN", "Infinity", "-Infinity"])(
  "%s, as Python writes it, costs that value alone, in whatever place it stands",
  async (word) => {
    const { url, users } = await start({
      fields: {
        score: "double",
        age: "long",
        tag: "string",
        note: "string",
        extra: "object",
        city: "string",
      },
    });
    const field_mapping = [
      { source: "score", target: "score" },
      { source: "age", target: "age" },
      { source: "score", target: "tag", type: "string" },
      { template: "{city} {score}", target: "note" },
      { source: "extra", target: "extra" },
      { source: "city", target: "city" },
    ];
    const odd = `{"email":"p0@example.com","score":${word},"age":${word},"extra":{"deep":[1,${word}],"fine":1},"city":"NaN Infinity","at":${word}}`;
    const nobody = `{"email":${word},"city":"Bonn","at":2}`;
    const good = Array.from({ length: 30 }, (_, index) =>
      JSON.stringify({ email: `p${index + 1}@example.com`, score: 1.5, city: "Ulm", at: index }),
    );
    const lines = [odd, nobody, ...good].map(
      (data) => `{"type":"RECORD","record":{"stream":"contacts","data":${data},"emitted_at":1}}`,
    );
    const { failure, summary } = await writeLines(url, lines, { field_mapping }, { cursor_field: ["at"] });
    expect(failure).toBeUndefined();
    expect(summary).toContain("32 read = 31 delivered + 0 kept + 1 rejected");
    expect(summary).toContain("email no_identifier 1");
    for (const field of ["score", "tag", "note"]) expect(summary).toContain(`${field} not_a_number 1`);
    expect(users.get("p0@example.com")?.dataFields).toMatchObject({ city: "NaN Infinity" });
    expect(JSON.stringify([...users])).not.toContain("null");
    expect(users.size).toBe(31);
  },
);

test("a user id that is no number is none", async () => {
  const { url, users } = await start({ identifier: "user_id" });
  const line = '{"type":"RECORD","record":{"stream":"contacts","data":{"userId":NaN},"emitted_at":1}}';
  const { summary } = await writeLines(url, [line], { identifier: "user_id" });
  expect(summary).toContain("userId no_identifier 1");
  expect(users.size).toBe(0);
});

describe("a catalog of data activation", () => {
  const stream = {
    destination_object_name: "user",
    destination_sync_mode: "append_dedup",
    primary_key: [["email"]],
  };
  const properties = { email: {}, "Shirt Size": {}, "address.zip": {} };

  test("brings fields under their names in Iterable, whatever the settings map", async () => {
    const { url, users } = await start({
      fields: { "Shirt Size": "string", address: "object", "address.zip": "string" },
    });
    iterable.put({ email: "ann@example.com", dataFields: { address: { city: "Berlin" } } });
    const field_mapping = [{ source: "email", target: "firstName" }];
    const records = [
      { email: "Ann@Example.com", "Shirt Size": 42, "address.zip": 10115, other: "not in the catalog" },
    ];
    const { failure } = await write(url, records, { field_mapping }, stream, properties);
    expect(failure).toBeUndefined();
    expect(users.get("ann@example.com")?.dataFields).toEqual({
      address: { city: "Berlin", zip: "10115" },
      "Shirt Size": "42",
    });
  });

  test("in the mode update changes contacts that exist and creates none", async () => {
    const { url, users } = await start({ fields: { "Shirt Size": "string" } });
    iterable.put({ email: "ann@example.com", dataFields: { "Shirt Size": "S" } });
    const records = ["ann", "bob"].map((name) => ({ email: `${name}@example.com`, "Shirt Size": "XL" }));
    const update = { ...stream, destination_sync_mode: "update" };
    const { summary } = await write(url, records, { overwrite_mode: "keep_existing" }, update, properties);
    expect(summary).toContain("1 delivered + 1 kept + 0 rejected");
    expect(summary).toContain("kept: absent 1");
    expect([...users]).toEqual([
      ["ann@example.com", { email: "ann@example.com", dataFields: { "Shirt Size": "XL" } }],
    ]);
  });

  test("cannot name fields that Iterable manages, or objects that it does not have: all is said at once", async () => {
    const { url } = await start();
    const wrong = { ...stream, destination_object_name: "company" };
    const { failure } = await write(url, [], {}, wrong, {
      email: {},
      signupDate: {},
      emailListIds: {},
      userId: {},
    });
    for (const words of [
      'Iterable has no object "company"; choose "user"',
      'the field "signupDate" is managed by Iterable itself',
      'the field "emailListIds" holds what a user is subscribed to',
      'the field "userId" is not what users are told apart by',
    ])
      expect(failure?.message).toContain(words);
    expect(sent()).toEqual([]);
  });
});

test.each(["keep_existing", "fill_missing"])(
  "with %s an address that Iterable does not take costs one contact, not the run",
  async (overwrite_mode) => {
    const { url, users } = await start();
    const records = ["ann@example.com", "bob@example.abcdefghijklmnopqrstuvwxyz"].map((email) => ({ email }));
    const { summary, failure } = await write(url, records, { overwrite_mode });
    expect(failure).toBeUndefined();
    expect(summary).toContain("2 read = 1 delivered + 0 kept + 1 rejected + 0 unsettled");
    expect([...users.keys()]).toEqual(["ann@example.com"]);
  },
);

describe("a project that tells users apart by user id", () => {
  const settings = {
    identifier: "user_id",
    field_mapping: [
      { source: "crm id", target: "userId" },
      { source: "email", target: "email" },
    ],
  };

  test("gets its contacts under their ids, and their emails as fields", async () => {
    const { url, users } = await start({ identifier: "user_id" });
    const records = [
      { "crm id": " A-1 ", email: "Ann@Example.com" },
      { "crm id": 42, email: "not an address" },
      { email: "nobody@example.com" },
    ];
    const { summary, failure } = await write(url, records, settings);
    expect(failure).toBeUndefined();
    expect(summary).toContain("3 read = 2 delivered + 0 kept + 1 rejected + 0 unsettled");
    expect(summary).toContain("userId no_identifier 1");
    expect(summary).toContain("email invalid_email 1");
    expect(Object.fromEntries(users)).toEqual({
      "A-1": { userId: "A-1", dataFields: { email: "ann@example.com" } },
      "42": { userId: "42", dataFields: {} },
    });
    expect(sent()[0]).toMatchObject({ preferUserId: true });
  });

  test.each([
    ["keep_existing", { nick: "old" }, { nick: "new" }, "kept: exists 1"],
    ["fill_missing", { nick: "old" }, { nick: "new" }, "kept: exists 1"],
  ])("with %s finds out by id who exists", async (overwrite_mode, before, after, reason) => {
    const { url, users } = await start({ identifier: "user_id", fields: { nick: "string" } });
    iterable.put({ userId: "A-1", dataFields: before });
    const records = ["A-1", "B/2 ä"].map((id) => ({ user_id: id, nick: "new" }));
    const { summary } = await write(url, [...records, { user_id: "B/2", nick: "new" }], {
      identifier: "user_id",
      overwrite_mode,
    });
    expect(summary).toContain(reason);
    expect(summary).toContain("userId invalid_user_id 1");
    expect(users.get("A-1")?.dataFields).toEqual(before);
    expect(users.get("B/2")?.dataFields).toEqual(after);
  });
});

describe("consent", () => {
  const consent = { field: "newsletter opt-in", agrees: ["yes", "true"] };

  test("decides who is written at all: who did not agree is kept, whether known or not", async () => {
    const { url, users } = await start({ fields: { city: "string" } });
    iterable.put({ email: "bob@example.com", dataFields: { city: "Old" } });
    const records = [
      { email: "ann@example.com", city: "New", "newsletter opt-in": " YES " },
      { email: "bob@example.com", city: "New", "newsletter opt-in": "no" },
      { email: "cem@example.com", city: "New", "newsletter opt-in": true },
      { email: "dan@example.com", city: "New" },
    ];
    const { summary, failure } = await write(url, records, { consent });
    expect(failure).toBeUndefined();
    expect(summary).toContain("4 read = 2 delivered + 2 kept + 0 rejected + 0 unsettled");
    expect(summary).toContain("kept: no_consent 2");
    expect([...users.keys()]).toEqual(["bob@example.com", "ann@example.com", "cem@example.com"]);
    expect(users.get("bob@example.com")?.dataFields).toEqual({ city: "Old" });
    for (const user of sent()) expect(JSON.stringify(user)).not.toMatch(/subscri|ListIds/i);
  });

  test("may be asked for beside one stream in the catalog", async () => {
    const { url, users } = await start();
    const { summary } = await write(url, [{ email: "ann@example.com" }], {}, { consent });
    expect(summary).toContain("kept: no_consent 1");
    expect(users.size).toBe(0);
  });
});

describe("fields that Iterable does not have", () => {
  const settings = {
    field_mapping: [
      { source: "a", target: "nickname" },
      { source: "b", target: "colour" },
    ],
  };
  const records = Array.from({ length: 5 }, (_, index) => ({
    email: `p${index}@example.com`,
    a: "x",
    b: "y",
  }));

  test("and leaves out are warned of by name, with the remedy, before the run and after it", async () => {
    const { url } = await start();
    const { logged } = await write(url, records, settings);
    expect(logged).toContain(
      'WARN stream "contacts": fields that Iterable does not have and will leave out, since create_new_fields is off: nickname, colour',
    );
    expect(logged).toContain(
      "WARN Iterable left out fields that the project does not have: nickname, colour; create them in Iterable, or set create_new_fields",
    );
  });

  test("and creates are warned of by name: they are there for good", async () => {
    const { url, fields } = await start();
    const { logged } = await write(url, records, { ...settings, create_new_fields: true });
    expect(fields.get("nickname")).toBe("string");
    expect(logged.filter((line) => line.startsWith("WARN Iterable created fields"))).toEqual([
      "WARN Iterable created fields: nickname, colour; their names and types can never be changed, so check them now under Settings → Data Schema Management",
    ]);
  });
});

describe("mistakes of the mapping, against the catalog", () => {
  const properties = {
    email: { type: "string" },
    "Shirt Size": { type: "string" },
    agreed: { type: "boolean" },
  };

  test("end the run before anything is sent, all at once, with the nearest names", async () => {
    const { url } = await start({ fields: { score: "long" } });
    const field_mapping = [
      { source: "Shrit Size", target: "firstName" },
      { sources: ["emial", "agreed"], target: "lastName" },
      { template: "{agree}", target: "nick" },
      { source: "colour", target: "unsubscribedMessageTypeIds" },
    ];
    const records = [{ email: "ann@example.com" }];
    const skip_if = { field: "agred", equals: "no" };
    const stream = { name: "contacts", json_schema: { properties, additionalProperties: false } };
    const { failure } = await write(url, records, { field_mapping }, { stream, skip_if });
    for (const words of [
      'field_mapping[0] (target "firstName"): the stream has no field "Shrit Size"; did you mean "Shirt Size"?',
      'field_mapping[1] (target "lastName"): the stream has no field "emial"; did you mean "email"?',
      'field_mapping[2] (target "nick"): the stream has no field "agree"; did you mean "agreed"?',
      'field_mapping[3] (target "unsubscribedMessageTypeIds"): the stream has no field "colour"; it has email, Shirt Size, agreed',
      'field_mapping[3] (target "unsubscribedMessageTypeIds"): the name holds what a user is subscribed to',
      'skip_if.field: the stream has no field "agred"; did you mean "agreed"?',
    ])
      expect(failure?.message).toContain(words);
    expect(sent()).toEqual([]);
  });

  test("are none where the schema is open: fields that it does not list are warned of, and sent where they come", async () => {
    const { url, users } = await start({ fields: { firstName: "string" } });
    const settings = {
      field_mapping: [{ source: "Nick", target: "firstName" }],
      consent: { field: "agred", agrees: ["yes"] },
      lists: [{ id: 7, when: { field: "colour", equals: "red" } }],
      events: [{ name: "converted", field_mapping: [{ source: "Shirt Sizes", target: "size" }] }],
    };
    const records = [{ email: "ann@example.com", Nick: "Annie", agred: "yes" }];
    const { failure, logged } = await write(url, records, settings, {}, properties);
    expect(failure).toBeUndefined();
    expect(users.get("ann@example.com")?.dataFields).toMatchObject({ firstName: "Annie" });
    const unlisted = (field: string) =>
      `the stream's schema does not list "${field}", and its records may have it all the same; `;
    for (const words of [
      `field_mapping[0] (target "firstName"): ${unlisted("Nick")}it has email, Shirt Size, agreed`,
      `consent.field: ${unlisted("agred")}did you mean "agreed"?`,
      `lists[0]: when.field: ${unlisted("colour")}it has`,
      `events[0] ("converted"): field_mapping[0] (target "size"): ${unlisted("Shirt Sizes")}did you mean "Shirt Size"?`,
    ])
      expect(logged).toContainEqual(expect.stringContaining(`WARN stream "contacts": ${words}`));
  });

  test("of types that the schema only claims are warned of: the values decide", async () => {
    const { url, users } = await start({ fields: { score: "long" } });
    const field_mapping = [{ source: "agreed", target: "score" }];
    const { logged } = await write(
      url,
      [{ email: "ann@example.com", agreed: 1 }],
      { field_mapping },
      {},
      properties,
    );
    expect(logged).toContain(
      'WARN stream "contacts": field_mapping[0] (agreed to score): boolean cannot become long; such values will be left out',
    );
    expect(users.get("ann@example.com")?.dataFields).toEqual({ score: 1 });
  });
});
