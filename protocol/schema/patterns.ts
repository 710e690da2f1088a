import type { RE2JS } from "re2js";
import type { JsonObject } from "../message.js";

/** Compiles patterns that others hand us, for an engine whose time is linear in the text whatever the pattern. */
export interface Patterns {
  /** Whether a text matches; undefined for a pattern that the engine does not take, such as one that looks ahead. */
  compile(pattern: string): ((text: string) => boolean) | undefined;
}

/** A longer pattern is not used. */
const MAX_PATTERN = 1_000;
/** Characters times instructions: a text that would take more is not looked at, and matches. */
const MAX_STEPS = 1_000_000;
/** The most characters of one text that any pattern runs over. */
const MAX_TEXT = 10_000;
/** Levels of a schema that are searched: what stands deeper is not checked either. */
const MAX_DEPTH = 40;

/** The engine, which is loaded only where one of these schemas has a pattern; undefined where none has. */
export async function patternsFor(schemas: readonly JsonObject[]): Promise<Patterns | undefined> {
  if (!schemas.some((schema) => hasPattern(schema, 0))) return undefined;
  const { RE2JS: Engine } = await import("re2js");
  const known = new Map<string, ((text: string) => boolean) | undefined>();
  return {
    compile(pattern) {
      if (!known.has(pattern)) known.set(pattern, compile(Engine, pattern));
      return known.get(pattern);
    },
  };
}

function hasPattern(schema: unknown, depth: number): boolean {
  if (typeof schema !== "object" || schema === null || depth > MAX_DEPTH) return false;
  return Object.entries(schema).some(
    ([name, inner]) =>
      name === "patternProperties" ||
      (name === "pattern" && typeof inner === "string") ||
      hasPattern(inner, depth + 1),
  );
}

function compile(Engine: typeof RE2JS, pattern: string): ((text: string) => boolean) | undefined {
  if (pattern.length > MAX_PATTERN) return undefined;
  try {
    const compiled = Engine.compile(Engine.translateRegExp(pattern));
    const longest = Math.min(MAX_TEXT, MAX_STEPS / compiled.programSize());
    return (text) => text.length > longest || compiled.test(text);
  } catch {
    return undefined;
  }
}
