import type { Finding } from "../../connector/connector.js";
import type { ConfiguredStream } from "../../protocol/catalog.js";
import type { Line } from "../../protocol/lines.js";
import type { Patterns } from "../../protocol/schema/patterns.js";
import { createRecordValidator } from "../../protocol/schema/validation.js";
import type { Config, StreamSettings } from "../config.js";
import type { FieldType } from "../iterable/field-types.js";
import { followUpProblems, followUpRemarks } from "../mapping/follow-ups.js";
import { identifierProblem } from "../mapping/problems.js";
import { unlistedSources } from "../mapping/remarks/listed.js";
import { uncheckedRemarks } from "../mapping/remarks/unchecked.js";
import { isOpen, mappingOptions, propertiesOf, settingsOf } from "../stream-settings.js";
import { passingOverOf } from "../streams.js";
import { eventOutlooks, followUpNotes, withUses } from "./follow-ups.js";
import { outlookOf } from "./plan.js";
import { type Sampled, takeSample } from "./sample.js";
import { sampleText } from "./sample-text.js";
import { tableOf } from "./table.js";

/**
 * What a sync of these streams would do to Iterable's fields. Its problem names everything that cannot work. `patterns`
 * run the schemas' (see `patternsFor`).
 */
export function planReport(
  config: Config,
  streams: readonly ConfiguredStream[],
  fields: ReadonlyMap<string, FieldType>,
  patterns?: Patterns,
): Finding {
  return reportOf(outlooksOn(streams, config, fields, patterns));
}

/** The same, and what would become of the records of a sample. */
export async function sampledPlanReport(
  config: Config,
  streams: readonly ConfiguredStream[],
  fields: ReadonlyMap<string, FieldType>,
  lines: AsyncIterable<readonly Line[]>,
  patterns?: Patterns,
): Promise<Finding> {
  const outlooks = outlooksOn(streams, config, fields, patterns);
  return reportOf(outlooks, await takeSample(outlooks, lines));
}

function reportOf(outlooks: readonly ReturnType<typeof outlookOn>[], sampled?: Sampled): Finding {
  const rowsOf = ({ rows, events }: ReturnType<typeof outlookOn>) => [
    ...rows,
    ...events.flatMap((event) => event.rows),
  ];
  const problems = outlooks.flatMap((outlook) =>
    [
      ...outlook.problems,
      ...rowsOf(outlook)
        .filter(({ verdict }) => verdict === "cannot_fit")
        .map(({ place, source, target, detail }) => `${place} (${source} to ${target}): ${detail}`),
    ].map((problem) => `stream "${outlook.name}": ${problem}`),
  );
  const sections = outlooks.map((outlook, index) =>
    [
      `${outlook.name}: ${outlook.notes.join("; ")}`,
      tableOf(rowsOf(outlook)),
      ...outlook.problems.map((problem) => `  CANNOT WORK: ${problem}`),
      ...(sampled ? sampleText(rowsOf(outlook), sampled.values, sampled.contacts[index]) : []),
    ].join("\n"),
  );
  const rows = outlooks.flatMap(rowsOf);
  return {
    text: sections.join("\n\n"),
    json: {
      rows: sampled ? rows.map((row) => ({ ...row, values: sampled.values.get(row) })) : rows,
      problems,
      ...(sampled && { contacts: sampled.contacts }),
    },
    problem: problems.length > 0 ? `the mapping cannot work: ${problems.join("; ")}` : undefined,
  };
}

/**
 * What becomes of each stream. One that can have no identifier is passed over, as `write` passes it over: it is a mistake
 * only where no other stream is left.
 */
function outlooksOn(
  streams: readonly ConfiguredStream[],
  ...given: readonly [Config, ReadonlyMap<string, FieldType>, Patterns | undefined]
) {
  const outlooks = streams.map((stream) => outlookOn(stream, ...given));
  return outlooks.every(({ isPassedOver }) => isPassedOver)
    ? outlooks
    : outlooks.map((outlook) => (outlook.isPassedOver ? passedOver(outlook) : outlook));
}

function passedOver(outlook: ReturnType<typeof outlookOn>): ReturnType<typeof outlookOn> {
  const { name, rows } = outlook;
  const detail = "the stream is passed over";
  return {
    ...outlook,
    notes: [passingOverOf(name).replace(`stream "${name}": `, "")],
    rows: rows.map((row) => ({ ...row, target: null, target_type: null, verdict: "not_sent", detail })),
    events: [],
    problems: [],
  };
}

function outlookOn(
  stream: ConfiguredStream,
  config: Config,
  fields: ReadonlyMap<string, FieldType>,
  patterns?: Patterns,
) {
  const validator = createRecordValidator(stream.jsonSchema, patterns);
  const { settings, mapsItself, problems } = settingsOf(config, stream);
  const properties = propertiesOf(stream);
  const identity = stream.destinationObjectName !== undefined;
  const options = mappingOptions(
    config,
    settings,
    { name: stream.name, properties, identity, isOpen: isOpen(stream) },
    fields,
  );
  const outlook = outlookOf(options, properties, config.create_new_fields);
  return {
    key: stream.key,
    isPassedOver: identifierProblem(options, mapsItself) !== undefined,
    name: stream.name,
    validator,
    options,
    notes: [
      ...notesOn(stream, settings, config, Object.keys(properties).length > 0),
      // What is to be said of an entry stands in its row.
      ...unlistedSources(options).flatMap(({ text, entry }) => (entry === undefined ? [text] : [])),
      ...followUpRemarks(config, options).map(({ text }) => text),
      ...uncheckedRemarks(validator),
    ],
    config,
    rows: withUses(outlook.rows, config),
    events: eventOutlooks(config, options, properties),
    // What is wrong with an event's field stands in its row.
    problems: [
      ...problems,
      ...outlook.problems,
      ...followUpProblems(config, options).filter((problem) => !problem.includes("field_mapping[")),
    ],
  };
}

/** What holds for all contacts of a stream. */
function notesOn(
  stream: ConfiguredStream,
  { overwrite_mode, consent, skip_if }: StreamSettings,
  config: Config,
  hasFields: boolean,
): string[] {
  const { identifier, create_new_fields } = config;
  const mode = stream.destinationSyncMode === "update" ? "update" : (overwrite_mode ?? "overwrite");
  return [
    mode,
    `contacts are told apart by ${identifier}`,
    `new fields are ${create_new_fields ? "created" : "not created"}`,
    ...(consent ? [`only contacts whose "${consent.field}" is one of ${consent.agrees.join(", ")}`] : []),
    ...(skip_if ? [`some are left out by their "${skip_if.field}"`] : []),
    ...followUpNotes(config),
    ...(hasFields ? [] : ["the catalog names no fields, so that their types are not known (json_schema)"]),
  ];
}
