/** So many that have been taken stay in the list, so that it is not copied for each. */
const TAKEN_AT_MOST = 1_000;

/** Work that waits for its turn, and whose answer may come from elsewhere meanwhile. */
export interface Queue<T, R> {
  /** Resolves with the first answer; rejects where the work fails, or the queue is closed. */
  ask(question: T): Promise<R>;
  /** Gives everybody who waits, and whose work has not begun, what `answer` knows. */
  answerWaiting(): void;
  /** Rejects everybody who waits. */
  close(reason: unknown): void;
}

/** Does `work` for one after another, `concurrent` at a time. `answer` is asked before: what it knows costs no work. */
export function createQueue<T, R>(options: {
  readonly concurrent: number;
  readonly work: (question: T) => Promise<R>;
  readonly answer: (question: T) => R | undefined;
}): Queue<T, R> {
  interface Waiting {
    readonly question: T;
    readonly resolve: (answer: R) => void;
    readonly reject: (reason: unknown) => void;
  }
  let waiting: Waiting[] = [];
  /** Those before have been taken. */
  let next = 0;
  let busy = 0;

  const run = async ({ question, resolve, reject }: Waiting): Promise<void> => {
    try {
      resolve(options.answer(question) ?? (await options.work(question)));
    } catch (error) {
      reject(error);
    }
  };
  const begin = (): void => {
    while (busy < options.concurrent && next < waiting.length) {
      const one = waiting[next] as Waiting;
      next += 1;
      busy += 1;
      void run(one).finally(() => {
        busy -= 1;
        begin();
      });
    }
    if (next < TAKEN_AT_MOST && next < waiting.length) return;
    waiting = waiting.slice(next);
    next = 0;
  };

  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        waiting.push({ question, resolve, reject });
        begin();
      }),
    answerWaiting() {
      waiting = waiting.slice(next).filter(({ question, resolve }) => {
        const answer = options.answer(question);
        if (answer !== undefined) resolve(answer);
        return answer === undefined;
      });
      next = 0;
    },
    close(reason) {
      for (const { reject } of waiting.slice(next)) reject(reason);
      waiting = [];
      next = 0;
    },
  };
}
