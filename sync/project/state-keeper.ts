import type { Folder } from "./folder.js";
import { type SavedState, saveState } from "./saved-state.js";

/** Keeps how far a run came while it goes on. */
export interface StateKeeper {
  /** Takes a state that the destination has released. The last one of a stream counts; "" stands for every stream. */
  take(stream: string, line: string): void;
  /** Resolves when what was taken is on disk. Throws where it cannot be kept. */
  settled(): Promise<void>;
}

/**
 * Saves the states of a run beside those of streams that it has not come to yet. One write at a time: states that come
 * meanwhile are saved together by the next. `onFailure` is told as soon as one cannot be saved.
 */
export function createStateKeeper(options: {
  readonly folder: Folder;
  readonly run: number;
  /** What the run is known by. */
  readonly token: string;
  readonly start: SavedState | undefined;
  readonly now: () => number;
  readonly onFailure: (error: unknown) => void;
}): StateKeeper {
  let lines = options.start?.lines ?? {};
  let isNew = false;
  let writing: Promise<void> | undefined;

  const write = async (): Promise<void> => {
    while (isNew) {
      isNew = false;
      const savedAt = new Date(options.now()).toISOString();
      await saveState(options.folder, { run: options.run, savedAt, lines }, options.token);
    }
    writing = undefined;
  };

  return {
    take(stream, line) {
      lines = stream === "" ? { "": line } : { ...lines, [stream]: line };
      isNew = true;
      if (writing !== undefined) return;
      writing = write();
      // A failed write stays the last one, so that whoever waits for it hears of it.
      writing.catch(options.onFailure);
    },
    settled: () => writing ?? Promise.resolve(),
  };
}
