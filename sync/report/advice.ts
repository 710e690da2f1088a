import { countsOf, type Outcome, type Run } from "../runs/run.js";

/** Something to do: words, and the command that does it. */
export interface Advice {
  readonly text: string;
  readonly command?: string;
}

/** What to do after a run, the most urgent first. */
export function adviceOn(run: Run, outcome: Outcome): Advice[] {
  const { number, started, ended } = run;
  const streams = Object.values(ended?.streams ?? {});
  const unsettled = streams.reduce((sum, counts) => sum + counts.unsettled, 0);
  const phones = streams.some(({ left_out }) =>
    Object.keys(left_out).some((what) => what.endsWith(" not_e164")),
  );
  const all: (Advice | undefined | false)[] = [
    ...afterOutcome(run, outcome),
    unsettled > 0 &&
      outcome === "succeeded" && {
        text: `${unsettled} contacts were left unsettled: the next sync sends them again.`,
      },
    countsOf(run).rejected > 0 && {
      text: "See each rejected contact with its reason:",
      command: `flowcode-iterable logs ${number} --failed`,
    },
    countsOf(run).rejected > 0 && {
      text: "Once the cause is corrected, send the rejected contacts again:",
      command: `flowcode-iterable retry-rejected ${number}`,
    },
    (ended?.fields_filtered.length ?? 0) > 0 && {
      text: "Create the fields that Iterable does not have, or set create_new_fields; then send everything once more:",
      command: "flowcode-iterable sync --full",
    },
    (ended?.fields_created.length ?? 0) > 0 && {
      text: "Check the types of the fields that Iterable has created (Settings → Data Schema Management): they can never be changed.",
    },
    phones && {
      text: "Phone numbers without a country code were left out: give the phone's entry in the mapping the transform phone, with a phone_country.",
    },
    started.limit !== undefined &&
      outcome === "succeeded" && {
        text: `This run was limited to ${started.limit} contacts. Bring the others:`,
        command: "flowcode-iterable sync",
      },
    outcome === "succeeded" && {
      text: "Compare some of the contacts with what Iterable holds:",
      command: `flowcode-iterable verify ${number}`,
    },
  ];
  return all.filter((one) => one !== undefined && one !== false);
}

function afterOutcome({ number, ended }: Run, outcome: Outcome): Advice[] {
  const again = {
    text: "Run again; nothing is lost, and what has arrived is not sent twice:",
    command: "flowcode-iterable sync",
  };
  switch (outcome) {
    case "succeeded":
      return [];
    case "running":
      return [
        {
          text: "The run is still under way. Make the report again when it has ended:",
          command: `flowcode-iterable report ${number}`,
        },
      ];
    case "stopped":
    case "interrupted":
      return [{ ...again, text: "The next sync goes on where the last state stands; nothing is lost:" }];
    case "failed":
      switch (ended?.explanation?.failure_type) {
        case "config_error":
          return [
            {
              text: "Correct what is named above, in the settings or at the vendor's; then run again:",
              command: "flowcode-iterable sync",
            },
          ];
        case "transient_error":
          return [{ ...again, text: "This may pass by itself. Run again later; nothing is lost:" }];
        default:
          return [
            again,
            {
              text: "If it fails in the same way again, it is a bug: report it with this page, which holds nobody's data.",
            },
          ];
      }
  }
}
