import { ConfigError } from "../connector/errors.js";
import type { Config, StreamSettings } from "./config.js";
import type { ContactList, IterableApi } from "./iterable/api.js";
import type { FieldType } from "./iterable/field-types.js";
import { describeTypes, identifierProblem, possibleTypes } from "./iterable/project-type.js";
import { followUpProblems, listsOf } from "./mapping/follow-ups.js";
import { findProblems } from "./mapping/problems.js";
import { inherited, mappingOptions } from "./stream-settings.js";

/**
 * Looks for all that cannot work with these settings in a project whose key is accepted, and changes nothing.
 * Resolves with what is known of the project; throws ConfigError with every mistake, each with its place.
 */
export async function checkProject(
  settings: Config,
  api: IterableApi,
  fields: ReadonlyMap<string, FieldType>,
): Promise<string> {
  const wanted = listsOf(settings);
  const [servesForgottenEmails, servesForgottenUserIds, existing] = await Promise.all([
    api.servesForgotten("email"),
    api.servesForgotten("user_id"),
    wanted.length > 0 ? api.lists() : undefined,
  ]);
  const isEuropean = settings.data_center === "eu" && settings.advanced.base_url === undefined;
  const possible = possibleTypes({ fields, servesForgottenEmails, servesForgottenUserIds, isEuropean });
  const mapping = mappingProblems(settings, fields);
  const problems = [
    identifierProblem(settings.identifier, possible),
    mapping.length > 0 ? `the mapping cannot work: ${mapping.join("; ")}` : undefined,
    ...wanted.map(({ id }) =>
      listProblem(id, existing?.get(id), id === settings.list_id ? "list_id" : "lists"),
    ),
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new ConfigError(problems.join("; "));
  const follows = describeFollowUps(settings, existing);
  return follows === "" ? describeTypes(possible) : `${describeTypes(possible)} ${follows}`;
}

function listProblem(id: number, list: ContactList | undefined, place: string): string | undefined {
  switch (list?.type) {
    case undefined:
      return `the Iterable project has no static list with the id ${id}: take the id from Audience → Lists, or remove it from ${place}`;
    case "Dynamic":
      return `list ${id} ("${list?.name}") is dynamic and takes no contacts: choose a static list, or remove it from ${place}`;
    case "Suppression":
      return `list ${id} ("${list?.name}") is a suppression list, whose contacts get no messages: choose another, or remove it from ${place}`;
    default:
      return undefined;
  }
}

/** Which lists and events follow, for people; "" where there are none. */
function describeFollowUps(settings: Config, lists: ReadonlyMap<number, ContactList> | undefined): string {
  const ids = [...new Set(listsOf(settings).map(({ id }) => id))];
  const events = [...new Set(settings.events.map(({ name }) => JSON.stringify(name)))];
  const and = (names: readonly string[]) =>
    names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  return [
    ...(ids.length > 0
      ? [
          `Contacts are put on the list${ids.length > 1 ? "s" : ""} ${and(ids.map((id) => `${id} ${JSON.stringify(lists?.get(id)?.name)}`))}.`,
        ]
      : []),
    ...(events.length > 0
      ? [
          `Each conversion sends the event${events.length > 1 ? "s" : ""} ${and(events)}, if the project takes the name: that is seen when the first is sent.`,
        ]
      : []),
  ].join(" ");
}

/** Mistakes in the mappings of the configuration itself. What fields a stream has is only known with its catalog. */
function mappingProblems(config: Config, fields: ReadonlyMap<string, FieldType>): string[] {
  const problemsOf = (own: StreamSettings, name: string): string[] => {
    const stream = { name, properties: {}, identity: false };
    const options = mappingOptions(config, inherited(config, own), stream, fields);
    return [...findProblems(options).map(({ text }) => text), ...followUpProblems(config, options)];
  };
  const ofAll = problemsOf({}, "");
  const isOwn = (problem: string, { field_mapping }: StreamSettings) =>
    !ofAll.includes(problem) || (field_mapping !== undefined && problem.startsWith("field_mapping["));
  return [
    ...ofAll,
    ...config.streams.flatMap((stream, index) =>
      problemsOf(stream, stream.name)
        .filter((problem) => isOwn(problem, stream))
        .map((problem) => `streams[${index}] ("${stream.name}"): ${problem}`),
    ),
  ];
}
