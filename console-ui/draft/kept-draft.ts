import type { Settings } from "../wire.js";
import { changesBetween, rebased, withoutTyped } from "./draft.js";

const STORE = "draft";

interface Kept {
  readonly base: Settings;
  readonly draft: Settings;
}

/** Keeps what is not saved yet for as long as the tab is open, over reloads and restarts, without typed secrets. */
export function keepDraft(base: Settings, draft: Settings): void {
  const kept: Kept = { base, draft: withoutTyped(draft, base) };
  if (changesBetween(base, kept.draft) === 0) sessionStorage.removeItem(STORE);
  else sessionStorage.setItem(STORE, JSON.stringify(kept));
}

/** What was kept, on top of the settings as they are saved now; these themselves where nothing was. */
export function keptDraft(saved: Settings): Settings {
  try {
    const { base, draft } = JSON.parse(sessionStorage.getItem(STORE) ?? "") as Kept;
    return rebased(base, draft, saved) as Settings;
  } catch {
    return saved;
  }
}
