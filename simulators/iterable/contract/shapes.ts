import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { Request } from "../../http/exchange.js";
import { isObject, type Json } from "../../json.js";
import api from "./api.json" with { type: "json" };

interface Operation {
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly schema?: Json }[];
}
const PATHS = Object.entries(api.paths as unknown as Record<string, Record<string, Operation>>).map(
  ([path, operations]) => ({
    pattern: new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`),
    operations,
  }),
);

/**
 * What is wrong with a request's query and body by the public description of Iterable's API, in Iterable's words, by the
 * place; undefined where it fits. `unknownKeys`: whether keys that it does not have are wrong.
 */
export function findMisfit(request: Request, unknownKeys: "refused" | "ignored"): Json | undefined {
  const operation = PATHS.find(({ pattern }) => pattern.test(request.path))?.operations[
    request.method.toLowerCase()
  ];
  if (!operation) return undefined;
  const parameters = operation.parameters ?? [];
  for (const name of request.query.keys()) {
    const isKnown = parameters.some((parameter) => parameter.in === "query" && parameter.name === name);
    if (!isKnown && unknownKeys === "refused") return { [`query.${name}`]: "Unknown parameter" };
  }
  const schema = parameters.find((parameter) => parameter.in === "body")?.schema;
  if (!schema) return undefined;
  const validate = validator(String(schema.$ref), unknownKeys);
  const [error] = validate(request.body) ? [] : (validate.errors ?? []);
  return error && inWords(error);
}

/** What is wrong with an answer by the public description; answers may always have more keys. */
export function findWrongAnswer(method: string, path: string, body: unknown): string | undefined {
  const operation = PATHS.find(({ pattern }) => pattern.test(path))?.operations[method.toLowerCase()] as
    | { responses?: Record<string, { schema?: Json }> }
    | undefined;
  const schema = operation?.responses?.["200"]?.schema;
  if (!schema) return undefined;
  const validate = validator(String(schema.$ref), "ignored");
  return validate(body) ? undefined : JSON.stringify(inWords(validate.errors?.[0] as ErrorObject));
}

const validators = new Map<string, ValidateFunction>();

function validator(reference: string, unknownKeys: "refused" | "ignored"): ValidateFunction {
  const key = `${unknownKeys} ${reference}`;
  let validate = validators.get(key);
  if (!validate) {
    const ajv = new Ajv({ strict: false, validateFormats: false });
    const definitions = unknownKeys === "refused" ? closed(api.definitions) : api.definitions;
    validate = ajv.compile({ $ref: reference, definitions });
    validators.set(key, validate);
  }
  return validate;
}

/** Objects whose properties are named take no others. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (!isObject(value)) return value;
  const members = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, closed(member)]));
  return isObject(value.properties) && value.type === "object"
    ? { ...members, additionalProperties: false }
    : members;
}

/** As Iterable puts it: `{"obj.users[1].preferUserId": "Boolean value expected"}` (captured). */
function inWords({ instancePath, keyword, params }: ErrorObject): Json {
  const place = `obj${instancePath.replace(/\/(\d+)(?=\/|$)/g, "[$1]").replace(/\//g, ".")}`;
  switch (keyword) {
    case "required":
      return { [`${place}.${params.missingProperty}`]: "Property value expected" };
    case "additionalProperties":
      return { [`${place}.${params.additionalProperty}`]: "Unknown property" };
    case "type": {
      const type = params.type === "integer" ? "number" : String(params.type);
      return { [place]: `${type[0]?.toUpperCase()}${type.slice(1)} value expected` };
    }
    default:
      return { [place]: "Known value expected" };
  }
}
