import Bottleneck from "bottleneck";
import { Redis, type RedisOptions } from "ioredis";
import { ScriptedRedis } from "./scripts.js";

/** How long an answer of Redis is waited for, in ms. */
const ANSWER_MS = 5_000;
/** How long places that nobody uses are remembered, in ms: longer than anybody is held. */
const FORGET_AFTER_MS = 3_600_000;

/** One connection to Redis, until it dies. It never comes back: the next one is another session. */
export interface Session {
  /** Places of `name`, `spacingMs` apart for everybody. Rejects where the session dies meanwhile. */
  places(name: string, spacingMs: number): Promise<Bottleneck>;
  /** Runs a script. */
  run(script: string, keys: readonly string[], args: readonly number[]): Promise<unknown>;
  /** Rejects when the session dies. */
  readonly died: Promise<never>;
  close(): void;
}

const OPTIONS: RedisOptions = {
  // RESP 2, which every server and every proxy before it speaks.
  protocol: 2,
  connectTimeout: ANSWER_MS,
  commandTimeout: ANSWER_MS,
  // A session is over with its connection: what waits for an answer then is asked again by who knows why.
  retryStrategy: () => null,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  disableClientInfo: true,
  connectionName: "flowcode-iterable",
};

/** Connects. Rejects with what Redis, Node or ioredis says of it. */
export async function openSession(url: string): Promise<Session> {
  let die: (error: unknown) => void = () => undefined;
  const died = new Promise<never>((_, reject) => {
    die = reject;
  });
  died.catch(() => undefined);
  const client = new ScriptedRedis(url, OPTIONS, (error) => error && die(error));
  const watch = (redis: Redis) => {
    redis.on("error", die);
    redis.on("end", () => die(new Error("the connection has ended")));
    redis.on("close", () => die(new Error("the connection was closed")));
  };
  watch(client);
  const close = () => {
    die(new Error("closed"));
    clearInterval(alive);
    // Of a limiter by itself, bottleneck would leave promises that nobody hears of.
    if (connection) connection.disconnect(false).catch(() => undefined);
    else client.disconnect();
  };
  const limiters = new Map<string, Promise<Bottleneck>>();
  let connection: (Bottleneck.IORedisConnection & { readonly subscriber?: Redis }) | undefined;
  const alive = setInterval(() => void client.ping().catch(die), ANSWER_MS).unref();
  try {
    await Promise.race([died, new Promise<void>((resolve) => client.once("ready", resolve))]);
    // ioredis is handed over, since bottleneck would look for it with eval where there is none.
    connection = new Bottleneck.IORedisConnection({ client, Redis } as never);
    if (connection.subscriber) watch(connection.subscriber);
  } catch (error) {
    close();
    throw error;
  }
  const held = connection;
  /** bottleneck makes its keys expire, which takes whole ms. What is rounded off, MAY_START keeps. */
  const open = async (id: string, minTime: number): Promise<Bottleneck> => {
    const limiter = new Bottleneck({ id, connection: held, timeout: FORGET_AFTER_MS, minTime });
    limiter.on("error", die);
    await Promise.race([died, limiter.ready()]);
    // Whoever came first has said how far apart they are; whoever came last counts.
    await Promise.race([died, limiter.updateSettings({ minTime })]);
    return limiter;
  };
  return {
    places(name, spacingMs) {
      const opened = limiters.get(name) ?? open(name, Math.floor(spacingMs));
      limiters.set(name, opened);
      return opened;
    },
    run: (script, keys, args) =>
      Promise.race([died, client.eval(script, keys.length, ...keys, ...args.map(Math.ceil))]),
    died,
    close,
  };
}
