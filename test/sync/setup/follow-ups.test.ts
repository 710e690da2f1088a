import { describe, expect, test } from "vitest";
import { Unusable } from "../../../sync/errors.js";
import {
  eventOf,
  eventsIn,
  eventText,
  listOf,
  listsIn,
  listText,
  withEventFields,
  withEvents,
  withLists,
} from "../../../sync/setup/follow-ups.js";

describe("flags name lists and events", () => {
  test.each([
    ["12345", { id: 12345 }],
    ["7:newsletter=yes, true", { id: 7, when: { field: "newsletter", in: ["yes", "true"] } }],
    ["7:phone", { id: 7, when: { field: "phone", not_empty: true } }],
  ])("--list %s", (flag, list) => {
    expect(listOf(flag)).toEqual(list);
  });

  test.each([
    ["converted", { name: "converted" }],
    ["large:Shirt Size=L,XL", { name: "large", when: { field: "Shirt Size", in: ["L", "XL"] } }],
  ])("--event %s", (flag, event) => {
    expect(eventOf(flag)).toEqual(event);
  });

  test("--event-field gives an event its fields", () => {
    const events = [{ name: "converted" }, { name: "large" }];
    expect(withEventFields(events, ["converted:Shirt Size=size", "converted:a=b=c"])).toEqual([
      {
        name: "converted",
        field_mapping: [
          { source: "Shirt Size", target: "size" },
          { source: "a=b", target: "c" },
        ],
      },
      { name: "large" },
    ]);
  });

  test.each([
    ["--list", () => listOf("News")],
    ["--list", () => listOf("0")],
    ["a condition", () => listOf("7:=yes")],
    ["a condition", () => listOf("7:newsletter=")],
    ["--event", () => eventOf(":a=b")],
    ["--event-field", () => withEventFields([{ name: "e" }], ["e:size"])],
    ["--event-field", () => withEventFields([{ name: "e" }], ["size=size"])],
    ["there is no event", () => withEventFields([{ name: "e" }], ["f:size=size"])],
  ])("what is none is refused with the form that it has: %s", (words, given) => {
    expect(given).toThrow(Unusable);
    expect(given).toThrow(words);
  });
});

describe("in the settings", () => {
  const none = { version: 1 } as const;

  test("one list for everybody has its short form, and all are found again", () => {
    expect(withLists(none, [{ id: 7 }]).destination).toEqual({ list_id: 7 });
    const several = [{ id: 7 }, { id: 8, when: { field: "a", equals: "b" } }];
    const settings = withLists(withLists(none, [{ id: 7 }]), several);
    expect(settings.destination).toEqual({ lists: several });
    expect(listsIn(settings)).toEqual(several);
    expect(listsIn({ ...none, destination: { list_id: 7, lists: [{ id: 8 }] } })).toEqual([
      { id: 7 },
      { id: 8 },
    ]);
    expect(withLists(settings, []).destination).toEqual({});
  });

  test("events are found again", () => {
    const events = [{ name: "converted" }];
    const settings = withEvents(none, events);
    expect(eventsIn(settings)).toEqual(events);
    expect(withEvents(settings, []).destination).toEqual({});
  });

  test("are said in words", () => {
    expect(listText({ id: 7, when: { field: "a\\.b", in: ["x", "y"], empty: true } })).toBe(
      "list 7, where a.b is x or y or is empty",
    );
    expect(
      eventText({
        name: "e",
        field_mapping: [{ source: "a", target: "b" }],
        when: { field: "c", not_empty: true },
      }),
    ).toBe('event "e" with a, where c is filled in');
  });
});
