import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Difference, Project, Settings, Trouble } from "./wire.js";
import type { Standing } from "./wire-runs.js";

/** Somebody else has saved meanwhile: the project as it is now, and what differs from the draft. */
export interface Conflicting {
  readonly project: Project;
  readonly difference: readonly Difference[];
}

/** What every screen shares: the project as it is saved, the draft, and what is under way. */
export interface Shared {
  readonly project: Project;
  readonly draft: Settings;
  readonly changes: number;
  /** Changes a place of the draft; undefined takes it out. */
  set(path: readonly string[], value: unknown): void;
  discard(): void;
  readonly conflict: Conflicting | undefined;
  /** Puts the draft's changes on top of what somebody else has saved. */
  keepMine(): void;
  takeTheirs(): void;
  /** Saves the draft; resolves with whether it was saved. */
  save(): Promise<boolean>;
  readonly trouble: Trouble | undefined;
  /** What the last attempt to save was refused for. */
  readonly standing: Standing | undefined;
  /** Goes up whenever a run has begun or ended. */
  readonly runs: number;
  /**
   * Starts a run; resolves with its number, or undefined where it was refused. `mayJoin`: one that is under way will do,
   * since a schedule that was just saved may be quicker than whoever saved it.
   */
  start(job: Readonly<Record<string, unknown>>, mayJoin?: boolean): Promise<number | undefined>;
  stop(): Promise<void>;
  readonly shown: boolean;
  /** Shows, or hides, personal data on every screen. */
  show(shown: boolean): void;
}

export const SharedContext = createContext<Shared | undefined>(undefined);

export function useShared(): Shared {
  const shared = useContext(SharedContext);
  if (!shared) throw new Error("a screen stands outside of the console");
  return shared;
}
