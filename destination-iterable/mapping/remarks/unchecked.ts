import type { RecordValidator } from "../../../protocol/schema/validation.js";
import { firstOf } from "./first-of.js";

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
