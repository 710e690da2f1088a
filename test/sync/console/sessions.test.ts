import { describe, expect, test } from "vitest";
import { createSessions } from "../../../sync/console/sessions.js";

const MINUTE_MS = 60_000;

function sessionsAt(start = 0) {
  let now = start;
  const sessions = createSessions(() => now);
  const open = () => {
    const exchanged = sessions.exchange(sessions.key());
    if (exchanged.kind !== "session") throw new Error("the key was refused");
    return exchanged.session;
  };
  return { ...sessions, open, wait: (ms: number) => (now += ms) };
}

describe("a link", () => {
  test("opens a session once", () => {
    const { key, exchange, has } = sessionsAt();
    const one = key();
    const first = exchange(one);
    expect(first.kind === "session" && has(first.session)).toBe(true);
    expect(exchange(one)).toEqual({ kind: "wrong" });
  });

  test("works for ten minutes", () => {
    const { key, exchange, wait } = sessionsAt();
    const [early, late] = [key(), key()];
    wait(10 * MINUTE_MS - 1);
    expect(exchange(early).kind).toBe("session");
    wait(1);
    expect(exchange(late)).toEqual({ kind: "wrong" });
  });

  test("has 256 bits", () => {
    expect(Buffer.from(sessionsAt().key(), "base64url")).toHaveLength(32);
  });

  test("is not looked at after five wrong ones, for a minute", () => {
    const { key, exchange, wait } = sessionsAt();
    const good = key();
    for (let tries = 0; tries < 5; tries += 1) expect(exchange("guess")).toEqual({ kind: "wrong" });
    expect(exchange(good)).toEqual({ kind: "locked" });
    wait(MINUTE_MS);
    expect(exchange(good).kind).toBe("session");
  });
});

describe("a session", () => {
  test("ends when it is closed", () => {
    const { open, has, end } = sessionsAt();
    const [mine, others] = [open(), open()];
    end(mine);
    expect([has(mine), has(others)]).toEqual([false, true]);
  });

  test("ends after an hour without use, and lives on with use", () => {
    const { open, has, wait } = sessionsAt();
    const [used, idle] = [open(), open()];
    wait(59 * MINUTE_MS);
    expect(has(used)).toBe(true);
    wait(59 * MINUTE_MS);
    expect([has(used), has(idle)]).toEqual([true, false]);
  });

  test("ends after twelve hours whatever its use", () => {
    const { open, has, wait } = sessionsAt();
    const session = open();
    for (let minutes = 0; minutes < 12 * 60 - 30; minutes += 30) {
      wait(30 * MINUTE_MS);
      expect(has(session)).toBe(true);
    }
    wait(30 * MINUTE_MS);
    expect(has(session)).toBe(false);
  });

  test("does not open with a link's key", () => {
    const { key, has } = sessionsAt();
    expect(has(key())).toBe(false);
  });
});
