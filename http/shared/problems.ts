import { SharedLimitProblem } from "../errors.js";

interface Meaning {
  readonly found: RegExp;
  readonly says: string;
  readonly isTransient: boolean;
}

const CREDENTIALS =
  "write them into the address: redis://user:password@host:port, or redis://:password@host:port";

/** By what ioredis, Node and Redis say. The first that fits counts. */
const MEANINGS: readonly Meaning[] = [
  {
    found: /WRONGPASS|invalid password/i,
    says: `refuses the user name or password: ${CREDENTIALS}`,
    isTransient: false,
  },
  {
    found: /NOAUTH|Authentication required/i,
    says: `asks for a password: ${CREDENTIALS}`,
    isTransient: false,
  },
  {
    found: /NOPERM/,
    says: "does not allow this user what a shared limit needs: +@scripting +@pubsub +@connection +@hash +@sortedset +@list +@keyspace +time +info on the keys b_flowcode-iterable:* and flowcode-iterable:*, and the channels b_flowcode-iterable:*",
    isTransient: false,
  },
  {
    found: /\bDENIED\b/,
    says: "is in protected mode and takes no connection from other machines: set a password there, and write it into the address",
    isTransient: false,
  },
  {
    found: /\b(?:MOVED|CROSSSLOT|CLUSTERDOWN)\b/,
    says: "is part of a Redis Cluster, which a shared limit cannot use: name a single server, or one with replicas",
    isTransient: false,
  },
  {
    found: /DB index is out of range|invalid DB index/i,
    says: "has no database of that number: correct what follows the last slash of the address",
    isTransient: false,
  },
  {
    found: /Protocol error/,
    says: "is no Redis: check the host and the port, and write rediss:// where it expects TLS",
    isTransient: false,
  },
  {
    found: /WRONG_VERSION_NUMBER|packet length too long|EPROTO/,
    says: "does not speak TLS: write redis:// in place of rediss://, or name its TLS port",
    isTransient: false,
  },
  {
    found: /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|self-signed|certificate/i,
    says: "shows a certificate that this machine does not trust: name its authority in NODE_EXTRA_CA_CERTS",
    isTransient: false,
  },
  {
    found: /unknown command/i,
    says: "lacks a command that a shared limit needs: use Redis 5 or later, or Valkey, with scripts (EVAL) allowed",
    isTransient: false,
  },
  {
    found: /READONLY/,
    says: "is a replica, which takes no writes: name the primary",
    isTransient: true,
  },
  {
    found: /\b(?:OOM|MISCONF|NOREPLICAS)\b/,
    says: "takes no writes: it is out of memory or cannot save to its disk; its own log says which",
    isTransient: true,
  },
  {
    found: /\b(?:LOADING|BUSY|MASTERDOWN)\b/,
    says: "is not ready yet: wait until it has started",
    isTransient: true,
  },
  {
    found: /ENOTFOUND|EAI_AGAIN/,
    says: "is not known to the DNS: check the host name",
    isTransient: true,
  },
  {
    found: /ECONNREFUSED/,
    says: "refuses the connection: start it, and check the port and that it listens for other machines",
    isTransient: true,
  },
  {
    found: /ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|timed out/i,
    says: "does not answer: check the host and the port, that it speaks TLS where the address says rediss://, and that a firewall lets this machine through",
    isTransient: true,
  },
];
const CUT: Omit<Meaning, "found"> = {
  says: "has cut the connection: see whether it runs, and what its own log says",
  isTransient: true,
};

/** What Redis says holds no secret: it names commands, keys and its own state. */
const refusal = ({ message }: Error): Omit<Meaning, "found"> => ({
  says: `refuses what a shared limit asks of it: ${message.slice(0, 200)}`,
  isTransient: false,
});

/** What to make of a failure. `server`: its host and port. */
export function sharedLimitProblem(error: unknown, server: string): SharedLimitProblem {
  if (error instanceof SharedLimitProblem) return error;
  const { code, message } = error as { code?: unknown; message?: unknown };
  const said = `${code} ${message}`;
  const isReply = error instanceof Error && error.name === "ReplyError";
  const { says, isTransient } =
    MEANINGS.find(({ found }) => found.test(said)) ?? (isReply ? refusal(error) : CUT);
  const reason = typeof code === "string" ? `network_${code}` : "shared_limit";
  return new SharedLimitProblem(
    `the Redis at ${server} (advanced.shared_limit_url) ${says}`,
    isTransient,
    reason,
    error,
  );
}

/** What is said when it has been away for too long. */
export function goneForGood(problem: SharedLimitProblem, awayMs: number): SharedLimitProblem {
  const seconds = Math.round(awayMs / 1000);
  return new SharedLimitProblem(
    `${problem.message}. It was waited for for ${seconds} seconds; nothing is lost, and running again is safe. Without advanced.shared_limit_url each connection keeps to its own limit: lower advanced.bulk_requests_per_second then, so that together they stay below Iterable's`,
    true,
    problem.reason,
  );
}
