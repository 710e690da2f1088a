import { command, JSON_FORM } from "../command.js";
import { EXIT } from "../errors.js";
import { type Field, fields } from "../inquiry/fields.js";
import { SAMPLE_SIZE, sample } from "../inquiry/sample.js";
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
    const [source, iterable, found] = await Promise.all([
      fields("source", settings, host, folder),
      fields("destination", settings, host),
      sample(settings, SAMPLE_SIZE, host),
    ]);
    terminal.rewrite("");
    const rows = source.map((field) => {
      const seen = found.fields.find(({ name }) => name === field.name);
      const samples = seen?.[given["show-data"] ? "values" : "masked"] ?? [];
      return { ...field, filled_in: seen?.filled ?? 0, samples };
    });
    if (given.json) {
      terminal.printJson({ contacts: found.contacts, flowcode: rows, iterable });
      return EXIT.done;
    }
    terminal.print(
      [
        `Flowcode: ${counted(source.length, "field")}, and what the ${counted(found.contacts, "newest contact")} have in them.`,
        table(
          ["FLOWCODE FIELD", "TYPE", "FILLED IN", "SAMPLES"],
          rows.map(({ name, type, filled_in, samples }) => [
            name,
            type,
            `${many(filled_in)} of ${many(found.contacts)}`,
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
