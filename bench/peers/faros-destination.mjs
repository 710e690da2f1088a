// The same destination on the Airbyte CDK of Faros: faros-destination.mjs write --config FILE --catalog FILE < messages
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(process.env.FAROS_MODULES);
const axios = require("axios");
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

class Destination extends AirbyteDestination {
  async spec() {
    return new AirbyteSpec({ connectionSpecification: { type: "object", properties: {} } });
  }

  async check() {
    return new AirbyteConnectionStatusMessage({ status: AirbyteConnectionStatus.SUCCEEDED });
  }

  async *write(config, _redacted, _catalog, stdin) {
    const url = `${config.advanced.base_url}/api/users/bulkUpdate`;
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
      const { email, ...dataFields } = message.record.data;
      users.push({ email, dataFields });
      if (users.length === BATCH) await send();
    }
    if (users.length > 0) await send();
    yield* waiting;
  }
}

const logger = new AirbyteLogger();
new AirbyteDestinationRunner(logger, new Destination()).mainCommand().parse();
