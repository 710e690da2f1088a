/** How a run is ended before its end: because somebody asks for it, or because it cannot go on. */
export interface Halt {
  /** Why it cannot go on; undefined where it can. */
  readonly failure: unknown;
  /** Aborted when it is to stop. */
  readonly stop: AbortSignal;
  /** Aborted when nothing that is under way is waited for. */
  readonly force: AbortSignal;
  /** Ends it for a reason of this program's own; `atOnce`: without waiting for what is under way. The first reason counts. */
  fail(error: unknown, atOnce?: boolean): void;
}

/** `asked` and `forced`: somebody wants it to stop, or to end at once. */
export function createHalt({ asked, forced }: { asked: AbortSignal; forced: AbortSignal }): Halt {
  const broken = new AbortController();
  const hopeless = new AbortController();
  let failure: unknown;
  return {
    get failure() {
      return failure;
    },
    stop: AbortSignal.any([asked, broken.signal]),
    force: AbortSignal.any([forced, hopeless.signal]),
    fail(error, atOnce = false) {
      failure ??= error;
      broken.abort();
      if (atOnce) hopeless.abort();
    },
  };
}
