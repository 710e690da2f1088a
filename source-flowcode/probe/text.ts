import type { Assumption } from "./assumptions.js";
import type { FieldSeen } from "./fields-seen.js";

const MARK = { holds: "yes", fails: "NO", unknown: "?" } as const;

/** What a probe has found. */
export interface ProbeReport {
  /** How many contacts were looked at, and how many of them had neither email nor phone. */
  readonly contacts: number;
  readonly anonymous: number;
  readonly assumptions: readonly Assumption[];
  readonly fields: readonly FieldSeen[];
}

/** The report for people. */
export function probeText({ contacts, anonymous, assumptions, fields }: ProbeReport): string {
  const width = Math.max(0, ...fields.map(({ name }) => name.length));
  return [
    `Looked at ${contacts} contacts, ${anonymous} of them without email and phone. Nothing was changed.`,
    "",
    ...assumptions.flatMap(({ claim, verdict, seen, advice }) => [
      `${MARK[verdict].padStart(4)}  ${claim}`,
      `      ${seen}`,
      ...(advice ? [`      -> ${advice}`] : []),
    ]),
    "",
    "Fields seen, their types, and how many contacts have them",
    ...fields.map(
      ({ name, types, filled }) =>
        `      ${name.padEnd(width)}  ${String(filled).padStart(3)} %  ${types.join(", ")}`,
    ),
  ].join("\n");
}
