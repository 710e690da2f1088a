import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ROOT } from "./architecture/files.js";

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const { version } = JSON.parse(read("package.json"));

describe.each(["source-flowcode", "destination-iterable"])("the metadata of %s", (name) => {
  const { data } = parse(read(`${name}/metadata.yaml`));

  test("is of this version, with an icon", () => {
    expect(data.dockerImageTag).toBe(version);
    expect(existsSync(join(ROOT, name, data.icon))).toBe(true);
  });

  test("says what the connector can do", () => {
    const isDestination = name === "destination-iterable";
    expect({ ...data }).toMatchObject({ connectorType: isDestination ? "destination" : "source" });
    expect(data.supportsDataActivation ?? false).toBe(isDestination);
    expect(data.supportsRefreshes ?? false).toBe(isDestination);
  });
});

test("entries for a registry of one's own name the images and carry the specifications", () => {
  const script = join(ROOT, "scripts", "registry-entries.mjs");
  const printed = execFileSync(process.execPath, [script, "registry.example.com"], { encoding: "utf8" });
  const [source, destination] = printed.split(/(?<=^\})\n/m).map((text) => text && JSON.parse(text));
  expect(source).toMatchObject({
    sourceDefinitionId: expect.stringMatching(/^[\da-f-]{36}$/),
    dockerRepository: "registry.example.com/source-flowcode",
    dockerImageTag: version,
    spec: { connectionSpecification: { required: expect.any(Array) } },
  });
  expect(destination).toMatchObject({
    destinationDefinitionId: expect.stringMatching(/^[\da-f-]{36}$/),
    supportsDataActivation: true,
    supportsRefreshes: true,
  });
});
