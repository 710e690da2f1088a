import { command, JSON_FORM } from "../command.js";
import { traceContact } from "../compare/trace.js";
import { EXIT, Unusable } from "../errors.js";
import { readSettings } from "../project/settings.js";
import { isKnown, traceText } from "../terminal/trace-text.js";

export const explainCommand = command({
  usage: "explain <email>",
  describe: "Follow one contact from Flowcode through the mapping to what Iterable holds",
  details:
    "Reads all of Flowcode's contacts, which takes as long as reading does in a full sync. Sends nothing. Shows every row of the contact, what each rule of the mapping makes of it today, what is sent, what the runs answered, and the profile that Iterable holds. Its output contains personal data. Exit status 1 if neither side knows the contact.",
  positionals: {
    email: {
      type: "string",
      demandOption: true,
      describe: "The email, or another value of the contact: a phone number, a user ID",
    },
  },
  options: { json: JSON_FORM },
  examples: [
    ["$0 explain ann@example.com", "Why is Ann in Iterable as she is, or not at all?"],
    ["$0 explain ann@example.com --json", "The same for programs"],
  ],
  async run({ email, json }, folder, host) {
    const { terminal } = host;
    if (email.trim() === "") throw new Unusable("explain takes an email");
    const settings = await readSettings(folder);
    const onProgress = terminal.isWatched ? terminal.rewrite : () => undefined;
    if (!terminal.isWatched && !json) terminal.say("Reading through Flowcode's contacts …");
    const trace = await traceContact({ folder, settings, email, onProgress }, host);
    terminal.rewrite("");
    if (json) terminal.printJson({ email, ...trace });
    else terminal.print(traceText(email, trace, terminal.columns));
    return isKnown(trace) ? EXIT.done : EXIT.failed;
  },
});
