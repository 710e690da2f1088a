import type { LookedUp } from "../compare/look-up.js";
import type { Trace } from "../compare/trace.js";
import { many } from "./progress.js";
import { local } from "./run-text.js";
import { table } from "./table.js";
import { printable } from "./terminal.js";

const STEPS: Readonly<Record<string, string>> = {
  sent: "sent as it is",
  coerced: "changed to fit",
  cleared: "removed",
  empty: "has no value",
  left_out: "LEFT OUT",
  not_sent: "not sent",
};

const FIELDS: Readonly<Record<string, string>> = {
  same: "the same",
  differs: "DIFFERS",
  missing: "MISSING",
  left_alone: "left alone by the overwrite mode",
  no_such_field: "Iterable has no such field",
};

/** A contact from Flowcode to Iterable, for people. It shows the data of that person. */
export function traceText(email: string, trace: Trace): string {
  const { read, rows, mapped, held } = trace;
  const sections = [
    ...rows.map(({ stream, data }, index) =>
      section(`FLOWCODE: ${stream}, row ${index + 1} of ${rows.length}`, dataTable(data)),
    ),
    ...(rows.length === 0
      ? [section("FLOWCODE", [`None of its ${many(read)} contacts is or mentions ${email}.`])]
      : []),
    ...mapped.map((found) => section(mappingTitle(found), mappingLines(found))),
    section("ANSWER", answerLines(trace)),
    ...(mapped.some((found) => found.identifier !== null)
      ? mapped
          .filter((found) => found.identifier !== null)
          .map((found) => section("ITERABLE", heldLines(found)))
      : [section("ITERABLE", held ? heldLines(held) : [])]),
  ];
  return sections.join("\n\n");
}

/** Whether either side knows the contact. */
export function isKnown({ rows, held }: Trace): boolean {
  return rows.length > 0 || held?.verdict === "held";
}

const section = (title: string, lines: readonly string[]) =>
  [title, ...lines.map((line) => `  ${line}`)].join("\n");
const linesOf = (text: string) => text.split("\n");
const shown = (value: unknown) =>
  value === null || value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);

function dataTable(data: Readonly<Record<string, unknown>>): string[] {
  return linesOf(
    table(
      ["FIELD", "VALUE"],
      Object.entries(data).map(([name, value]) => [name, shown(value)]),
    ),
  );
}

function mappingTitle({ stream, mode, verdict, field, reason }: LookedUp): string {
  const end = verdict === "kept" ? "not to be written" : verdict === "rejected" ? "REJECTED" : "to be sent";
  const why = reason === null ? "" : ` (${field === null ? "" : `${field}: `}${reason})`;
  return `MAPPING: ${stream}, ${mode}: ${end}${why}`;
}

function mappingLines({ steps, payload }: LookedUp): string[] {
  const rules = steps.flatMap((of) =>
    linesOf(
      table(
        ["FROM", "VALUE", "ITERABLE FIELD", "SENT", "WHAT HAPPENS"],
        of.map((step) => [
          step.source ?? step.place,
          shown(step.found),
          step.target ?? "",
          shown(step.sent),
          [STEPS[step.verdict] ?? step.verdict, ...(step.detail === "" ? [] : [step.detail])].join(": "),
        ]),
      ),
    ),
  );
  return payload ? [...rules, "", "as it is sent:", ...linesOf(JSON.stringify(payload, null, 2))] : rules;
}

function answerLines({ rejections, readBy, rows }: Trace): string[] {
  const told = rejections.map(
    ({ run, at, field, reason, stage }) =>
      `run ${run} of ${local(at)} rejected it: ${field === null ? "" : `${field}: `}${reason} (${stage})`,
  );
  if (told.length === 0) told.push("No run that is remembered has rejected it.");
  if (rows.length === 0) return told;
  return [
    ...told,
    readBy === undefined
      ? "No run that is remembered has succeeded since it was last converted: the next sync brings it."
      : `Run ${readBy} was the first to come to its end since it was last converted: it has been read.`,
  ].map(printable);
}

function heldLines({ identifier, verdict, fields, held, updated_at }: LookedUp): string[] {
  if (held === null) return [`Iterable has no profile of ${identifier ?? "it"}.`].map(printable);
  const compared = new Set(fields.map(({ field }) => field));
  const rows = [
    ...fields.map(({ field, sent, held: value, verdict: how }) => [
      field,
      shown(sent),
      shown(value),
      FIELDS[how] ?? how,
    ]),
    ...Object.entries(held)
      .filter(([name]) => !compared.has(name))
      .map(([name, value]) => [name, "", shown(value), ""]),
  ];
  const last = updated_at === null ? "" : `, last changed at ${updated_at}`;
  const words = {
    agrees: ", as it is sent",
    differs: ", and it DIFFERS",
    left_alone: ", which is left alone",
  };
  return [
    printable(`Iterable has the profile ${identifier}${words[verdict as keyof typeof words] ?? ""}${last}.`),
    ...linesOf(table(["FIELD", "SENT", "HELD", ""], rows)),
  ];
}
