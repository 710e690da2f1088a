import { describe, expect, test } from "vitest";
import { z } from "zod";
import { ConfigError } from "../../connector/errors.js";
import { parseConfig } from "../../connector/spec.js";

const notEmpty = () => z.string().min(1, "must not be empty");
const schema = z.object({
  workspace_id: notEmpty(),
  credentials: z.discriminatedUnion("kind", [
    z.object({
      kind: z.literal("client"),
      id: notEmpty(),
      secret: notEmpty().meta({ airbyte_secret: true }),
    }),
    z.object({ kind: z.literal("key"), key: notEmpty().meta({ airbyte_secret: true }) }),
  ]),
  region: z.enum(["us", "eu"]).default("us"),
  limit: z.number().int().min(1).max(10).default(5),
  mapping: z.array(z.object({ source: z.string().optional(), target: notEmpty() })).optional(),
  advanced: z.object({ base_url: z.string().optional(), seconds: z.number().default(30) }).prefault({}),
});

const parse = (file: unknown, environment: Record<string, string | undefined> = {}) =>
  parseConfig(schema, file, "TINY", environment);
const KEY = { kind: "key", key: "k-12345" };
const CLIENT = { kind: "client", id: "the-id", secret: "s-12345" };
const GOOD = { workspace_id: "w", credentials: KEY };

describe("a configuration", () => {
  test("takes the defaults for what it does not say", () => {
    expect(parse(GOOD)).toEqual({
      config: { ...GOOD, region: "us", limit: 5, advanced: { seconds: 30 } },
      secrets: ["k-12345"],
      warnings: [],
    });
  });

  test("may have nulls for what is not set, at any depth", () => {
    const file = {
      ...GOOD,
      region: null,
      mapping: [{ source: null, target: "t" }],
      advanced: { base_url: null, seconds: null },
    };
    expect(parse(file).config).toMatchObject({
      region: "us",
      mapping: [{ target: "t" }],
      advanced: { seconds: 30 },
    });
  });

  test("may have keys that begin with an underscore, which Airbyte's tools add", () => {
    expect(parse({ ...GOOD, _limit: 5, _page_size: 10 }).warnings).toEqual([]);
  });

  test("may have its numbers as text, at any depth, as Meltano hands them on", () => {
    const file = { ...GOOD, limit: "7", advanced: { seconds: " 2.5 " } };
    expect(parse(file).config).toMatchObject({ limit: 7, advanced: { seconds: 2.5 } });
  });

  test.each(["", "seven", "0x7", "1e1", "7,5", "NaN"])("takes %j for no number", (limit) => {
    expect(() => parse({ ...GOOD, limit })).toThrow(/limit: .*expected number/);
  });

  test("keeps a text of digits where a text is meant", () => {
    expect(parse({ ...GOOD, workspace_id: "12" }).config.workspace_id).toBe("12");
  });

  test("is not changed by being read", () => {
    const file = Object.freeze({ workspace_id: " w ", credentials: Object.freeze({ ...KEY }), _x: null });
    parse(file, { TINY_BASE_URL: "https://x" });
    expect(file).toEqual({ workspace_id: " w ", credentials: KEY, _x: null });
  });

  test.each([[null], [[]], ["text"], [7]])("is refused when it is %j", (file) => {
    expect(() => parse(file)).toThrow(ConfigError);
  });
});

describe("the environment", () => {
  test("may hold every text, so that no file is needed", () => {
    const { config, secrets } = parse(
      {},
      {
        TINY_WORKSPACE_ID: "w",
        TINY_ID: "the-id",
        TINY_SECRET: "s-12345",
        TINY_REGION: "eu",
        TINY_BASE_URL: "https://x",
      },
    );
    expect(config).toMatchObject({
      workspace_id: "w",
      credentials: CLIENT,
      region: "eu",
      advanced: { base_url: "https://x", seconds: 30 },
    });
    expect(secrets).toEqual(["s-12345"]);
  });

  test.each<[string, unknown, string]>([
    ["gives way to the file", "of the file", "of the file"],
    ["stands in for a null", null, "of the environment"],
    ["stands in for what is absent", undefined, "of the environment"],
  ])("%s", (_what, value, expected) => {
    const { config } = parse({ ...GOOD, workspace_id: value }, { TINY_WORKSPACE_ID: "of the environment" });
    expect(config.workspace_id).toBe(expected);
  });

  test("does not replace what the file says wrongly, so that the mistake is found", () => {
    expect(() => parse({ ...GOOD, workspace_id: "" }, { TINY_WORKSPACE_ID: "w" })).toThrow("workspace_id");
  });

  test("counts as silent where a variable is empty, as compose files leave it", () => {
    expect(parse(GOOD, { TINY_REGION: "", TINY_BASE_URL: "" }).config).toMatchObject({
      region: "us",
      advanced: { seconds: 30 },
    });
  });

  test("does not mix its credentials into those of another form in the file", () => {
    expect(parse({ ...GOOD, credentials: CLIENT }, { TINY_KEY: "k-other" }).config.credentials).toEqual(
      CLIENT,
    );
  });
});

describe("white space around a text", () => {
  test("is removed, with a warning that names the setting and not its value", () => {
    const { config, secrets, warnings } = parse({ ...GOOD, credentials: { kind: "key", key: " k-12345\n" } });
    expect(config.credentials).toEqual(KEY);
    expect(secrets).toEqual(["k-12345"]);
    expect(warnings).toEqual([expect.stringMatching(/^credentials\.key begins or ends with white space/)]);
    expect(warnings.join()).not.toContain("12345");
  });

  test("is not enough to be a value", () => {
    expect(() => parse({ ...GOOD, workspace_id: "  " })).toThrow("workspace_id: must not be empty");
  });
});

describe("a key that is no setting", () => {
  test.each<[string, Record<string, unknown>, string]>([
    [
      "a slip of the finger",
      { regoin: "eu" },
      'regoin is not a setting and was passed over; did you mean "region"?',
    ],
    [
      "another way of writing it",
      { workspaceId: "x" },
      'workspaceId is not a setting and was passed over; did you mean "workspace_id"?',
    ],
    ["something else", { favourite_colour: "x" }, "favourite_colour is not a setting and was passed over"],
    [
      "one inside a group",
      { advanced: { baseurl: "x" } },
      'advanced.baseurl is not a setting and was passed over; did you mean "base_url"?',
    ],
    [
      "one inside a choice",
      { credentials: { ...KEY, kay: "x" } },
      'credentials.kay is not a setting and was passed over; did you mean "key"?',
    ],
    [
      "one inside an entry of a list",
      { mapping: [{ target: "a" }, { soruce: "x", target: "b" }] },
      'mapping.1.soruce is not a setting and was passed over; did you mean "source"?',
    ],
  ])("is warned of: %s", (_what, file, warning) => {
    expect(parse({ ...GOOD, ...file }).warnings).toEqual([warning]);
  });
});

describe("a choice between forms", () => {
  test.each<[string, unknown, unknown]>([
    ["that says which it is", CLIENT, CLIENT],
    ["that does not say so, by the members it has", { key: "k-12345" }, KEY],
    ["that does not say so, by the other's members", { id: "the-id", secret: "s-12345" }, CLIENT],
    ["that has members of the other form left over", { ...KEY, id: "x", secret: "y" }, KEY],
  ])("is understood %s", (_what, credentials, expected) => {
    expect(parse({ ...GOOD, credentials }).config.credentials).toEqual(expected);
  });

  test("misses the member that is missing, and not the name of the form", () => {
    expect(() => parse({ ...GOOD, credentials: { id: "the-id" } })).toThrow(
      "credentials.secret is missing (it may also come from the environment: TINY_SECRET)",
    );
  });

  test("lists the forms where none is recognizable", () => {
    expect(() => parse({ ...GOOD, credentials: { kind: "password" } })).toThrow(
      /credentials\.kind.*client.*key/,
    );
  });
});

describe("a mistake", () => {
  test("is reported together with all the others", () => {
    const wrong = { credentials: { kind: "client", id: 7 }, region: "mars", limit: 99, mapping: [{}] };
    let message = "";
    try {
      parse(wrong);
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      message = (error as Error).message;
    }
    for (const place of [
      "workspace_id",
      "credentials.id",
      "credentials.secret",
      "region",
      "limit",
      "mapping.0.target",
    ])
      expect(message).toContain(place);
    expect(message).toContain("TINY_WORKSPACE_ID");
  });

  test.each<[string, Record<string, unknown>]>([
    ["a secret that is a number", { credentials: { kind: "key", key: 987_654_321 } }],
    ["a secret that is a list", { credentials: { kind: "key", key: ["987654321"] } }],
    ["a secret in the place of a group", { credentials: "987654321" }],
    ["a secret in the place of a choice", { region: "987654321" }],
    ["a secret in the place of a form's name", { credentials: { kind: "987654321", key: "k" } }],
    ["a secret beside another mistake", { credentials: { kind: "key", key: "987654321" }, limit: 0.5 }],
    ["a number out of its bounds", { limit: 987_654_321 }],
  ])("never shows the value: %s", (_what, file) => {
    const parsing = () => parse({ ...GOOD, ...file });
    expect(parsing).toThrow(ConfigError);
    expect(parsing).toThrow(/^(?!.*987)/);
  });

  test("never shows the value of what is only warned of", () => {
    const { warnings } = parse({ ...GOOD, "987654321": " 987654321 ", region: " eu ", api_kye: "987654321" });
    expect(warnings.filter((warning) => warning.replace(/^987654321 is/, "").includes("987"))).toEqual([]);
  });
});

describe("a setting from a file that the environment names", () => {
  const read = (path: string, variable: string) => `${variable} in ${path}`;
  const parseWith = (file: unknown, environment: Record<string, string>) =>
    parseConfig(schema, file, "TINY", environment, read);

  test("counts like the variable itself, and is hidden where it is a secret", () => {
    const { config, secrets } = parseWith(
      { credentials: { kind: "key" } },
      { TINY_WORKSPACE_ID: "w", TINY_KEY_FILE: "/run/key", TINY_BASE_URL_FILE: "/run/url" },
    );
    expect(config.credentials).toEqual({ kind: "key", key: "TINY_KEY_FILE in /run/key" });
    expect(config.advanced.base_url).toBe("TINY_BASE_URL_FILE in /run/url");
    expect(secrets).toEqual(["TINY_KEY_FILE in /run/key"]);
  });

  test("is not looked at where the setting is there already", () => {
    const environment = { TINY_KEY: "from-environment", TINY_KEY_FILE: "/k", TINY_WORKSPACE_ID_FILE: "/w" };
    const { config } = parseWith({ workspace_id: "w", credentials: { kind: "key" } }, environment);
    expect(config).toMatchObject({ workspace_id: "w", credentials: { key: "from-environment" } });
  });
});
