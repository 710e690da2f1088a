import { execFile } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "../architecture/files.js";
import { ENGINE } from "./engine.js";
import { startVendors, type Vendors } from "./vendors.js";

let vendors: Vendors;
beforeAll(async () => {
  vendors = await startVendors(200);
});
afterAll(() => vendors.close());

test("what the README prints for docker brings the contacts, twice, by the state in between", async () => {
  const readme = await readFile(join(ROOT, "README.md"), "utf8");
  const [, block = ""] = /### The same with docker[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme) ?? [];
  expect(block).toContain("docker run");
  const folder = join(vendors.folder, "my-sync");
  await mkdir(folder);
  for (const name of ["source.json", "destination.json", "catalog.json"]) {
    await vendors.write(`my-sync/${name}`, await vendors.text(name));
  }
  await vendors.write("my-sync/state.jsonl", "");
  const docker = join(vendors.folder, "docker");
  // The stand-ins of the vendors listen on this machine alone, where containers reach them by its network.
  const shim = `#!/bin/sh\n[ "$1" = run ] && { shift; set -- run --network=host "$@"; }\nexec ${ENGINE.join(" ")} "$@"\n`;
  await writeFile(docker, shim);
  await chmod(docker, 0o755);

  const script = block.replace(/ \.$/gm, ` "${ROOT}"`);
  const bring = () =>
    promisify(execFile)("bash", ["-e", "-o", "pipefail", "-c", script], {
      cwd: vendors.folder,
      env: { ...process.env, PATH: `${vendors.folder}:${process.env.PATH}` },
      maxBuffer: 1e8,
    });
  await bring();
  expect(vendors.held()).toEqual(vendors.promised());
  vendors.scan("after@example.com");
  const { stdout } = await bring();
  expect(vendors.held()).toEqual(vendors.promised());
  expect(stdout).toContain("1 read = 1 delivered");
});
