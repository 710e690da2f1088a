import { ENVIRONMENTS, makeEnvironment } from "./environments.js";

/** Makes the Python environments before the first suite starts: the first time this takes two or three minutes. */
export async function setup(): Promise<void> {
  for (const name of ENVIRONMENTS) await makeEnvironment(name);
}
