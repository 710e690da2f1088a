/** How a request ended. */
export interface Answered {
  /** Method and path, without anything of the request's own. */
  readonly endpoint: string;
  /** Undefined where no answer came. */
  readonly status: number | undefined;
}

/** What is counted while a process runs. */
export interface Metrics {
  /** Counts a request, each attempt by itself. */
  answered(answer: Answered): void;
  /** Names where the records of each stream are counted, by stream. Read now and then. */
  watchRecords(read: () => ReadonlyMap<string, number>): void;
}

/** A counter as Singer knows it: what has come since it was told last. */
export interface Point {
  readonly type: "counter";
  /** Singer's own names (`record_count`, `http_request_count`), and those of what is told as data. */
  readonly metric: string;
  readonly value: number;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Meter extends Metrics {
  /** What has been counted since the last call. */
  points(): Point[];
  /** The requests by endpoint, most first. */
  requests(): EndpointCounts[];
}

/** Requests to an endpoint, each attempt by itself. */
export interface EndpointCounts {
  readonly endpoint: string;
  readonly count: number;
  /** Those without success, by status, or `no answer`. */
  readonly failed: Readonly<Record<string, number>>;
}

interface Requests {
  readonly endpoint: string;
  readonly status: number | undefined;
  count: number;
  told: number;
}

export function createMeter(): Meter {
  const requests = new Map<string, Requests>();
  const toldRecords = new Map<string, number>();
  let records: () => ReadonlyMap<string, number> = () => new Map();

  return {
    answered({ endpoint, status }) {
      const key = `${status} ${endpoint}`;
      const known = requests.get(key);
      if (known) known.count += 1;
      else requests.set(key, { endpoint, status, count: 1, told: 0 });
    },
    watchRecords(read) {
      records = read;
    },
    points() {
      const points: Point[] = [];
      for (const [stream, count] of records()) {
        const value = count - (toldRecords.get(stream) ?? 0);
        toldRecords.set(stream, count);
        if (value > 0) points.push({ type: "counter", metric: "record_count", value, tags: { stream } });
      }
      for (const each of requests.values()) {
        const value = each.count - each.told;
        each.told = each.count;
        if (value > 0)
          points.push({ type: "counter", metric: "http_request_count", value, tags: tagsOf(each) });
      }
      return points;
    },
    requests() {
      const byEndpoint = new Map<string, Requests[]>();
      for (const each of requests.values()) {
        byEndpoint.set(each.endpoint, [...(byEndpoint.get(each.endpoint) ?? []), each]);
      }
      return [...byEndpoint]
        .map(([endpoint, all]) => ({ endpoint, count: sum(all), failed: failuresOf(all) }))
        .sort((a, b) => b.count - a.count);
    },
  };
}

const isSuccess = (status: number | undefined) => status !== undefined && status >= 200 && status < 300;
const sum = (all: readonly Requests[]) => all.reduce((total, { count }) => total + count, 0);

/** Singer allows letters, digits, `_` and `-` in tags (BEST_PRACTICES of singer-io/getting-started). */
function tagsOf({ endpoint, status }: Requests): Point["tags"] {
  return {
    endpoint: endpoint.replace(/[^A-Za-z0-9_-]+/g, "_"),
    ...(status !== undefined && { http_status_code: String(status) }),
    status: isSuccess(status) ? "succeeded" : "failed",
  };
}

function failuresOf(all: readonly Requests[]): Record<string, number> {
  const failed = all.filter(({ status }) => !isSuccess(status));
  return Object.fromEntries(failed.map(({ status, count }) => [String(status ?? "no answer"), count]));
}

/** The requests in one line, for people; undefined where there were none. */
export function describeRequests(requests: readonly EndpointCounts[]): string | undefined {
  if (requests.length === 0) return undefined;
  const told = requests.map(({ endpoint, count, failed }) => {
    const failures = Object.entries(failed).map(([status, times]) => `${status}: ${times}`);
    return `${endpoint} ${count}${failures.length > 0 ? ` (${failures.join("; ")})` : ""}`;
  });
  return `requests: ${told.join(", ")}`;
}
