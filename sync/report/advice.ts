import { countsOf, type Run } from "../runs/run.js";
import { counted } from "../terminal/words.js";
import { leftOutBy, totalsOf } from "./tallies.js";
import { hasMendedNothing, type Verdict } from "./verdict.js";

/** Something to do: words, and the command that does it. */
export interface Advice {
  readonly text: string;
  readonly command?: string;
  /** Good to do after any run, and told where there is room for it. */
  readonly isRoutine?: boolean;
}

/** What to do after a run, the most urgent first. */
export function adviceOn(run: Run, outcome: Verdict["outcome"]): Advice[] {
  const { number, started, ended } = run;
  const unsettled = totalsOf(run)?.unsettled ?? 0;
  const hasSucceeded = outcome === "succeeded" || outcome === "with_losses";
  const phones = leftOutBy(run).some(({ reason }) => reason === "not_e164");
  const all: (Advice | undefined | false)[] = [
    ...afterOutcome(run, outcome),
    unsettled > 0 &&
      hasSucceeded && { text: `${counted(unsettled, "contact")} unsettled: the next sync sends them again.` },
    outcome === "with_losses" && {
      text: "See what each field would lose, and the mapping entry that mends it:",
      command: "flowcode-iterable sync --dry-run --full",
    },
    countsOf(run).rejected > 0 && {
      text: "See each rejected contact with its reason:",
      command: `flowcode-iterable logs ${number} --failed`,
    },
    countsOf(run).rejected > 0 && {
      text: "When the cause is corrected, send the rejected contacts again:",
      command: `flowcode-iterable retry-rejected ${number}`,
    },
    (ended?.fields_filtered.length ?? 0) > 0 && {
      text: "Create the fields that Iterable does not have, or set create_new_fields. Then send everything again:",
      command: "flowcode-iterable sync --full",
    },
    (ended?.fields_created.length ?? 0) > 0 && {
      text: "Check the types of the fields that Iterable created (Settings → Data Schema Management): they can never be changed.",
    },
    phones && {
      text: "Phone numbers that are not in international form were left out: give the phone's mapping entry the transform phone with a phone_country.",
    },
    started.limit !== undefined &&
      hasSucceeded && {
        text: `This run was limited to ${counted(started.limit, "contact")}. Send the others:`,
        command: "flowcode-iterable sync",
      },
    hasSucceeded && {
      text: "Compare some of the contacts with what Iterable holds:",
      command: `flowcode-iterable verify ${number}`,
      isRoutine: true,
    },
  ];
  return all.filter((one) => one !== undefined && one !== false);
}

function afterOutcome(run: Run, outcome: Verdict["outcome"]): Advice[] {
  const { number, ended } = run;
  const again = {
    text: "Run again. Nothing is lost, and nothing is sent twice:",
    command: "flowcode-iterable sync",
  };
  if (hasMendedNothing(run))
    return [{ text: "The causes are still there: correct them in Flowcode, the form or the mapping first." }];
  switch (outcome) {
    case "succeeded":
    case "with_losses":
      return [];
    case "running":
      return [{ text: "See how it ends:", command: `flowcode-iterable logs ${number}`, isRoutine: true }];
    case "stopped":
    case "interrupted":
      return [{ ...again, text: "The next sync goes on from the last saved state. Nothing is lost:" }];
    case "failed":
      switch (ended?.explanation?.failure_type) {
        case "config_error":
          return [
            { text: "Correct what is named above, then run again:", command: "flowcode-iterable sync" },
          ];
        case "transient_error":
          return [{ ...again, text: "This may pass by itself. Run again later; nothing is lost:" }];
        default:
          return [
            again,
            {
              text: "If it fails in the same way again, it is a bug. Report it with this page, which holds no personal data:",
              command: `flowcode-iterable report ${number}`,
            },
          ];
      }
  }
}
