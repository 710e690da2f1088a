import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  comparable,
  foldedWord,
  hasUnseen,
  isBlank,
  isEmpty,
  trimmed,
} from "../../../destination-iterable/mapping/text.js";

const UNSEEN: readonly (readonly [what: string, character: string])[] = [
  ["a space", " "],
  ["a tab", "\t"],
  ["a line feed", "\n"],
  ["a null character", "\u0000"],
  ["a delete character", "\u007f"],
  ["a next line", "\u0085"],
  ["a non-breaking space", "\u00a0"],
  ["a soft hyphen", "\u00ad"],
  ["a combining grapheme joiner", "\u034f"],
  ["an Arabic letter mark", "\u061c"],
  ["a Hangul filler", "\u3164"],
  ["a Mongolian vowel separator", "\u180e"],
  ["an em space", "\u2003"],
  ["a zero-width space", "\u200b"],
  ["a zero-width non-joiner", "\u200c"],
  ["a zero-width joiner", "\u200d"],
  ["a left-to-right mark", "\u200e"],
  ["a right-to-left mark", "\u200f"],
  ["a line separator", "\u2028"],
  ["a narrow non-breaking space", "\u202f"],
  ["a right-to-left override", "\u202e"],
  ["a word joiner", "\u2060"],
  ["a first strong isolate", "\u2068"],
  ["a blank of Braille", "\u2800"],
  ["an ideographic space", "\u3000"],
  ["a byte order mark", "\ufeff"],
  ["an object replacement character", "\ufffc"],
  ["a replacement character", "\ufffd"],
  ["a first half of a surrogate pair", "\ud83d"],
  ["a second half of a surrogate pair", "\udc00"],
];

/** Texts that have to stay as they are, in many scripts; what is unseen inside has its meaning there. */
const TEXTS: readonly (readonly [what: string, text: string])[] = [
  ["ASCII", "Ann Lee"],
  ["Latin with accents", "Zoë Ångström"],
  ["decomposed accents", "Zoe\u0308"],
  ["Greek", "Νίκος"],
  ["Cyrillic", "Анна"],
  ["Hebrew", "חנה"],
  ["Arabic", "أنا"],
  ["Persian with a non-joiner inside", "می\u200cخواهم"],
  ["Hindi with a joiner inside", "क्\u200dष"],
  ["Malayalam that ends in a joiner behind its virama", "രാമന്\u200d"],
  ["Sinhala", "ක්\u200dෂ"],
  ["Thai", "สวัสดี"],
  ["Korean", "김철수"],
  ["Japanese", "山田　太郎"],
  ["Chinese beyond the first plane", "𠮷野家"],
  ["a family of emoji", "👩\u200d👩\u200d👧"],
  ["an emoji with its variation selector", "❤\ufe0f"],
  ["the flag of England", "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}"],
];

describe.each(UNSEEN)("%s", (_what, character) => {
  test.each(TEXTS)("is taken off the ends of %s, which stays as it is", (_script, text) => {
    expect(trimmed(`${character}${text}${character}`)).toBe(text);
    expect(trimmed(`${character} ${character}${text}  ${character}`)).toBe(text);
  });

  test("is nothing by itself", () => {
    expect(isBlank(character)).toBe(true);
    expect(isEmpty(` ${character}${character} `)).toBe(true);
    expect(isEmpty([character, null, ""])).toBe(true);
    expect(trimmed(character.repeat(3))).toBe("");
  });

  test("makes a word no other word, and an identifier no identifier", () => {
    expect(foldedWord(`${character}YES${character}`)).toBe("yes");
    expect(hasUnseen(`ann${character}lee`)).toBe(character !== " ");
  });
});

test.each(TEXTS)("nothing is taken from %s", (_what, text) => {
  expect(trimmed(text)).toBe(text);
  expect(isBlank(text)).toBe(false);
});

test("a name is compared with its accents in one form", () => {
  expect(comparable(" Gro\u0308ße\u200b")).toBe("Größe");
});

test("whatever the text: what is trimmed is a part of it, trimmed once and for all, and blank only if all of it was", () => {
  const anything = fc.string({
    unit: fc.oneof(
      fc.constantFrom(...UNSEEN.map(([, character]) => character)),
      fc.constantFrom("a", "é", "👩", "\ufe0f"),
    ),
  });
  fc.assert(
    fc.property(anything, (text) => {
      const once = trimmed(text);
      expect(text).toContain(once);
      expect(trimmed(once)).toBe(once);
      expect(once === "").toBe(isBlank(text));
    }),
    { seed: 20261125, numRuns: 2000 },
  );
});

test("a character of the basic plane is taken off exactly if it is white space, a control, half a pair, ignorable or a blank", () => {
  const unseen = /^[\p{White_Space}\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffd]$/u;
  const wrong: number[] = [];
  for (let unit = 0; unit <= 0xffff; unit += 1) {
    const character = String.fromCharCode(unit);
    if (isBlank(character) !== unseen.test(character)) wrong.push(unit);
  }
  expect(wrong).toEqual([]);
});
