import type { RecordValidator } from "../../../protocol/schema/validation.js";

/** Names shown in a remark. */
const MAX_NAMES = 20;

/** What a stream's schema demands and nobody checks. */
export function uncheckedRemarks({
  unchecked,
  unusedPatterns,
}: Pick<RecordValidator, "unchecked" | "unusedPatterns">): string[] {
  return [
    ...(unchecked.length > 0
      ? [
          `the schemas of these fields cannot be used, and their values are not checked: ${firstOf(unchecked)}`,
        ]
      : []),
    ...(unusedPatterns.length > 0
      ? [
          `the schema has patterns that cannot be checked in bounded time, and are passed over: ${firstOf(unusedPatterns)}`,
        ]
      : []),
  ];
}

function firstOf(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return names.slice(0, MAX_NAMES).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
