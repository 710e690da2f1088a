import { expect, test } from "vitest";
import { environmentFor } from "../../../sync/pipe/environment.js";

const SEEN = { source: "source-flowcode", destination: "destination-iterable" } as const;
const seenBy = (variable: string) =>
  Object.entries(SEEN)
    .filter(([, name]) => variable in environmentFor(name, { [variable]: "x" }))
    .map(([side]) => side);

test.each([
  [
    "PATH",
    "HOME",
    "TZ",
    "LC_ALL",
    "NODE_OPTIONS",
    "NODE_EXTRA_CA_CERTS",
    "https_proxy",
    "NO_PROXY",
    "SystemRoot",
  ],
])("%s is seen by both", (...variables) => {
  expect(variables.map((variable) => [variable, seenBy(variable)])).toEqual(
    variables.map((variable) => [variable, ["source", "destination"]]),
  );
});

test.each([
  ["FLOWCODE_CLIENT_SECRET", ["source"]],
  ["FLOWCODE_API_KEY_FILE", ["source"]],
  ["TAP_FLOWCODE_LOGLEVEL", ["source"]],
  ["ITERABLE_API_KEY", ["destination"]],
  ["ITERABLE_API_KEY_FILE", ["destination"]],
  ["AWS_SECRET_ACCESS_KEY", ["destination"]],
  ["FLOWCODE_ITERABLE_WEBHOOK_URL", []],
  ["FLOWCODE_ITERABLE_HEALTHCHECK_URL", []],
  ["SLACK_TOKEN", []],
  ["DATABASE_URL", []],
  ["GITHUB_TOKEN", []],
  ["npm_config__authToken", []],
])("%s is seen by %j alone", (variable, sides) => {
  expect(seenBy(variable)).toEqual(sides);
});
