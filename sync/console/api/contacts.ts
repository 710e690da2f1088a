import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { reconcile } from "../../compare/reconciliation.js";
import { type Trace, traceContact } from "../../compare/trace.js";
import { verify } from "../../compare/verification.js";
import { messageOf, Unusable } from "../../errors.js";
import type { Host } from "../../host.js";
import type { Folder } from "../../project/folder.js";
import { readSettings } from "../../project/settings.js";
import { reasonText } from "../../report/reasons.js";
import { verdictOn } from "../../report/verdict.js";
import { outcomeOf, runNumbers } from "../../runs/archive.js";
import { traceSections } from "../../terminal/trace-text.js";
import { verifyText } from "../../terminal/verify-text.js";
import { Declined } from "../answer.js";
import type { Call, Route } from "../route.js";
import { runIn } from "./runs.js";

/** Contacts of a run that are compared: enough to trust it by, and a matter of seconds. */
const COMPARED = 20;
/** Characters of a line on a card. */
const ROOM = 100;

const question = z.object({ who: z.string().trim().min(1).max(1000) });

/** `POST explain {who}` and `POST runs/12/verify`. */
export function contactRoutes(folder: Folder, host: Host): Route[] {
  const asking = ({ gone }: Call): Host => ({ ...host, signal: AbortSignal.any([host.signal, gone]) });
  return [
    {
      method: "POST",
      path: "/api/v1/explain",
      async answer(call) {
        const given = question.safeParse(call.body);
        if (!given.success) throw new Declined(400, { title: "Name a contact.", todo: [] });
        const { who } = given.data;
        const trace = await told(async () => {
          const settings = await readSettings(folder);
          return traceContact({ folder, settings, email: who, onProgress: () => undefined }, asking(call));
        });
        const cards = traceSections(who, trace, ROOM).map(({ title, lines }) => ({
          title,
          text: lines.join("\n"),
        }));
        return { json: { ...storyOf(trace), cards } };
      },
    },
    {
      method: "POST",
      path: "/api/v1/runs/:run/verify",
      async answer(call) {
        const run = await runIn(folder, call);
        const outcome = await outcomeOf(run);
        if (outcome === "running")
          throw new Declined(409, {
            title: "The run is still under way.",
            todo: ["Verify it when it has ended."],
          });
        const { found, isNewest } = await told(async () => {
          const inquirer = asking(call);
          const verification = await verify(
            {
              folder,
              settings: await readSettings(folder),
              run,
              size: COMPARED,
              sleep: (ms) => sleep(ms, undefined, { signal: inquirer.signal }).catch(() => undefined),
              onProgress: () => undefined,
            },
            inquirer,
          );
          return { found: verification, isNewest: (await runNumbers(folder)).at(-1) === run.number };
        });
        const counts = reconcile(run, found, isNewest);
        return {
          json: {
            agrees: counts.problems.length === 0,
            text: verifyText(run, verdictOn(run, outcome), found, counts, false),
          },
        };
      },
    },
  ];
}

/** What a command would have said: where it explains why it cannot go on, so does the console. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    throw new Declined(422, { title: "That cannot be found out now.", todo: [messageOf(error)] });
  }
}

/** The end of the story first. */
function storyOf({ rows, mapped, held, rejections }: Trace): {
  readonly verdict: string;
  readonly tone: string;
} {
  const newest = mapped.at(-1);
  if (rows.length === 0) {
    if (held?.verdict === "unreadable")
      return { verdict: `! Cannot be read: ${reasonText("unreadable")}`, tone: "warning" };
    return held?.verdict === "held"
      ? { verdict: "Iterable has this contact, and Flowcode does not.", tone: "warning" }
      : { verdict: "Neither Flowcode nor Iterable has this contact.", tone: "warning" };
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
        : { verdict: "✗ Iterable does not have this contact yet.", tone: "bad" };
    }
  }
}
