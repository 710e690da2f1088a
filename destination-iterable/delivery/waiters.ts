/** Lets whoever asks wait until something is so. */
export interface Waiters {
  /** Says that something has changed: every condition is looked at again. */
  wake(): void;
  /** Resolves when the condition holds, or when there is no more waiting. */
  until(condition: () => boolean): Promise<void>;
}

/** `isOver`: whether nothing that could change is to come. */
export function createWaiters(isOver: () => boolean): Waiters {
  let waiting: (() => void)[] = [];
  return {
    wake() {
      const woken = waiting;
      waiting = [];
      for (const one of woken) one();
    },
    async until(condition) {
      while (!condition() && !isOver()) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}
