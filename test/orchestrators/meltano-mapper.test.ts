import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { parse } from "yaml";
import { SERVER_SIDE_KEY } from "../../simulators/iterable.js";
import { ROOT } from "../architecture/files.js";
import { ended } from "../process.js";
import { type Stage, setStage } from "../stage.js";
import { held } from "../sync/project.js";
import { executable } from "./environments.js";
import { setMeltano } from "./project.js";

const MAPPED = ["run", "tap-flowcode", "shirt-size", "target-iterable"];
const PHONE = "+4915112345678";
const FIELDS = { shirtSize: "string", phoneHash: "string" } as const;
const [MAPPER] = parse(readFileSync(join(ROOT, "examples/meltano/meltano.yml"), "utf8")).plugins.mappers;

let stage: Stage;
afterEach(() => stage.close());

function contact(name: string, answers: object = {}, at = new Date()) {
  const when = at.toISOString();
  return {
    user: { email: `${name}@example.com`, name: `${name} Lee`, ...answers },
    firstConvertedAt: when,
    lastConvertedAt: when,
  };
}

test("a mapper renames, hashes and filters on the way, and the next run brings only what is new", async () => {
  const rows = [
    contact("Ann", { "Shirt Size": "M", phone: PHONE }),
    contact("Bo"),
    contact("Me", { email: "me@yourcompany.example" }),
  ];
  stage = await setStage(rows, { iterable: { fields: FIELDS } });
  const meltano = await setMeltano(stage, SERVER_SIDE_KEY);
  // The environment's mapper stands for the one that Meltano would install from PyPI.
  const lock = readFileSync(join(ROOT, "test/orchestrators/environments/singer-sdk.txt"), "utf8");
  expect(lock.split("\n")).toContain(MAPPER.pip_url);
  const project = await meltano.read("meltano.yml");
  await meltano.write("meltano.yml", project.replace(`    pip_url: ${MAPPER.pip_url}\n`, ""));

  const first = await meltano.run(MAPPED);
  const phoneHash = createHash("sha256").update(PHONE).digest("hex");
  const ann = { firstName: "Ann", lastName: "Lee", phoneNumber: PHONE, shirtSize: "M", phoneHash };
  const bo = { firstName: "Bo", lastName: "Lee" };
  expect({ code: first.code, arrived: held(stage) }).toEqual({
    code: 0,
    arrived: { "ann@example.com": ann, "bo@example.com": bo },
  });

  stage.flowcode.add([contact("Cy", { "Shirt Size": "XL" })]);
  const second = await meltano.run(MAPPED);
  const cy = { firstName: "Cy", lastName: "Lee", shirtSize: "XL" };
  expect({ code: second.code, arrived: held(stage) }).toEqual({
    code: 0,
    arrived: { "ann@example.com": ann, "bo@example.com": bo, "cy@example.com": cy },
  });
  expect(second.stderr).toContain("1 read = 1 delivered");
});

test("keys, states and which answer is the newer one pass through a mapper", async () => {
  const email = "ann@example.com";
  const older = contact("Zoe", { email, "Shirt Size": "S" }, new Date(Date.now() - 86_400_000));
  const newer = contact("Ann", { email: "Ann@Example.com", "Shirt Size": "M" });
  stage = await setStage([newer, older], { iterable: { fields: FIELDS } });
  const tap = await stage.source("read", { dialect: "singer" });
  const config = await stage.write("mapper.json", MAPPER.mappings[0].config);
  const mapper = spawn(executable("singer-sdk", MAPPER.executable), ["--config", config]);
  mapper.stdin.end(tap.stdout);
  const mapped = await ended(mapper);

  const [declared, ...others] = mapped.messages;
  expect(declared).toMatchObject({ type: "SCHEMA", stream: "contacts", key_properties: ["contact_key"] });
  expect(declared?.schema.properties).toHaveProperty("shirtSize");
  expect(declared?.schema.properties).not.toHaveProperty(["Shirt Size"]);
  const keys = others.flatMap(({ record }) => (record ? [record.contact_key] : []));
  expect(keys).toEqual([email, email]);
  const states = (messages: typeof others) => messages.filter(({ type }) => type === "STATE");
  expect(states(others)).toEqual(states(tap.messages));

  const target = await stage.destination("write", { dialect: "singer", input: mapped.stdout });
  expect(target.code).toBe(0);
  expect(stage.iterable.users.get(email)?.dataFields).toMatchObject({ shirtSize: "M" });
  expect(JSON.parse(String(target.lines.at(-1)))).toEqual(states(tap.messages).at(-1)?.value);
});
