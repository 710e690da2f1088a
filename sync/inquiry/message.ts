import type { z } from "zod";

/** The first of these lines that is a message of this kind. */
export function firstOf<T>(kind: z.ZodType<T>, lines: readonly string[]): T | undefined {
  for (const line of lines) {
    try {
      const result = kind.safeParse(JSON.parse(line));
      if (result.success) return result.data;
    } catch {}
  }
  return undefined;
}
