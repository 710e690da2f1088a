import { timingSafeEqual } from "node:crypto";
import type { Server } from "node:http";
import { codeOf, messageOf, Unusable } from "../errors.js";
import type { Host } from "../host.js";
import type { Folder } from "../project/folder.js";
import { changeRoutes } from "./api/changes.js";
import { connectionRoutes } from "./api/connections.js";
import { contactRoutes } from "./api/contacts.js";
import { createBell, eventRoutes } from "./api/events.js";
import { mappingRoutes } from "./api/mapping.js";
import { createNewest } from "./api/newest.js";
import { projectRoutes } from "./api/project.js";
import { reportRoutes } from "./api/reports.js";
import { runRoutes } from "./api/runs.js";
import { sessionRoutes } from "./api/session.js";
import { statusRoutes } from "./api/status.js";
import { createTestContacts, testContactRoutes } from "./api/test-contacts.js";
import { type Home, homeAt, homeOnLoopback } from "./guard.js";
import { createJobs } from "./jobs.js";
import { announce, takeLinks } from "./link.js";
import type { Page } from "./pages.js";
import { createScheduling } from "./scheduling.js";
import { createConsoleServer } from "./server.js";
import { createSessions } from "./sessions.js";

/** So many ports are tried before somebody has to name one. */
const PORTS = 20;

export interface ConsoleOptions {
  readonly folder: Folder;
  readonly host: Host;
  readonly pages: ReadonlyMap<string, Page>;
  /** The address to listen on. */
  readonly address: string;
  readonly port: number;
  /** Where browsers find the console, if that is not this machine's port. */
  readonly origin: string | undefined;
  /** Asked for beside a link; undefined where a link is enough. */
  readonly password: string | undefined;
}

/** A console that is open. */
export interface OpenConsole {
  /** A link that opens it once. */
  link(): string;
  /** Who syncs by the schedule, in a sentence. */
  outlook(): Promise<string>;
  /** Ends every session and resolves when nothing is under way any more. */
  close(): Promise<void>;
}

/** Opens the console of a project. Throws Unusable where no port is free. */
export async function openConsole(options: ConsoleOptions): Promise<OpenConsole> {
  const { folder, pages } = options;
  const closing = new AbortController();
  const host: Host = { ...options.host, signal: AbortSignal.any([options.host.signal, closing.signal]) };
  const onFailure = (error: unknown) => host.terminal.say(`The console has failed: ${messageOf(error)}`);
  const sessions = createSessions(host.now);
  const bell = createBell();
  const jobs = createJobs(folder, host, onFailure);
  const newest = createNewest(folder, host);
  const testContacts = createTestContacts(folder, host);
  const scheduling = createScheduling({
    folder,
    host,
    run: jobs.scheduled,
    onChange: () => bell.ring({ kind: "schedule", data: {} }),
  });
  let home: Home = { hosts: [], origins: [] };
  const server = createConsoleServer({
    home: () => home,
    isSession: sessions.has,
    pages,
    onFailure,
    routes: [
      ...sessionRoutes(sessions, passwordCheck(options.password)),
      ...projectRoutes({
        folder,
        env: host.env,
        version: host.version,
        scheduler: scheduling.view,
        onSaved: scheduling.wake,
      }),
      ...connectionRoutes(folder, host, newest),
      ...mappingRoutes(folder, host, newest),
      ...runRoutes(folder, jobs, testContacts, host),
      ...changeRoutes(folder, host),
      ...statusRoutes(folder, host),
      ...contactRoutes(folder, host),
      ...testContactRoutes(testContacts),
      ...reportRoutes(folder, host.version, host.now),
      ...eventRoutes(folder, bell, closing.signal, onFailure),
    ],
  });
  const begin = async () => {
    const port = await listen(server, options.address, options.port);
    home = options.origin === undefined ? homeOnLoopback(port) : homeAt(options.origin);
    const origin = options.origin ?? `http://127.0.0.1:${port}`;
    return { origin, renounce: await announce(folder, origin) };
  };
  const { origin, renounce } = await begin().catch(async (error: unknown) => {
    closing.abort();
    server.close();
    await scheduling.ended.catch(() => undefined);
    throw error;
  });
  const links = takeLinks(folder, sessions.admit, closing.signal).catch(onFailure);
  return {
    link: () => `${origin}/#k=${sessions.key()}`,
    outlook: async () => (await scheduling.view()).text,
    async close() {
      closing.abort();
      server.close();
      server.closeAllConnections();
      await Promise.all([links, jobs.settled(), scheduling.ended.catch(onFailure), renounce()]);
    },
  };
}

/** Listens on a port, or on the next one that is free. Resolves with its number. */
async function listen(server: Server, address: string, first: number): Promise<number> {
  for (let port = first; port < first + PORTS; port += 1) {
    const found = await tryPort(server, address, port);
    if (found !== undefined) return found;
    if (port === 65_535) break;
  }
  throw new Unusable(`the ports from ${first} on are taken: name another one with --port`);
}

function tryPort(server: Server, address: string, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      if (codeOf(error) === "EADDRINUSE") resolve(undefined);
      else reject(new Unusable(`cannot listen on ${address}, port ${port}: ${messageOf(error)}`));
    };
    server.once("error", fail);
    server.listen(port, address, () => {
      server.off("error", fail);
      const at = server.address();
      resolve(typeof at === "object" && at !== null ? at.port : port);
    });
  });
}

/** Compares in constant time, whatever the lengths. */
function passwordCheck(password: string | undefined): ((given: string) => boolean) | undefined {
  if (password === undefined) return undefined;
  const wanted = Buffer.from(password);
  return (given) => {
    const bytes = Buffer.from(given);
    const same = Buffer.alloc(wanted.length);
    bytes.copy(same);
    return timingSafeEqual(same, wanted) && bytes.length === wanted.length;
  };
}
