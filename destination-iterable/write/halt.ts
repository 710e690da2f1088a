/** What makes a run stop before its input ends: a failure, or the signal. `onHalt` is called once, at the first. */
export function createHalt(signal: AbortSignal, onHalt: () => void) {
  let failure: { readonly error: unknown } | undefined;
  signal.addEventListener("abort", () => !failure && onHalt(), { once: true });
  return {
    fail(error: unknown): void {
      if (failure) return;
      failure = { error };
      if (!signal.aborted) onHalt();
    },
    reached: () => failure !== undefined || signal.aborted,
    throwIfReached(): void {
      if (failure) throw failure.error;
      signal.throwIfAborted();
    },
  };
}
