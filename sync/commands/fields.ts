import { command, JSON_FORM } from "../command.js";
import { EXIT } from "../errors.js";
import { filledFields, sourceFields } from "../inquiry/both-sides.js";
import { type Field, fields } from "../inquiry/fields.js";
import { SAMPLE_SIZE } from "../inquiry/sample.js";
import { readSettings } from "../project/settings.js";
import { table } from "../terminal/table.js";
import { counted, many } from "../terminal/words.js";

export const fieldsCommand = command({
  usage: "fields",
  describe: "List the fields of both sides: how many contacts fill them in, with sample values",
  details: `Looks at the ${SAMPLE_SIZE} newest contacts. Values are masked (letters as a, digits as 9) unless --show-data is given.`,
  options: {
    "show-data": {
      type: "boolean",
      default: false,
      describe: "Show values as they are: this is personal data",
    },
    json: JSON_FORM,
  },
  examples: [
    ["$0 fields", "Which fields are there to map, and from what to what?"],
    ["$0 fields --show-data", "The same with real values"],
  ],
  async run(given, folder, host) {
    const { terminal } = host;
    const settings = await readSettings(folder);
    terminal.rewrite("Reading the fields of both sides …");
    const [source, iterable] = await Promise.all([
      sourceFields(settings, host, folder),
      fields("destination", settings, host),
    ]);
    terminal.rewrite("");
    const rows = filledFields(source, given["show-data"]);
    const { contacts } = source.sample;
    if (given.json) {
      terminal.printJson({ contacts, flowcode: rows, iterable });
      return EXIT.done;
    }
    terminal.print(
      [
        `Flowcode: ${counted(rows.length, "field")}, and what the ${counted(contacts, "newest contact")} have in them.`,
        table(
          ["FLOWCODE FIELD", "TYPE", "FILLED IN", "SAMPLES"],
          rows.map(({ name, type, filled_in, samples }) => [
            name,
            type,
            `${many(filled_in)} of ${many(contacts)}`,
            samples.join(" | "),
          ]),
          terminal.columns,
        ),
        "",
        `Iterable: ${counted(iterable.length, "field")} can be written.`,
        table(["ITERABLE FIELD", "TYPE"], iterable.map(typed), terminal.columns),
      ].join("\n"),
    );
    return EXIT.done;
  },
});

const typed = ({ name, type }: Field) => [name, type];
