import type { Sleep } from "../../source-flowcode/streams/pulse.js";

/** A clock that only sleeping moves, and work that is done at a time of it. */
export function createSlowTime(start = Date.parse("2026-03-01T12:00:00Z")) {
  let time = start;
  let waiting: { at: number; settle: () => void }[] = [];
  const now = () => time;
  const sleep: Sleep = async (ms) => {
    time += ms;
    const due = waiting.filter(({ at }) => at <= time);
    waiting = waiting.filter(({ at }) => at > time);
    for (const { settle } of due) settle();
    // Whoever waited goes first.
    await new Promise((resolve) => setImmediate(resolve));
  };
  /** Settles as `outcome` does, `ms` from now. */
  const after = <T>(ms: number, outcome: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      const settle = () => {
        try {
          resolve(outcome());
        } catch (error) {
          reject(error);
        }
      };
      waiting.push({ at: time + ms, settle });
    });
  return { now, sleep, after, start };
}
