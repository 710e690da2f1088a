// The same source on the Airbyte CDK of Faros: faros-source.mjs read --config FILE --catalog FILE
import { createRequire } from "node:module";

const require = createRequire(process.env.FAROS_MODULES);
const axios = require("axios");
const {
  AirbyteSourceBase,
  AirbyteSourceLogger,
  AirbyteSourceRunner,
  AirbyteSpec,
  AirbyteStreamBase,
} = require("faros-airbyte-cdk");

class Contacts extends AirbyteStreamBase {
  constructor(config, logger) {
    super(logger);
    this.url = `${config.advanced.api_base_url}/ListContacts`;
  }

  get name() {
    return "contacts";
  }

  get primaryKey() {
    return "email";
  }

  get skipDataField() {
    return true;
  }

  getJsonSchema() {
    return { type: "object", properties: { email: { type: "string" } } };
  }

  async *readRecords() {
    let after;
    do {
      const { data } = await axios.post(this.url, { pagination: { after } });
      for (const { user, firstConvertedAt, lastConvertedAt } of data.conversions)
        yield { ...user, firstConvertedAt, lastConvertedAt };
      after = data.pageInfo.hasNextPage ? data.pageInfo.endCursor : undefined;
    } while (after !== undefined);
  }
}

class Source extends AirbyteSourceBase {
  get type() {
    return "flowcode";
  }

  async spec() {
    return new AirbyteSpec({ connectionSpecification: { type: "object", properties: {} } });
  }

  async checkConnection() {
    return [true, undefined];
  }

  streams(config) {
    return [new Contacts(config, this.logger)];
  }
}

const logger = new AirbyteSourceLogger();
new AirbyteSourceRunner(logger, new Source(logger)).mainCommand().parse();
