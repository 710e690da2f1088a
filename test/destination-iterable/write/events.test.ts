import { afterEach, describe, expect, test } from "vitest";
import { type IterableOptions, type IterableSimulator, startIterable } from "../../../simulators/iterable.js";
import { check, write } from "../sitting.js";

let iterable: IterableSimulator;
afterEach(() => iterable.close());
const start = async (options: IterableOptions = {}) => {
  iterable = await startIterable({ limitsHeld: false, addsUnknownFields: true, ...options });
};

const AT = "2026-01-02T03:04:05.678Z";
const CURSOR = { cursor_field: ["lastConvertedAt"] };
const EVENT = { name: "flowcode_conversion", field_mapping: [{ source: "size", target: "size" }] };
const person = (name: string, more: Record<string, unknown> = {}) => ({
  email: `${name}@example.com`,
  size: "M",
  lastConvertedAt: AT,
  ...more,
});
const run = (records: Record<string, unknown>[], more: Record<string, unknown> = {}, rejectedAt?: string) =>
  write(
    iterable.url,
    records,
    { create_new_fields: true, field_mapping: [], events: [EVENT], ...more },
    CURSOR,
    {},
    rejectedAt,
  );
const kept = () => [...iterable.events.values()];
const requests = (path: string) => iterable.journal.count(path);
const TRACK = "/api/events/trackBulk";
const BULK = "/api/users/bulkUpdate";

describe("each conversion sends one event", () => {
  test("after its profile, with its own fields, its moment in seconds and an id", async () => {
    await start();
    const { failure, summary } = await run([person("ann")]);
    expect(failure).toBeUndefined();
    expect(summary).toContain("1 read = 1 delivered");
    expect(kept()).toMatchObject([
      {
        eventName: "flowcode_conversion",
        key: "ann@example.com",
        createdAt: Date.parse(AT) / 1000 - 0.678,
        dataFields: { size: "M" },
        times: 1,
      },
    ]);
    const paths = iterable.journal.entries.map(({ path }) => path);
    expect(paths.indexOf(BULK)).toBeLessThan(paths.indexOf(TRACK));
  });

  test("once, however often all of it is sent", async () => {
    await start();
    const records = Array.from({ length: 1500 }, (_, number) => person(`p${number}`));
    await run(records);
    await run(records);
    expect(kept()).toHaveLength(1500);
    expect(kept().every(({ times }) => times === 2)).toBe(true);
    // Two of up to 1,000 a run, and one with the first event alone, which decides on types.
    expect(requests(TRACK)).toBe(6);
  });

  test("and each of several conversions of one person, in whatever order and however many at once", async () => {
    await start();
    const days = ["2026-01-03", "2026-01-01", "2026-01-02"];
    const { summary } = await run(
      days.map((day, number) => person("ann", { size: String(number), lastConvertedAt: `${day}T00:00:00Z` })),
    );
    expect(summary).toContain("3 read = 3 delivered");
    const sizes = kept().map(({ createdAt, dataFields }) => [createdAt, dataFields?.size]);
    const seconds = (day: string) => Date.parse(`${day}T00:00:00Z`) / 1000;
    expect(sizes.sort()).toEqual(days.map((day, number) => [seconds(day), String(number)]).sort());
  });

  test("a person's older conversion that arrives after the newer one sends its own", async () => {
    await start();
    const records = [
      person("ann", { lastConvertedAt: "2026-02-01T00:00:00Z" }),
      person("ann", { lastConvertedAt: "2026-01-01T00:00:00Z" }),
    ];
    await run(records, { advanced: { batch_size: 1 } });
    expect(kept()).toHaveLength(2);
  });

  test("several entries send theirs, where their conditions hold", async () => {
    await start();
    const events = [
      { name: "everybody" },
      { name: "large", when: { field: "size", in: ["L", "XL"] } },
      { name: "with_phone", when: { field: "phone", not_empty: true } },
    ];
    await run([person("ann", { size: "L" }), person("bob", { phone: "+14155550123" })], { events });
    expect(kept().map(({ eventName, key }) => `${eventName} ${key}`)).toEqual(
      expect.arrayContaining([
        "everybody ann@example.com",
        "large ann@example.com",
        "everybody bob@example.com",
        "with_phone bob@example.com",
      ]),
    );
    expect(kept()).toHaveLength(4);
  });

  test("without a cursor the record itself tells conversions apart", async () => {
    await start();
    const settings = { create_new_fields: true, field_mapping: [], events: [EVENT] };
    const records = [person("ann"), person("ann"), person("ann", { size: "L" })];
    await write(iterable.url, records, settings);
    expect(kept().map(({ createdAt, dataFields }) => [createdAt, dataFields?.size])).toEqual([
      [undefined, "M"],
      [undefined, "L"],
    ]);
  });
});

describe("what a run says of its lists and events", () => {
  const outcomeOf = (told: Awaited<ReturnType<typeof run>>["told"]) =>
    told.findLast(([type]) => type === "stream_outcome")?.[1];

  test("is how many of each Iterable has taken, and how many it has not, in its log and as data", async () => {
    await start({ lists: [7, 8], poisonedEvents: ["bob@example.com"] });
    const { told, summary } = await run([person("ann"), person("bob"), person("cem", { size: "L" })], {
      lists: [{ id: 7 }, { id: 8, when: { field: "size", equals: "XS" } }],
      events: [EVENT, { name: "large", when: { field: "size", in: ["L"] } }],
      advanced: { max_attempts: 2, batch_size: 1 },
    });
    expect(outcomeOf(told)).toMatchObject({
      lists: [
        { id: 7, sent: 3, rejected: 0 },
        { id: 8, sent: 0, rejected: 0 },
      ],
      events: [
        { name: "flowcode_conversion", sent: 2, rejected: 1 },
        { name: "large", sent: 1, rejected: 0 },
      ],
    });
    expect(summary).toMatch(
      /; sent: list 7 3, list 8 0, event flowcode_conversion 2 \(1 not taken\), event large 1$/,
    );
  });

  test("counts entries of one name together, and says nothing where nothing can follow", async () => {
    await start();
    const events = ["M", "L"].map((size) => ({ name: "e", when: { field: "size", equals: size } }));
    const { told } = await run([person("ann"), person("bob", { size: "L" })], { events });
    expect(outcomeOf(told)).toMatchObject({ events: [{ name: "e", sent: 2, rejected: 0 }] });
    const without = await run([person("ann")], { events: [] });
    expect(Object.keys(outcomeOf(without.told) as object)).not.toContain("events");
    expect(without.summary).not.toContain("sent:");
  });
});

describe("who gets an event", () => {
  test("nobody without consent, nobody left out, nobody turned away", async () => {
    await start({ forgotten: ["gone@example.com"] });
    const { summary } = await run(
      [
        person("yes", { agreed: "yes" }),
        person("no", { agreed: "no" }),
        person("silent"),
        person("skipped", { agreed: "yes", size: "XXL" }),
        person("gone", { agreed: "yes" }),
        { agreed: "yes", lastConvertedAt: AT },
      ],
      {
        consent: { field: "agreed", agrees: ["yes"] },
        streams: [{ name: "contacts", skip_if: { field: "size", equals: "XXL" } }],
      },
    );
    expect(summary).toContain("6 read = 1 delivered + 3 kept + 2 rejected + 0 unsettled");
    expect(kept().map(({ key }) => key)).toEqual(["yes@example.com"]);
  });

  test.each([
    ["keep_existing", 2],
    ["fill_missing", 2],
  ])("with %s also who exists already", async (overwrite_mode, count) => {
    await start();
    iterable.put({ email: "old@example.com", dataFields: { firstName: "Old" } });
    const { summary } = await run([person("old"), person("new")], { overwrite_mode });
    expect(summary).toContain("2 read = 1 delivered + 1 kept");
    expect(kept()).toHaveLength(count);
  });

  test("nobody whom an update did not find", async () => {
    await start();
    const settings = { create_new_fields: true, field_mapping: [], events: [EVENT] };
    await write(iterable.url, [person("new")], settings, { ...CURSOR, destination_sync_mode: "update" });
    expect(kept()).toEqual([]);
  });
});

describe("an event that Iterable does not take", () => {
  test("rejects its contact at the stage event, and nobody else", async () => {
    await start({ poisonedEvents: ["p7@example.com"] });
    const records = Array.from({ length: 40 }, (_, number) => person(`p${number}`));
    const { failure, summary, logged } = await run(records, {
      advanced: { max_attempts: 2, batch_size: 10 },
    });
    expect(failure).toBeUndefined();
    expect(summary).toContain("40 read = 39 delivered + 0 kept + 1 rejected");
    expect(logged.join("\n")).toMatch(/line 8, .*stage event, field -, reason server_error/);
    expect(kept()).toHaveLength(39);
  });

  test("loses the value that is of another type, not the event", async () => {
    await start();
    const { summary } = await run([
      person("ann", { size: 1 }),
      person("bob", { size: "M" }),
      person("cem", { size: "3" }),
    ]);
    expect(summary).toContain("3 read = 3 delivered");
    expect(summary).toContain("flowcode_conversion.size");
    expect(kept().map(({ dataFields }) => dataFields?.size)).toEqual([1, undefined, 3]);
  });

  test("is an error of the configuration where its name is not allowed", async () => {
    await start({ disallowedEventNames: ["flowcode_conversion"] });
    const { failure, summary } = await run([person("ann")]);
    expect(failure).toMatchObject({ name: "ConfigError" });
    expect(failure?.message).toContain('the event "flowcode_conversion"');
    expect(summary).toContain("1 unsettled");
  });

  test("is sent again without its profile, from the rejects", async () => {
    await start({ poisonedEvents: ["ann@example.com"] });
    await run([person("ann"), person("bob")], { advanced: { max_attempts: 2, batch_size: 1 } });
    iterable.switches.poisonedEvents = [];
    const before = requests(BULK);
    const { summary } = await run([person("ann")], {}, "event");
    expect(summary).toContain("1 read = 1 delivered");
    expect(kept().map(({ key }) => key)).toContain("ann@example.com");
    expect(requests(BULK)).toBe(before);
  });

  test("waits for a profile that cannot be found yet", async () => {
    await start({ visibilityMs: 1000, dependentsSee: "visible" });
    const { summary } = await run([person("ann"), person("bob")]);
    expect(summary).toContain("2 read = 2 delivered");
    expect(kept()).toHaveLength(2);
  });

  test("whose mapping asks for a value that is not there rejects its contact", async () => {
    await start();
    const events = [
      { name: "e", field_mapping: [{ source: "size", target: "size", required: true }] },
      { name: "other" },
    ];
    const { logged } = await run([person("ann"), person("bob", { size: "" })], { events });
    expect(logged.join("\n")).toMatch(/line 2, .*stage event, field e.size, reason missing_required/);
    expect(iterable.users.size).toBe(2);
    // Its other event is not held back.
    expect(
      kept()
        .map(({ eventName, key }) => `${eventName} ${key}`)
        .sort(),
    ).toEqual(["e ann@example.com", "other ann@example.com", "other bob@example.com"]);
  });
});

test("fields that the project does not have are left out, and named, where none are to be created", async () => {
  await start();
  const { logged } = await run([person("ann")], { create_new_fields: false });
  expect(kept()[0]?.dataFields).toEqual({});
  expect(logged.join("\n")).toMatch(/left out fields .*flowcode_conversion\.size/);
});

test("check names every mistake in lists and events with its place", async () => {
  await start({ lists: [7] });
  const said = await check(iterable.url, {
    lists: [{ id: 7, when: { field: "size" } }, { id: 8 }],
    events: [
      { name: "a", field_mapping: [{ target: "x" }, { source: "email", target: "email" }] },
      { name: "a" },
      { name: "a" },
    ],
  });
  for (const problem of [
    'lists[0].when: give "equals"',
    "no static list with the id 8",
    'events[0] ("a"): field_mapping[0] (target "x"): give exactly one of',
    'events[0] ("a"): field_mapping[1] (target "email"): an event is its contact\'s already',
    'events[1] ("a"): events[0] has the same name',
  ])
    expect(said).toContain(problem);
});
