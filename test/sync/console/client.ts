import type { Environment, Printed } from "../../process.js";
import type { Project } from "../project.js";

/** Starts the console's process, and waits for its link. */
export function startConsole(project: Project, env: Environment = {}, port = 0) {
  const child = project.start(["console", "--no-open", "--port", String(port)], env);
  let text = "";
  const link = new Promise<string>((resolve, reject) => {
    const look = (chunk: Buffer) => {
      text += String(chunk);
      const found = /http:\/\/\S+#k=[\w-]+/.exec(text);
      if (found) resolve(found[0]);
    };
    child.stdout.on("data", look);
    child.stderr.on("data", look);
    child.once("close", () => reject(new Error(`the console has ended: ${text}`)));
  });
  return { process: child, link, printed: () => text };
}

export interface Answered {
  readonly status: number;
  readonly body: Printed;
}

/** A program that has spent the link of a console, as its pages do. */
export interface Client {
  readonly origin: string;
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answered>;
  close(): Promise<void>;
}

export async function openClient(project: Project): Promise<Client> {
  const started = startConsole(project);
  const link = new URL(await started.link);
  const send = async (method: string, path: string, body: unknown, headers: Record<string, string>) => {
    const response = await fetch(`${link.origin}/api/v1/${path}`, {
      method,
      headers: { origin: link.origin, "content-type": "application/json", ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Printed };
  };
  const { body } = await send("POST", "session", { key: link.hash.slice("#k=".length) }, {});
  const authorization = `Bearer ${body.session}`;
  return {
    origin: link.origin,
    ask: (method, path, given, headers = {}) => send(method, path, given, { authorization, ...headers }),
    async close() {
      started.process.kill("SIGTERM");
      await new Promise((resolve) => started.process.once("close", resolve));
    },
  };
}
