// Compiles the project into dist/ and makes the executables executable.
// Called with --if-needed it first installs and compiles only what is missing or stale, with nothing but Node and npm.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const stamp = join(root, "dist", ".built");
const ifNeeded = process.argv.includes("--if-needed");

const at = (...parts) => join(root, ...parts);
const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);
const run = (command, args) =>
  execFileSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });

function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && entry.name.endsWith(".ts"))
      latest = Math.max(latest, modified(join(entry.parentPath, entry.name)));
  }
  return latest;
}

if (ifNeeded && modified(at("node_modules", ".package-lock.json")) < modified(at("package-lock.json"))) {
  run("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
}

const rooms = JSON.parse(readFileSync(at("tsconfig.build.json"), "utf8")).include;
const sources = [...rooms.map((room) => newest(at(room))), modified(at("tsconfig.json"))];
if (!ifNeeded || modified(stamp) < Math.max(...sources)) {
  rmSync(at("dist"), { recursive: true, force: true });
  run(process.execPath, [at("node_modules", "typescript", "bin", "tsc"), "--project", "tsconfig.build.json"]);
  for (const file of new Set(Object.values(JSON.parse(readFileSync(at("package.json"), "utf8")).bin))) {
    chmodSync(at(file), 0o755);
  }
  writeFileSync(stamp, "");
}
