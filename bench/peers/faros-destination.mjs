// The same destination on the Airbyte CDK of Faros: faros-destination.mjs write --config FILE --catalog FILE < messages
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(process.env.FAROS_MODULES);
const axios = require("axios");
const moment = require("moment");
const {
  AirbyteConnectionStatus,
  AirbyteConnectionStatusMessage,
  AirbyteDestination,
  AirbyteDestinationRunner,
  AirbyteLogger,
  AirbyteSpec,
  parseAirbyteMessage,
} = require("faros-airbyte-cdk");

const BATCH = 1000;

/** A contact as Iterable is to have it: fields that it has, with values of their types. */
function userOf({ email, name, phone, ...answers }, types) {
  const [firstName, ...others] = name.trim().split(/\s+/);
  const dataFields = { firstName, lastName: others.join(" ") };
  if (/^\+[1-9]\d{6,14}$/.test(phone)) dataFields.phoneNumber = phone;
  for (const [field, value] of Object.entries(answers)) {
    if (types.has(field)) dataFields[field] = asType(value, types.get(field));
  }
  return { email: email.trim().toLowerCase(), dataFields };
}

function asType(value, type) {
  switch (type) {
    case "long":
      return Number.parseInt(value, 10);
    case "boolean":
      return ["true", "yes", "1"].includes(value.toLowerCase());
    case "date":
      return moment.utc(value).format("YYYY-MM-DD HH:mm:ss Z");
    default:
      return value;
  }
}

class Destination extends AirbyteDestination {
  async spec() {
    return new AirbyteSpec({ connectionSpecification: { type: "object", properties: {} } });
  }

  async check() {
    return new AirbyteConnectionStatusMessage({ status: AirbyteConnectionStatus.SUCCEEDED });
  }

  async *write(config, _redacted, _catalog, stdin) {
    const url = `${config.advanced.base_url}/api/users/bulkUpdate`;
    const { data: known } = await axios.get(`${config.advanced.base_url}/api/users/getFields`);
    const types = new Map(Object.entries(known.fields));
    let users = [];
    const send = async () => {
      await axios.post(url, { users });
      users = [];
    };
    const waiting = [];
    for await (const line of createInterface({ input: stdin })) {
      const message = parseAirbyteMessage(line);
      if (message.type === "STATE") waiting.push(message);
      if (message.type !== "RECORD") continue;
      users.push(userOf(message.record.data, types));
      if (users.length === BATCH) await send();
    }
    if (users.length > 0) await send();
    yield* waiting;
  }
}

const logger = new AirbyteLogger();
new AirbyteDestinationRunner(logger, new Destination()).mainCommand().parse();
