/** Lets so many requests through, and refuses the rest. */
export interface Bucket {
  /** Undefined where the request is let through; else the seconds after which there is room again. */
  take(): number | undefined;
}

/**
 * A leaky bucket of `perSecond`, which holds as many (a third party describes Iterable's limits so). `now` is in ms.
 */
export function createLeakyBucket(perSecond: number, now: () => number): Bucket {
  let level = 0;
  let last = now();
  return {
    take() {
      const time = now();
      level = Math.max(0, level - ((time - last) / 1000) * perSecond);
      last = time;
      if (level + 1 > Math.max(1, perSecond)) return Math.ceil((level + 1 - perSecond) / perSecond);
      level += 1;
      return undefined;
    },
  };
}

/** Refuses what would be more than `most` requests within any second, to the millisecond. */
export function createSlidingWindow(most: number, now: () => number): Bucket {
  let times: number[] = [];
  return {
    take() {
      const time = now();
      times = times.filter((earlier) => time - earlier < 1000);
      if (times.length >= most) return 1;
      times.push(time);
      return undefined;
    },
  };
}
