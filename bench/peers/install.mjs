// Puts the programs that ours are compared with into bench/peers/.installed, by the locks beside this file.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const FOLDER = here(".installed");

/** The folder for a lock, filled by `install` unless it is already; another lock is another folder. */
function installed(name, lock, install) {
  const hash = createHash("sha256").update(readFileSync(lock)).digest("hex").slice(0, 12);
  const folder = join(FOLDER, `${name}-${hash}`);
  const done = join(folder, ".done");
  if (existsSync(done)) return folder;
  console.error(`installing ${name} for comparison`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  install(folder);
  writeFileSync(done, "");
  return folder;
}

const run = (command, args, options = {}) =>
  execFileSync(command, args, { stdio: ["ignore", "ignore", "pipe"], ...options });

function npm() {
  return installed("faros", here("npm/package-lock.json"), (folder) => {
    cpSync(here("npm"), folder, { recursive: true });
    run("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error"], { cwd: folder });
  });
}

function python(name) {
  const lock = here(`environments/${name}.txt`);
  const folder = installed(name, lock, (folder) => {
    run("python3", ["-m", "venv", folder]);
    const options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--requirement", lock];
    run(join(folder, "bin", "pip"), ["install", ...options]);
  });
  return join(folder, "bin", "python");
}

function debian() {
  for (const program of ["jq", "curl", "split"]) run(program, ["--version"]);
  return here("jq-curl.sh");
}

/** What `make` returns; undefined, and the reason on standard error, where it cannot be had. */
function attempt(name, make) {
  try {
    return make();
  } catch (error) {
    console.error(
      `without ${name}: ${String(error.stderr ?? error.message)
        .trim()
        .split("\n")
        .at(-1)}`,
    );
    return undefined;
  }
}

/**
 * The commands of the peers, each undefined where it cannot be installed. They take the configuration and the catalog
 * that ours take, in files.
 */
export function peers() {
  const faros = attempt("faros-airbyte-cdk", npm);
  const meltano = attempt("the Meltano SDK", () => python("meltano-sdk"));
  const airbyte = attempt("Airbyte's Python CDK", () => python("airbyte-cdk"));
  const jq = attempt("jq and curl", debian);
  const withFaros = (program) => faros && ["env", `FAROS_MODULES=${faros}/`, process.execPath, here(program)];
  return {
    farosDestination: withFaros("faros-destination.mjs"),
    farosSource: withFaros("faros-source.mjs"),
    meltano: meltano && [meltano, here("meltano_target.py")],
    airbyte: airbyte && [airbyte, here("airbyte_destination.py")],
    jq: jq && [jq],
  };
}
