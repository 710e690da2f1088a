import type { LookedUp } from "../compare/look-up.js";
import type { Trace } from "../compare/trace.js";
import { meaningOf, reasonText, stageText } from "../report/reasons.js";
import { harmless } from "./harmless.js";
import { type Cell, table } from "./table.js";
import { counted, local } from "./words.js";

const STEPS: Readonly<Record<string, string>> = {
  sent: "sent as it is",
  coerced: "changed to fit",
  cleared: "removed",
  empty: "has no value",
  left_out: "left out",
  not_sent: "not sent",
};

const FIELDS: Readonly<Record<string, string>> = {
  same: "the same",
  differs: "differs",
  missing: "missing",
  left_alone: "left alone by the settings",
  no_such_field: "Iterable has no such field",
};

/** A station of a contact's way, for people. */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

/** A contact from Flowcode to Iterable, for people. It shows the data of that person. */
export function traceText(email: string, trace: Trace, columns: number): string {
  // Every section is indented.
  return traceSections(email, trace, columns - 2)
    .map(({ title, lines }) => [title, ...lines.map((line) => `  ${line}`)].join("\n"))
    .join("\n\n");
}

/** The same, station by station, in lines of at most `room` characters. */
export function traceSections(email: string, trace: Trace, room: number): Section[] {
  const { read, rows, mapped, held } = trace;
  return [
    ...rows.map(({ stream, data }, index) =>
      section(`FLOWCODE: ${harmless(stream)}, row ${index + 1} of ${rows.length}`, dataTable(data, room)),
    ),
    ...(rows.length === 0
      ? [section("FLOWCODE", [`None of its ${counted(read, "contact")} is or mentions ${harmless(email)}.`])]
      : []),
    ...mapped.map((found) => section(mappingTitle(found), mappingLines(found, room))),
    section("ANSWER", answerLines(trace)),
    ...(mapped.some((found) => found.identifier !== null)
      ? mapped
          .filter((found) => found.identifier !== null)
          .map((found) => section("ITERABLE", heldLines(found, room)))
      : [section("ITERABLE", held ? heldLines(held, room) : [])]),
  ];
}

/** Whether either side knows the contact. */
export function isKnown({ rows, held }: Trace): boolean {
  return rows.length > 0 || held?.verdict === "held" || held?.verdict === "unreadable";
}

const section = (title: string, lines: readonly string[]): Section => ({ title, lines });
const linesOf = (text: string) => text.split("\n");
const shown = (value: unknown) =>
  value === null || value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);

function dataTable(data: Readonly<Record<string, unknown>>, columns: number): string[] {
  return linesOf(
    table(
      ["FIELD", "VALUE"],
      Object.entries(data).map(([name, value]) => [name, shown(value)]),
      columns,
    ),
  );
}

/** What became of a value: in words, and where it is lost, so that it is seen. */
function stepText({ verdict, detail }: LookedUp["steps"][number][number]): Cell {
  const what = STEPS[verdict] ?? verdict;
  const why = verdict === "left_out" ? meaningOf(detail).means : detail;
  const text = detail === "" ? what : `${what}: ${why}`;
  return verdict === "left_out" ? { text, tone: "warn" } : text;
}

/** How what is held stands to what was sent. */
function heldText(verdict: string): Cell {
  const text = FIELDS[verdict] ?? verdict;
  return verdict === "differs" || verdict === "missing" ? { text, tone: "bad" } : text;
}

function mappingTitle({ stream, mode, verdict, field, reason }: LookedUp): string {
  const end = verdict === "kept" ? "not to be written" : verdict === "rejected" ? "rejected" : "to be sent";
  const why = reason === null ? "" : `: ${field === null ? "" : `${field}: `}${reasonText(reason)}`;
  return harmless(`MAPPING: ${stream}, ${mode}: ${end}${why}`);
}

function mappingLines(
  { steps, payload, second_payload, lists = [], events = [], unsent = [] }: LookedUp,
  columns: number,
): string[] {
  const rules = steps.flatMap((of) =>
    linesOf(
      table(
        ["FROM", "VALUE", "ITERABLE FIELD", "SENT", "WHAT HAPPENS"],
        of.map((step) => [
          step.source ?? step.place,
          shown(step.found),
          step.target ?? "",
          shown(step.sent),
          stepText(step),
        ]),
        columns,
      ),
    ),
  );
  const printed = (value: unknown) => linesOf(JSON.stringify(value, null, 2)).map(harmless);
  return [
    ...rules,
    ...(payload ? ["", "As it is sent:", ...printed(payload)] : []),
    ...(second_payload
      ? ["", "In a second request, for fields inside objects:", ...printed(second_payload)]
      : []),
    ...(lists.length > 0 ? ["", `Put on: ${lists.map((id) => `list ${id}`).join(", ")}`] : []),
    ...events.flatMap((event) => ["", "Event:", ...printed(event)]),
    ...(unsent.length > 0 ? ["", ...unsent.map(unsentText)] : []),
  ];
}

/** A list or event that does not follow, with what decides. */
function unsentText({ list, event, field, found, reason }: NonNullable<LookedUp["unsent"]>[number]): string {
  const what = list === null ? `The event "${event}" is not sent` : `Not put on list ${list}`;
  const why =
    reason === "condition"
      ? `its condition is not met, ${field} is ${shown(found) === "" ? "empty" : JSON.stringify(found)}`
      : `${field}: ${reasonText(reason)}`;
  return harmless(`${what}: ${why}`);
}

function answerLines({ rejections, readBy, rows }: Trace): string[] {
  const told = rejections.map(
    ({ run, at, field, reason, stage }) =>
      `Run ${run} of ${local(at)} rejected it: ${field === null ? "" : `${field}: `}${reasonText(reason)} (${reason}, ${stageText(stage)})`,
  );
  if (told.length === 0) told.push("No run that is remembered has rejected it.");
  if (rows.length === 0) return told;
  return [
    ...told,
    readBy === undefined
      ? "No run that is remembered has succeeded since it was last converted: the next sync brings it."
      : `Run ${readBy} was the first to come to its end since it was last converted: it has been read.`,
  ].map(harmless);
}

/** What is sent beside what Iterable holds, line by line. */
export function heldLines(
  { identifier, verdict, fields, held, updated_at }: LookedUp,
  columns: number,
): string[] {
  if (verdict === "unreadable")
    return [`The profile ${identifier} cannot be read: ${reasonText("unreadable")}`].map(harmless);
  if (held === null) return [`Iterable has no profile of ${identifier ?? "it"}.`].map(harmless);
  const compared = new Set(fields.map(({ field }) => field));
  const rows: Cell[][] = [
    ...fields.map(({ field, sent, held: value, verdict: how }) => [
      field,
      shown(sent),
      shown(value),
      heldText(how),
    ]),
    ...Object.entries(held)
      .filter(([name]) => !compared.has(name))
      .map(([name, value]) => [name, "", shown(value), ""]),
  ];
  const last = updated_at === null ? "" : `, last changed ${updated_at}`;
  const words = {
    agrees: ", as it is sent",
    differs: ", and it differs",
    left_alone: ", which is left alone",
  };
  return [
    harmless(`Iterable has the profile ${identifier}${words[verdict as keyof typeof words] ?? ""}${last}.`),
    ...linesOf(table(["FIELD", "SENT", "HELD", ""], rows, columns)),
  ];
}
