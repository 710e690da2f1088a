import { afterEach, describe, expect, test } from "vitest";
import { type IterableSimulator, startIterable } from "../../../simulators/iterable.js";
import { write } from "../sitting.js";

let iterable: IterableSimulator;
afterEach(() => iterable.close());

const AT = "2026-01-05T10:00:00Z";
const GOOD = Array.from({ length: 120 }, (_, index) => ({ email: `p${index}@example.com` }));

describe.each(["_ab_cdc_deleted_at", "_sdc_deleted_at"])("a value in %s", (field) => {
  const deleted = Array.from({ length: 120 }, (_, index) => ({
    email: `d${index}@example.com`,
    [field]: AT,
  }));

  test("creates and changes nobody, however many come first, and everybody else arrives", async () => {
    iterable = await startIterable();
    const more = { unmapped_fields: "same_name", create_new_fields: true };
    const { failure, summary } = await write(iterable.url, [...deleted, ...GOOD], more);
    expect(failure).toBeUndefined();
    expect(summary).toContain("240 read = 120 delivered + 120 kept + 0 rejected");
    expect(summary).toContain("kept: deleted 120");
    expect(iterable.users.size).toBe(120);
  });

  test("is reported where the settings say so, and stops no run", async () => {
    iterable = await startIterable();
    const { failure, summary } = await write(iterable.url, [...deleted, ...GOOD], { deletions: "reject" });
    expect(failure).toBeUndefined();
    expect(summary).toContain("240 read = 120 delivered + 0 kept + 120 rejected");
    expect(summary).toContain(`${field} deleted 120`);
  });

  test.each([[null], [""], [undefined]])("that is %j says nothing", async (nothing) => {
    iterable = await startIterable();
    const { summary } = await write(iterable.url, [{ email: "ann@example.com", [field]: nothing }]);
    expect(summary).toContain("1 read = 1 delivered");
  });
});
