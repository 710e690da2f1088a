import type { ConfiguredStream } from "../protocol/catalog.js";
import { parseConfiguredCatalog } from "../protocol/catalog.js";
import { isJsonObject, type Message } from "../protocol/message.js";
import { createSinger, singerCatalog } from "../protocol/singer.js";
import { aboutText } from "./about.js";
import type { AnyConnector, Context, Destination, Source } from "./connector.js";
import { readJson } from "./files.js";
import type { SingerInvocation } from "./invocation.js";
import type { Process } from "./process.js";
import { readState } from "./state-file.js";

/** Does what a Singer command line asks for. Throws what has to be reported as a critical line. */
export async function performSinger<Config>(
  connector: AnyConnector<Config>,
  invocation: SingerInvocation,
  host: Process<Config>,
): Promise<void> {
  const { output, context } = host;
  if (invocation.verb === "about") {
    void output.write(aboutText(connector, host.version, invocation.format));
    return;
  }
  const settings = await host.settings(invocation.config);
  if (connector.kind === "destination") await receive(connector, settings, invocation, host);
  else if (invocation.verb === "discover") {
    void output.write(JSON.stringify(singerCatalog(await connector.discover(settings, context)), null, 2));
  } else await send(connector, settings, invocation, host);
}

async function send<Config>(
  source: Source<Config>,
  settings: Config,
  invocation: SingerInvocation,
  host: Process<Config>,
): Promise<void> {
  const { context } = host;
  const catalog =
    invocation.catalog === undefined
      ? singerCatalog(await source.discover(settings, context))
      : await readJson(invocation.catalog, "catalog");
  const streams = parseConfiguredCatalog(catalog);
  if (invocation.test !== undefined) {
    const tried = trial(source, settings, streams, context, invocation.test);
    await host.print(tried, createSinger());
    return;
  }
  const saved = await readState(
    invocation.state,
    streams.map(({ key }) => key),
  );
  for (const warning of saved.warnings) context.log.warn(warning);
  const groups = asSinger(source.read(settings, streams, saved.streams, context), streams);
  await host.print(groups, createSinger(saved.streams));
}

/**
 * Every stream's SCHEMA, and with `all` the first of its records, as the Meltano SDK's `--test` prints them. No state:
 * whoever saved one would leave everybody else out.
 */
async function* trial<Config>(
  source: Source<Config>,
  settings: Config,
  streams: readonly ConfiguredStream[],
  context: Context,
  test: "schema" | "all",
): AsyncGenerator<readonly Message[]> {
  for (const stream of streams) {
    yield [declaration(stream)];
    if (test === "schema") continue;
    const groups = asSinger(source.read(settings, [stream], new Map(), context), [stream]);
    for await (const group of groups) {
      const record = group.find(({ kind }) => kind === "record");
      if (!record) continue;
      yield [record];
      break;
    }
  }
}

/** Declares every stream before its first message, and leaves out the fields that are not selected. */
async function* asSinger(
  groups: AsyncIterable<readonly Message[]>,
  streams: readonly ConfiguredStream[],
): AsyncGenerator<readonly Message[]> {
  const declared = new Set<string>();
  const byKey = new Map(streams.map((stream) => [stream.key, stream]));
  const translated = (message: Message): readonly Message[] => {
    const stream =
      "stream" in message && message.stream !== undefined ? byKey.get(message.stream) : undefined;
    if (!stream) return [message];
    const selected =
      message.kind === "record" && stream.deselected.size > 0
        ? { ...message, data: without(message.data, stream.deselected) }
        : message;
    if (declared.has(stream.key)) return [selected];
    declared.add(stream.key);
    return [declaration(stream), selected];
  };
  for await (const group of groups) yield group.flatMap(translated);
}

function declaration(stream: ConfiguredStream): Message {
  return {
    kind: "schema",
    stream: stream.name,
    schema: {
      ...stream.jsonSchema,
      properties: without(stream.jsonSchema.properties ?? {}, stream.deselected),
    },
    keyProperties: stream.primaryKey.map((path) => path.join(".")),
    bookmarkProperties: stream.cursorField ?? [],
  };
}

function without(value: unknown, names: ReadonlySet<string>): unknown {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.has(name)));
}

async function receive<Config>(
  destination: Destination<Config>,
  settings: Config,
  invocation: SingerInvocation,
  host: Process<Config>,
): Promise<void> {
  if (invocation.state !== undefined)
    host.context.log.warn("--state is not used: a target has no state of its own; give it to the tap");
  const catalog =
    invocation.catalog === undefined ? undefined : await readJson(invocation.catalog, "catalog");
  const streams = catalog === undefined ? [] : parseConfiguredCatalog(catalog);
  const singer = createSinger();
  const input = host.input({ codecFor: () => singer, replay: invocation.replay, file: invocation.input });
  await destination.write(settings, { streams, declared: true }, input, host.context);
}
