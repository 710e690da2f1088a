// What the scripts and the tests run of the connectors outside of their programs.
export { SINGER_CAPABILITIES } from "../connector/about.js";
export { specification } from "../connector/airbyte-verbs.js";
export { ConfigError, TransientError } from "../connector/errors.js";
export { run } from "../connector/run.js";
export { REASONS } from "../destination-iterable/accounting/reasons.js";
export { destination } from "../destination-iterable/destination.js";
export { source } from "../source-flowcode/source.js";
export { CONTACT_FIELDS } from "../source-flowcode/streams/contacts.js";
export { FLOW_FIELDS } from "../source-flowcode/streams/flows.js";
export { createSchemaSample } from "../source-flowcode/streams/schema-sample.js";
export { settingsSchema } from "../sync/project/settings.js";
