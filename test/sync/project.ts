import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { SERVER_SIDE_KEY } from "../../simulators/iterable.js";
import {
  compiled,
  type Ended,
  type Environment,
  ended,
  type Printed,
  runNode,
  startNode,
} from "../process.js";
import { type Stage, setStage } from "../stage.js";

const PROGRAM = "sync/main.js";

/** A stage of both vendors with a project folder that reaches them, and the runner in it. */
export interface Project extends Stage {
  readonly folder: string;
  /** Writes the settings; `more` is added to those that reach the simulators. */
  settings(more?: { source?: Printed; destination?: Printed; [key: string]: unknown }): Promise<void>;
  run(...args: readonly string[]): Promise<Ended>;
  start(args: readonly string[], env?: Environment): ReturnType<typeof startNode>;
  text(path: string): Promise<string>;
  /** The names in a folder of the project; none where there is none. */
  names(path: string): Promise<string[]>;
  /** The log of a run, its states left out. */
  log(run: number): Promise<Printed[]>;
}

export async function setProject(...how: Parameters<typeof setStage>): Promise<Project> {
  const stage = await setStage(...how);
  const folder = stage.path("project");
  await mkdir(folder);
  const program = compiled(PROGRAM);
  const path = (name: string) => `${folder}/${name}`;
  const { orgId, workspaceId, clientId, clientSecret } = stage.flowcode.account;
  const text = (name: string) => readFile(path(name), "utf8");
  const project: Project = {
    ...stage,
    folder,
    async settings({ source, destination, ...more } = {}) {
      const settings = {
        version: 1,
        source: {
          org_id: orgId,
          workspace_id: workspaceId,
          credentials: { auth_type: "api_client", client_id: clientId, client_secret: clientSecret },
          requests_per_second: 50,
          ...source,
          advanced: {
            api_base_url: stage.flowcode.url,
            auth_base_url: stage.flowcode.url,
            ...source?.advanced,
          },
        },
        destination: {
          api_key: SERVER_SIDE_KEY,
          ...destination,
          advanced: { base_url: stage.iterable.url, ...destination?.advanced },
        },
        ...more,
      };
      await writeFile(path("flowcode-iterable.json"), JSON.stringify(settings));
    },
    run: (...args) => runNode(program, [...args, "--project", folder]),
    start: (args, env) => startNode(program, [...args, "--project", folder], env),
    text,
    names: (name) => readdir(path(name)).catch(() => []),
    async log(run) {
      const lines = (await text(`runs/${run}.jsonl`)).split("\n").filter((line) => line !== "");
      return lines.map((line) => JSON.parse(line));
    },
  };
  await project.settings();
  return project;
}

/** What Iterable holds, as plain values. */
export function held(project: Stage): Record<string, unknown> {
  return Object.fromEntries(
    [...project.iterable.users].map(([email, { dataFields }]) => [
      email,
      JSON.parse(JSON.stringify(dataFields)),
    ]),
  );
}

/** As if a run that has kept previous values were over for a minute: what it has written can be read by now. */
export async function letPass(project: Project, run: number): Promise<void> {
  for (const name of await project.names(`previous/${run}`)) {
    const path = `previous/${run}/${name}`;
    const text = await project.text(path);
    await writeFile(
      `${project.folder}/${path}`,
      text.replaceAll(/"at":"[^"]+"/g, '"at":"2026-01-01T00:00:00.000Z"'),
    );
  }
}

/** Resolves once `look` is true; the process under observation has its own clock. */
export async function until(look: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await look())) await new Promise((resolve) => setTimeout(resolve, 20));
}

export { ended };
