// Puts each program together with the packages that it uses: a folder of its own in dist/, with source maps and the
// licenses of those packages. One file to find, read and compile in place of hundreds is half of a connector's start.
// Called with --if-needed it first installs and builds only what is missing or stale, with nothing but Node and npm.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The programs of each folder in dist/, by the names of their files. */
const PROGRAMS = {
  "source-flowcode": ["main"],
  "destination-iterable": ["main"],
  sync: ["main"],
  simulators: ["main", "demo"],
  scripts: ["parts"],
};
/** The folders with code that goes into programs. */
const ROOMS = [...Object.keys(PROGRAMS), "connector", "http", "protocol"];
/** The console's pages, for browsers. */
const PAGES = "console-ui";
const LICENSES = "third-party-licenses.txt";

const root = fileURLToPath(new URL("..", import.meta.url));
const at = (...parts) => join(root, ...parts);
const stamp = at("dist", ".built");
const ifNeeded = process.argv.includes("--if-needed");
const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && /\.(tsx?|css|html|svg)$/.test(entry.name))
      latest = Math.max(latest, modified(join(entry.parentPath, entry.name)));
  }
  return latest;
}

/** The folders of the packages that modules come from, by their paths. */
function packagesOf(modules) {
  const folders = modules.map((path) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(path)?.[0]);
  return [...new Set(folders)].filter((folder) => folder !== undefined).sort();
}

/** What a package asks to be copied with it. */
function licenseOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((path) => /^licen[cs]e/i.test(path));
  if (!file) throw new Error(`${name} has no file with its license, which has to be copied with it`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
}

async function bundle(room, names) {
  const { rolldown } = await import("rolldown");
  const input = Object.fromEntries(names.map((name) => [name, at(room, `${name}.ts`)]));
  const bundled = await rolldown({
    input,
    cwd: root,
    platform: "node",
    // bottleneck looks for Redis with eval; what programs import when they need it, parts.ts imports at once.
    checks: { eval: false, ineffectiveDynamicImport: false },
    onLog(_level, { message }) {
      throw new Error(message);
    },
  });
  const { output } = await bundled.write({
    dir: at("dist", room),
    chunkFileNames: "[name].js",
    sourcemap: true,
  });
  await bundled.close();
  writeLicenses(at("dist", room), output);
}

function writeLicenses(folder, output) {
  const modules = output.flatMap((file) => (file.type === "chunk" ? Object.keys(file.modules) : []));
  const licenses = packagesOf(modules).map(licenseOf);
  if (licenses.length > 0) writeFileSync(join(folder, LICENSES), licenses.join(`\n${"-".repeat(72)}\n\n`));
}

/** One script, and what stands beside it, in dist/console/. */
async function bundlePages() {
  const { rolldown } = await import("rolldown");
  const folder = at("dist/console");
  const bundled = await rolldown({
    input: at(PAGES, "main.tsx"),
    cwd: root,
    platform: "browser",
    onLog(_level, { message }) {
      throw new Error(message);
    },
  });
  const { output } = await bundled.write({ dir: folder, entryFileNames: "main.js", minify: true });
  await bundled.close();
  for (const name of ["index.html", "style.css", "icon.svg"])
    copyFileSync(at(PAGES, name), join(folder, name));
  writeLicenses(folder, output);
}

if (ifNeeded && modified(at("node_modules", ".package-lock.json")) < modified(at("package-lock.json"))) {
  execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
}

const sources = [...ROOMS, PAGES].map((room) => newest(at(room)));
const others = ["package-lock.json", "scripts/build.mjs"].map((path) => modified(at(path)));
if (!ifNeeded || modified(stamp) < Math.max(...sources, ...others)) {
  rmSync(at("dist"), { recursive: true, force: true });
  await Promise.all([...Object.entries(PROGRAMS).map(([room, names]) => bundle(room, names)), bundlePages()]);
  for (const file of new Set(Object.values(JSON.parse(readFileSync(at("package.json"), "utf8")).bin))) {
    chmodSync(at(file), 0o755);
  }
  writeFileSync(stamp, "");
}
