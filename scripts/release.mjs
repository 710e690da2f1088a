// Prepares a release: npm run release -- 0.2.0 [--dry-run]
// Refuses where something is missing or stale. Otherwise it sets the version wherever it stands, commits, tags, and
// prints the commands that publish; it pushes and publishes nothing itself. With --dry-run it changes nothing.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { parse } from "yaml";

const root = fileURLToPath(new URL("..", import.meta.url));
const CONNECTORS = ["source-flowcode", "destination-iterable"];
const IMAGES = [...CONNECTORS, "flowcode-iterable"];

const read = (path) => readFileSync(join(root, path), "utf8");
const run = (command, ...args) => execFileSync(command, args, { cwd: root, encoding: "utf8" }).trim();
const git = (...args) => run("git", ...args);
const script = (name, ...args) => run(process.execPath, join(root, "scripts", name), ...args);
const numbers = (version) => version.split(".").map(Number);

/** Whether one version comes after another. */
function isAfter(one, other) {
  const [a, b] = [numbers(one), numbers(other)];
  const place = a.findIndex((number, index) => number !== b[index]);
  return place >= 0 && a[place] > b[place];
}

/** What --check has to say of the derived files; "" where they are as they should be. */
function stale() {
  try {
    script("build.mjs", "--if-needed");
    return script("derive.mjs", "--check");
  } catch ({ stdout, stderr }) {
    return `${stdout}${stderr}`.trim() || "the derived files cannot be checked";
  }
}

/** The text of a version in the changelog; "" where there is none. */
function notes(version) {
  const sections = read("CHANGELOG.md").split(/^## /m);
  const section = sections.find((one) => one.split(/\s/, 1)[0] === version) ?? "";
  return section.slice(version.length).trim();
}

/** What users of a connector have to know of a new major version, as Airbyte shows it to them. */
function breakingProblem(connector, version) {
  const change = parse(read(`${connector}/metadata.yaml`)).data.releases?.breakingChanges?.[version];
  if (!change)
    return `${connector}/metadata.yaml has no releases.breakingChanges."${version}", which a new major version needs`;
  const isDate = /^\d{4}-\d\d-\d\d$/.test(change.upgradeDeadline);
  return typeof change.message === "string" && change.message.trim() && isDate
    ? undefined
    : `${connector}/metadata.yaml: releases.breakingChanges."${version}" needs a message and an upgradeDeadline, such as "2027-01-31"`;
}

/** Every reason not to release. */
function refusals(version, current) {
  if (!/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.test(version ?? ""))
    return ["name the version, such as: npm run release -- 0.2.0"];
  const isTagged = git("tag", "--list", `v${version}`) !== "";
  const isMajor = numbers(version)[0] > numbers(current)[0];
  const branch = git("rev-parse", "--abbrev-ref", "HEAD");
  return [
    isTagged && `v${version} is tagged already`,
    version !== current && !isAfter(version, current) && `${version} does not come after ${current}`,
    branch !== "main" && `the branch is ${branch}: releases are made from main`,
    git("status", "--porcelain") !== "" && "the working tree has changes that are not committed",
    stale(),
    notes(version) === "" && `CHANGELOG.md says nothing of ${version}: add a section "## ${version}"`,
    ...(isMajor ? CONNECTORS.map((connector) => breakingProblem(connector, version)) : []),
  ].filter(Boolean);
}

/** Writes the version into package.json and whatever follows from it. */
function setVersion(version, current) {
  const manifest = read("package.json");
  writeFileSync(
    join(root, "package.json"),
    manifest.replace(`"version": "${current}"`, `"version": "${version}"`),
  );
  script("derive.mjs");
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { "dry-run": { type: "boolean", default: false } },
});
const [version] = positionals;
const { version: current } = JSON.parse(read("package.json"));

const reasons = refusals(version, current);
if (reasons.length > 0) {
  console.error(`Not released:\n${reasons.map((reason) => `- ${reason}`).join("\n")}`);
  process.exit(1);
}
if (values["dry-run"]) console.log(`Would set the version ${version}, commit and tag v${version}.\n`);
else {
  if (version !== current) {
    setVersion(version, current);
    git("commit", "--quiet", "--all", "--message", `Release ${version}`);
  }
  git(
    "tag",
    "--annotate",
    `v${version}`,
    "--message",
    `${version}\n\n${notes(version)}`,
    "--cleanup=verbatim",
  );
  const back = version === current ? "" : " && git reset --hard HEAD~1";
  console.log(
    `The version is ${version}, committed and tagged. To take it back: git tag --delete v${version}${back}\n`,
  );
}
console.log(`To publish it (on GitHub the tag does the rest: .github/workflows/release.yml):

git push origin main v${version}
npm pkg set name=@YOUR-SCOPE/flowcode-iterable && npm run build && npm publish --access public
${IMAGES.map((name) => `docker build --target ${name} --tag flowcode-iterable/${name}:${version} . && docker push flowcode-iterable/${name}:${version}`).join("\n")}`);
