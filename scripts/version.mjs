// The version stands in package.json. These are the other places that have to name it, and follow from it.

const VERSION = String.raw`\d+\.\d+\.\d+`;
/** What stands before and behind the version in each of them. */
const PLACES = {
  Dockerfile: [/(?<=\.version=")/, /(?=")/],
  "source-flowcode/metadata.yaml": [/(?<=^ {2}dockerImageTag: )/, /$/],
  "destination-iterable/metadata.yaml": [/(?<=^ {2}dockerImageTag: )/, /$/],
  "docs/airbyte.md": [/(?<=(?:source-flowcode|destination-iterable):|, tag `)/, /(?=\s|`)/],
  "examples/compose.yaml": [/(?<=\bflowcode-iterable:)/, /(?=\s)/],
  "examples/kubernetes/cronjob.yaml": [/(?<=\bflowcode-iterable:)/, /$/],
};
const LOCK = "package-lock.json";

export const VERSIONED = [LOCK, ...Object.keys(PLACES)];

/** The text of one of these files with this version in it. Throws where the file no longer names any. */
export function withVersion(path, text, version) {
  if (path === LOCK) {
    const lock = JSON.parse(text);
    lock.version = version;
    lock.packages[""].version = version;
    return `${JSON.stringify(lock, null, 2)}\n`;
  }
  const [before, behind] = PLACES[path];
  const place = new RegExp(`${before.source}${VERSION}${behind.source}`, "gm");
  if (!place.test(text)) throw new Error(`${path} names no version: correct scripts/version.mjs`);
  return text.replace(place, version);
}
