import { plain } from "./plain.js";

/** What forms write for yes and no; a checkbox that is ticked is `on`. Words that mean both in two languages are in none. */
const YES =
  "true yes y t on 1 checked ✓ ✔ ☑ ja oui sí sì si sim da да так tak ano igen kyllä jah taip jā evet ναι כן نعم بله हाँ हां ใช่ có ya はい 是 예 네";
const NO =
  "false no n f off 0 unchecked ☐ ✗ ✘ nein non não nie nej nei nee нет ні nem ei hayır όχι לא لا خیر नहीं ไม่ใช่ không tidak いいえ 否 아니오 아니요";

const ANSWERS: ReadonlyMap<string, boolean> = new Map([
  ...YES.split(" ").map((word) => [plain(word).normalize("NFC"), true] as const),
  ...NO.split(" ").map((word) => [plain(word).normalize("NFC"), false] as const),
]);

/** What a word in lower case answers; undefined where it is no such word. */
export function answerOf(word: string): boolean | undefined {
  return ANSWERS.get(word) ?? ANSWERS.get(plain(word).normalize("NFC"));
}
