import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { maskedTrace, type Trace, traceContact } from "../../compare/trace.js";
import { verifiedData, verifyRun } from "../../compare/verified.js";
import type { Host } from "../../host.js";
import type { Folder } from "../../project/folder.js";
import { readSettings } from "../../project/settings.js";
import { reasonText } from "../../report/reasons.js";
import { verdictOn } from "../../report/verdict.js";
import { outcomeOf } from "../../runs/archive.js";
import { traceSections } from "../../terminal/trace-text.js";
import { verifyText } from "../../terminal/verify-text.js";
import { counted } from "../../terminal/words.js";
import { Declined, orDeclined } from "../answer.js";
import type { Call, Route } from "../route.js";
import { runIn } from "./runs.js";

/** Contacts of a run that are compared: enough to trust it by, and a matter of seconds. */
const COMPARED = 20;
/** Characters of a line on a card. */
const ROOM = 100;

const question = z.object({ who: z.string().trim().min(1).max(1000), show: z.boolean().default(false) });

/** `POST explain {who}` and `POST runs/12/verify`, each with what its command prints with `--json`. */
export function contactRoutes(folder: Folder, host: Host): Route[] {
  const asking = ({ gone }: Call): Host => ({ ...host, signal: AbortSignal.any([host.signal, gone]) });
  return [
    {
      method: "POST",
      path: "/api/v1/explain",
      async answer(call) {
        const given = question.safeParse(call.body);
        if (!given.success) throw new Declined(400, { title: "Name a contact.", todo: [] });
        const { who, show } = given.data;
        const found = await told(async () => {
          const settings = await readSettings(folder);
          return traceContact({ folder, settings, email: who, onProgress: () => undefined }, asking(call));
        });
        const trace = show ? found : maskedTrace(found);
        const cards = traceSections(who, trace, ROOM).map(({ title, lines }) => ({
          title: inSentenceCase(title),
          text: lines.join("\n"),
        }));
        return { json: { ...storyOf(found), cards, trace: { email: who, ...trace } } };
      },
    },
    {
      method: "POST",
      path: "/api/v1/runs/:run/verify",
      async answer(call) {
        const run = await runIn(folder, call);
        const show = (call.body as { show?: unknown } | undefined)?.show === true;
        const outcome = await outcomeOf(run);
        if (outcome === "running")
          throw new Declined(409, {
            title: "The run is still under way.",
            todo: ["Verify it when it has ended."],
          });
        const found = await told(async () => {
          const settings = await readSettings(folder);
          const { signal } = asking(call);
          const pause = (ms: number) => sleep(ms, undefined, { signal }).catch(() => undefined);
          const verifying = {
            folder,
            settings,
            run,
            size: COMPARED,
            sleep: pause,
            onProgress: () => undefined,
          };
          return verifyRun(verifying, outcome, asking(call));
        });
        const { verification, counts } = found;
        return {
          json: {
            agrees: counts.problems.length === 0,
            text: verifyText(run, verdictOn(run, outcome), verification, counts, show),
            data: verifiedData(found, show),
          },
        };
      },
    },
  ];
}

/** "FLOWCODE: contacts, row 1 of 1" → "Flowcode: contacts, row 1 of 1" */
const inSentenceCase = (title: string) =>
  title.replace(/^[A-Z]+/, (word) => `${word[0]}${word.slice(1).toLowerCase()}`);

const told = <T>(work: () => Promise<T>): Promise<T> =>
  orDeclined(work(), { title: "That cannot be found out now." });

interface Story {
  readonly verdict: string;
  readonly tone: string;
  readonly todo?: readonly string[];
}

const NOT_IN_FLOWCODE = [
  "Check the spelling: the whole email, phone number or user ID is looked for.",
  "Check that the form belongs to this workspace (Connections).",
  "Who has just filled in a form may take a minute to appear: search again.",
];

/** The end of the story first. */
function storyOf({ rows, mapped, held, rejections, read }: Trace): Story {
  const newest = mapped.at(-1);
  if (rows.length === 0) {
    if (held?.verdict === "unreadable")
      return { verdict: `! Cannot be read: ${reasonText("unreadable")}`, tone: "warning" };
    return held?.verdict === "held"
      ? {
          verdict: "! Iterable has this contact, and Flowcode does not.",
          tone: "warning",
          todo: NOT_IN_FLOWCODE,
        }
      : {
          verdict: `✗ Not found: none of the ${counted(read, "contact")} in Flowcode, and nobody in Iterable.`,
          tone: "bad",
          todo: NOT_IN_FLOWCODE,
        };
  }
  switch (newest?.verdict) {
    case "agrees":
      return { verdict: "✓ Iterable has this contact as it was sent.", tone: "good" };
    case "differs":
      return { verdict: "! Iterable has this contact with other values.", tone: "warning" };
    case "left_alone":
      return { verdict: "✓ Iterable had this contact already, and the rules leave it alone.", tone: "good" };
    case "kept":
      return { verdict: `– Not sent: ${reasonText(newest.reason ?? "")}`, tone: "warning" };
    case "rejected":
      return { verdict: `✗ Rejected: ${reasonText(newest.reason ?? "")}`, tone: "bad" };
    case "unreadable":
      return { verdict: `! Cannot be read: ${reasonText("unreadable")}`, tone: "warning" };
    default: {
      const [last] = rejections;
      return last
        ? { verdict: `✗ Run ${last.run} rejected it: ${reasonText(last.reason)}`, tone: "bad" }
        : {
            verdict: "✗ Iterable does not have this contact yet.",
            tone: "bad",
            todo: ["The next sync brings it. To send it at once, choose Send a test contact."],
          };
    }
  }
}
