import { type ZodType, z } from "zod";
import { isJsonObject, type JsonObject } from "../protocol/message.js";
import { ConfigError } from "./errors.js";
import { nearest } from "./nearest.js";

/** Groups whose members are known well enough by their own names: FLOWCODE_CLIENT_ID, not FLOWCODE_CREDENTIALS_CLIENT_ID. */
const SILENT_GROUPS = new Set(["credentials", "advanced"]);

/**
 * The connection specification that Airbyte's platform and form accept, derived from the declaration of the settings:
 * draft-7, the input side, without `anyOf` and `$ref`.
 */
export function connectionSpecification(config: ZodType, title: string): JsonObject {
  const schema = z.toJSONSchema(config, {
    target: "draft-7",
    io: "input",
    reused: "inline",
    override: ({ jsonSchema }) => {
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.oneOf) jsonSchema.type = "object";
      if (jsonSchema.type === "object" && isEmptyObject(jsonSchema.default)) delete jsonSchema.default;
    },
  });
  return { ...(schema as JsonObject), title };
}

const isEmptyObject = (value: unknown) => isJsonObject(value) && Object.keys(value).length === 0;

/** A setting that may come from the environment, and whether it must never be shown. */
export interface StringSetting {
  readonly path: readonly string[];
  readonly variable: string;
  readonly secret: boolean;
}

/** Every text setting of a specification outside lists, with the environment variable that may stand in for it. */
export function stringSettings(specification: JsonObject, prefix: string): StringSetting[] {
  const found: StringSetting[] = [];
  const visit = (schema: JsonObject, path: readonly string[]): void => {
    for (const variant of variantsOf(schema)) {
      for (const [name, property] of propertiesOf(variant)) {
        const here = [...path, name];
        if (property.type !== "string") visit(property, here);
        else if (!found.some((setting) => setting.path.join() === here.join())) {
          const named = here.filter((part) => !SILENT_GROUPS.has(part)).join("_");
          found.push({
            path: here,
            variable: `${prefix}_${named.toUpperCase()}`,
            secret: property.airbyte_secret === true,
          });
        }
      }
    }
  };
  visit(specification, []);
  return found;
}

const variantsOf = (schema: JsonObject): JsonObject[] =>
  Array.isArray(schema.oneOf) ? schema.oneOf.filter(isJsonObject) : [schema];

const propertiesOf = (schema: JsonObject): [string, JsonObject][] =>
  Object.entries(isJsonObject(schema.properties) ? schema.properties : {}).filter(
    (entry): entry is [string, JsonObject] => isJsonObject(entry[1]),
  );

export interface ParsedConfig<Config> {
  readonly config: Config;
  /** Values that no output may ever contain. */
  readonly secrets: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Turns what a configuration file holds into settings: nulls and keys that begin with an underscore are passed over,
 * absent texts are taken from the environment (`NAME`, or the file that `NAME_FILE` names, read by `readFile`), padded texts are trimmed with a warning, numbers written as text are numbers, and unknown keys are warned of.
 * Throws ConfigError naming every setting that is wrong, without its value.
 */
export function parseConfig<Config>(
  schema: ZodType<Config>,
  file: unknown,
  prefix: string,
  environment: Readonly<Record<string, string | undefined>>,
  readFile?: (path: string, variable: string) => string,
): ParsedConfig<Config> {
  if (!isJsonObject(file)) throw new ConfigError("the configuration must be a JSON object");
  const specification = connectionSpecification(schema, "");
  const settings = stringSettings(specification, prefix);
  const warnings: string[] = [];
  const raw = withoutNulls(file) as JsonObject;
  for (const key of Object.keys(raw)) if (key.startsWith("_")) delete raw[key];

  const secrets: string[] = [];
  for (const { path, variable, secret } of settings) {
    // Compose files and charts pass variables that nobody has set as empty ones.
    const named = environment[`${variable}_FILE`];
    const fromFile = () => (named && readFile ? readFile(named, `${variable}_FILE`) || undefined : undefined);
    const value = get(raw, path) ?? (environment[variable] || fromFile());
    if (typeof value !== "string") continue;
    const trimmed = value.trim();
    if (trimmed !== value) {
      warnings.push(
        `${path.join(".")} begins or ends with white space; it was trimmed: remove it from the configuration`,
      );
    }
    set(raw, path, trimmed);
    if (secret && trimmed !== "") secrets.push(trimmed);
  }
  readNumbers(specification, raw);
  chooseVariants(specification, raw);
  warnUnknown(specification, raw, "", warnings);

  const result = schema.safeParse(raw);
  if (!result.success) throw new ConfigError(explain(result.error.issues, settings));
  return { config: result.data, secrets, warnings };
}

function explain(issues: readonly z.core.$ZodIssue[], settings: readonly StringSetting[]): string {
  const problems = issues.map((issue) => {
    const place = issue.path.join(".") || "the configuration";
    const variable = settings.find((setting) => setting.path.join(".") === place)?.variable;
    const missing = issue.code === "invalid_type" && issue.message.includes("received undefined");
    if (missing)
      return `${place} is missing${variable ? ` (it may also come from the environment: ${variable})` : ""}`;
    return `${place}: ${issue.message}`;
  });
  return `the configuration is not valid: ${problems.join("; ")}`;
}

/** Meltano, for one, hands on as text what `config set` and the environment give for a number with a fraction. */
function readNumbers(schema: JsonObject, value: JsonObject): void {
  for (const [name, property] of variantsOf(schema).flatMap(propertiesOf)) {
    const given = value[name];
    if (isJsonObject(given)) readNumbers(property, given);
    if (typeof given !== "string" || !/^\s*-?\d+(\.\d+)?\s*$/.test(given)) continue;
    if (property.type === "number" || property.type === "integer") value[name] = Number(given);
  }
}

/**
 * Where a choice between forms does not say which it is, the first form whose required members are all there is meant,
 * else the first of which there is any.
 */
function chooseVariants(schema: JsonObject, value: JsonObject): void {
  for (const [name, property] of propertiesOf(schema)) {
    if (!Array.isArray(property.oneOf)) continue;
    const chosen = isJsonObject(value[name]) ? value[name] : undefined;
    if (!chosen) continue;
    const variants = variantsOf(property).map((variant) => {
      const tag = propertiesOf(variant).find(([, member]) => "const" in member);
      const required = Array.isArray(variant.required) ? variant.required.map(String) : [];
      return {
        tag: tag?.[0] ?? "",
        value: tag?.[1].const,
        required: required.filter((key) => key !== tag?.[0]),
      };
    });
    const tag = variants[0]?.tag ?? "";
    if (tag in chosen) {
      const fits = variants.find((variant) => variant.value === chosen[tag]);
      const others = variants
        .flatMap((variant) => variant.required)
        .filter((key) => !fits?.required.includes(key));
      if (fits) for (const key of others) delete chosen[key];
    } else {
      const isGiven = (key: string) => key in chosen;
      const meant =
        variants.find(({ required }) => required.every(isGiven)) ??
        variants.find(({ required }) => required.some(isGiven));
      if (meant) chosen[tag] = meant.value;
    }
  }
}

function warnUnknown(schema: JsonObject, value: unknown, place: string, warnings: string[]): void {
  if (Array.isArray(value) && isJsonObject(schema.items)) {
    for (const [index, item] of value.entries())
      warnUnknown(schema.items, item, `${place}${index}.`, warnings);
  }
  const known = new Map(variantsOf(schema).flatMap(propertiesOf));
  if (!isJsonObject(value) || known.size === 0) return;
  for (const [key, member] of Object.entries(value)) {
    const property = known.get(key);
    if (property) {
      warnUnknown(property, member, `${place}${key}.`, warnings);
      continue;
    }
    const meant = nearest(key, [...known.keys()]);
    warnings.push(
      `${place}${key} is not a setting and was passed over${meant ? `; did you mean "${meant}"?` : ""}`,
    );
  }
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutNulls(member)]));
}

function get(value: JsonObject, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (isJsonObject(inner) ? inner[name] : undefined), value);
}

function set(value: JsonObject, path: readonly string[], leaf: string): void {
  let inner = value;
  for (const name of path.slice(0, -1)) {
    if (inner[name] === undefined) inner[name] = {};
    if (!isJsonObject(inner[name])) return;
    inner = inner[name];
  }
  inner[path.at(-1) as string] = leaf;
}
