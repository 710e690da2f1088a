import type { LookedUp } from "./looked-up.js";

const VERDICTS: Readonly<Record<LookedUp["verdict"], string>> = {
  agrees: "Iterable holds what is sent",
  differs: "Iterable holds something else",
  absent: "Iterable has no profile",
  left_alone: "Iterable holds something else, which the settings leave alone",
  kept: "not to be written",
  rejected: "rejected by the mapping",
  held: "Iterable has a profile",
  unreadable: "Iterable keeps failing to read this profile, and no other",
};

/** What was found out about a contact, as lines for people. */
export function textOf(found: LookedUp): string {
  const {
    lines,
    stream,
    identifier,
    verdict,
    field,
    reason,
    steps,
    payload,
    second_payload,
    lists,
    events,
    unsent,
    fields,
    held,
  } = found;
  const where = `${stream === null ? "" : `${stream}, `}line ${lines.join(" and ")}`;
  const why =
    reason === null || verdict === "unreadable" ? "" : ` (${field === null ? "" : `${field}: `}${reason})`;
  return [
    `${where}${identifier === null ? "" : `: ${identifier}`}: ${VERDICTS[verdict]}${why}`,
    ...steps.flat().map((step) => {
      const detail = step.detail === "" ? "" : ` (${step.detail})`;
      const sent = step.sent === null ? "" : ` ${shown(step.sent)}`;
      return `  ${step.source ?? step.place} ${shown(step.found)} -> ${step.target ?? "-"}${sent}: ${step.verdict}${detail}`;
    }),
    ...(payload ? [`  payload: ${JSON.stringify(payload)}`] : []),
    ...(second_payload ? [`  then: ${JSON.stringify(second_payload)}`] : []),
    ...(lists.length > 0 ? [`  lists: ${lists.join(", ")}`] : []),
    ...events.map((event) => `  event: ${JSON.stringify(event)}`),
    ...unsent.map(unsentText),
    ...fields
      .filter((one) => one.verdict !== "same")
      .map((one) => `  ${one.field}: ${one.verdict}: sent ${shown(one.sent)}, held ${shown(one.held)}`),
    ...(held ? [`  held: ${JSON.stringify(held)}`] : []),
  ]
    .map((line) => line.replace(/\p{Cc}/gu, " "))
    .join("\n");
}

function unsentText({ list, event, field, found, reason }: LookedUp["unsent"][number]): string {
  const what = list === null ? `event ${event} not sent` : `not on list ${list}`;
  return `  ${what}: ${reason === "condition" ? `${field} is ${shown(found)}` : `${field} ${reason}`}`;
}

const shown = (value: unknown) => (value === null ? "-" : JSON.stringify(value));
