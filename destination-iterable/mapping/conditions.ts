import type { JsonObject } from "../../protocol/message.js";
import type { Consent, SkipCondition } from "../config.js";
import { compilePath, type Pick } from "./paths.js";
import { comparable, foldedWord, isEmpty } from "./text.js";

/**
 * Compiles whether a contact has agreed: whether its answer, or one of a list of answers, is one of the words, whatever
 * its case. Who has not answered has not agreed.
 */
export function compileConsent(
  { field, agrees }: Consent,
  compile: (path: string) => Pick = compilePath,
): (record: JsonObject) => boolean {
  const pick = compile(field);
  const words = new Set(agrees.map(foldedWord));
  return (record) => {
    const answer = pick(record)?.value;
    return (Array.isArray(answer) ? answer : [answer]).some(
      (one) => isScalar(one) && words.has(foldedWord(one)),
    );
  };
}

/**
 * The field by which a record says that it was deleted; undefined where it does not. Airbyte's sources of databases write
 * the one ("CDC", Airbyte's docs), Singer's SDK the other (`add_record_metadata`).
 */
export function deletionOf(record: JsonObject): string | undefined {
  if (!isEmpty(record._ab_cdc_deleted_at)) return "_ab_cdc_deleted_at";
  return isEmpty(record._sdc_deleted_at) ? undefined : "_sdc_deleted_at";
}

/** Compiles whether a record meets a condition. Texts are compared without what nobody sees at their ends; case counts. */
export function compileCondition(
  condition: SkipCondition,
  compile: (path: string) => Pick = compilePath,
): (record: JsonObject) => boolean {
  const { field, equals, in: among = [], empty, not_empty: notEmpty } = condition;
  const pick = compile(field);
  const words = new Set([...(equals === undefined ? [] : [equals]), ...among].map(comparable));
  return (record) => {
    const value = pick(record)?.value;
    if (isEmpty(value)) return empty === true;
    if (notEmpty === true) return true;
    return (Array.isArray(value) ? value : [value]).some(
      (one) => isScalar(one) && words.has(comparable(String(one))),
    );
  };
}

const isScalar = (value: unknown) => value !== null && value !== undefined && typeof value !== "object";
