import type { RedisOptions } from "ioredis";
import { Redis } from "ioredis";

type Done = (error: Error | null | undefined, reply?: unknown) => void;
type Script = (...args: unknown[]) => unknown;

/** How each of bottleneck's scripts learns the time: from whoever calls it. */
const CALLERS_TIME = "local now = tonumber(ARGV[1])";
const SERVERS_TIME = `local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/**
 * A connection for bottleneck 2.19.5, whose clustering has two faults that nobody mends (its issues 205 and 212, open
 * since 2022): Redis 7 begins the errors of scripts with `ERR`, by which bottleneck no longer knows that it has to
 * register again; and the clock of each machine counts, so that one that is fast would make all others wait. Here
 * errors have their old form, and the one clock is that of Redis (its effects are replicated since Redis 5).
 */
export class ScriptedRedis extends Redis {
  private readonly onReply: (error: Error | undefined) => void;

  constructor(url: string, options: RedisOptions, onReply: (error: Error | undefined) => void) {
    super(url, options as RedisOptions & { replyMapping?: "legacy" });
    this.onReply = onReply;
  }

  override defineCommand(name: string, definition: Parameters<Redis["defineCommand"]>[1]): void {
    if (!definition.lua.includes(CALLERS_TIME)) throw new Error(`bottleneck's script ${name} is another one`);
    super.defineCommand(name, { ...definition, lua: definition.lua.replace(CALLERS_TIME, SERVERS_TIME) });
    const scripts = this as unknown as Record<string, Script>;
    const run = scripts[name] as Script;
    scripts[name] = (...args) => {
      const done = args.pop() as Done;
      return run.call(this, ...args, ((error, reply) => {
        if (error) error.message = error.message.replace(/^ERR (?=[A-Z_]+$)/, "");
        const isKnown = error && /^(?:SETTINGS_KEY_NOT_FOUND|UNKNOWN_CLIENT)$/.test(error.message);
        this.onReply(isKnown ? undefined : (error ?? undefined));
        done(error, reply);
      }) satisfies Done);
    };
  }
}

/**
 * Whether a request may start now. Returns how long everybody has to hold, and how long this one is too early, both in
 * ms; where both are 0 its start is counted. KEYS: the hold, the latest starts. ARGV: the most starts in a stretch, the
 * stretch in ms, and the least between two in ms.
 */
export const MAY_START = `${SERVERS_TIME}
local held = redis.call('pttl', KEYS[1])
if held > 0 then return {held, 0} end
local latest = tonumber(redis.call('lindex', KEYS[2], 0))
if latest and latest > now then
  redis.call('del', KEYS[2])
  latest = nil
end
local first = tonumber(redis.call('lindex', KEYS[2], ARGV[1] - 1))
local early = 0
if latest then early = math.max(early, latest + ARGV[3] - now) end
if first then early = math.max(early, first + ARGV[2] - now) end
if early > 0 then return {0, early} end
redis.call('lpush', KEYS[2], now)
redis.call('ltrim', KEYS[2], 0, ARGV[1] - 1)
redis.call('pexpire', KEYS[2], 2 * ARGV[2])
return {0, 0}`;

/** Makes everybody hold, or hold longer. KEYS: the hold. ARGV: for how long, in ms; 0 changes nothing. */
export const HOLD = `if redis.call('pttl', KEYS[1]) < tonumber(ARGV[1]) and tonumber(ARGV[1]) > 0 then
  redis.call('set', KEYS[1], 1, 'PX', ARGV[1])
end`;
