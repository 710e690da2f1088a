import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Connections } from "./screens/connections.js";
import { FindContact } from "./screens/find-contact.js";
import { Logs } from "./screens/logs.js";
import { Mapping } from "./screens/mapping.js";
import { Overview } from "./screens/overview.js";
import { Rules } from "./screens/rules.js";
import { ScheduleScreen } from "./screens/schedule.js";
import { TestContact } from "./screens/test-contact.js";

export interface Screen {
  readonly path: string;
  readonly title: string;
  readonly component: ComponentType;
}

/** In the order in which somebody sets a project up. */
export const SCREENS: readonly Screen[] = [
  { path: "overview", title: "Overview", component: Overview },
  { path: "connections", title: "Connections", component: Connections },
  { path: "mapping", title: "Mapping", component: Mapping },
  { path: "rules", title: "Rules", component: Rules },
  { path: "schedule", title: "Schedule", component: ScheduleScreen },
  { path: "logs", title: "Sync logs", component: Logs },
  { path: "find", title: "Find a contact", component: FindContact },
  { path: "test", title: "Send a test contact", component: TestContact },
];

const [OVERVIEW, CONNECTIONS] = SCREENS as readonly [Screen, Screen];

/** The screen that the address names. A project that was never saved begins with its connections. */
export function useScreen(exists: boolean): Screen {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const read = () => setHash(location.hash);
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, []);
  const path = hash.replace(/^#\//, "").split("/")[0];
  const found = SCREENS.find((screen) => screen.path === path) ?? OVERVIEW;
  const isFirst = !exists && found === OVERVIEW;
  useEffect(() => {
    if (isFirst) location.hash = `#/${CONNECTIONS.path}`;
  }, [isFirst]);
  return isFirst ? CONNECTIONS : found;
}

/** The four steps of setting a project up. */
export const STEPS: readonly Screen[] = SCREENS.slice(1, 5);

/** Where somebody who sets a project up goes next; undefined elsewhere. */
export function stepAfter({
  path,
}: Screen): { readonly step: number; readonly next: Screen | undefined } | undefined {
  const index = STEPS.findIndex((one) => one.path === path);
  return index < 0 ? undefined : { step: index + 1, next: STEPS[index + 1] };
}
