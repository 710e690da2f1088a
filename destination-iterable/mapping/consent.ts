import type { JsonObject } from "../../protocol/message.js";
import type { Consent } from "../config.js";
import { compilePath } from "./paths.js";

/**
 * Compiles whether a contact has agreed: whether its answer, or one of a list of answers, is one of the words. Who has
 * not answered has not agreed.
 */
export function compileConsent({ field, agrees }: Consent): (record: JsonObject) => boolean {
  const pick = compilePath(field);
  const words = new Set(agrees.map(folded));
  return (record) => {
    const answer = pick(record)?.value;
    return (Array.isArray(answer) ? answer : [answer]).some(
      (one) => one !== null && one !== undefined && typeof one !== "object" && words.has(folded(one)),
    );
  };
}

const folded = (word: unknown) => String(word).trim().toLowerCase();
