import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { type Sent, sendTestContact } from "../../compare/test-contact.js";
import { Busy, messageOf, Unusable } from "../../errors.js";
import type { Host } from "../../host.js";
import type { Folder } from "../../project/folder.js";
import { readSettings } from "../../project/settings.js";
import { reasonText } from "../../report/reasons.js";
import { followedBy, leftOutBy } from "../../report/tallies.js";
import type { Progress } from "../../terminal/progress.js";
import { counted } from "../../terminal/words.js";
import { Declined, type Trouble } from "../answer.js";
import type { Route } from "../route.js";

/** Test contacts that are remembered; the oldest goes first. */
const REMEMBERED = 8;
const UNSHOWN: Progress = { show: () => undefined, say: () => undefined, end: () => undefined };

const wanted = z.string().trim().min(1).max(1000);

/** How a test contact stands. The names of its keys are relied on by the pages. */
export interface Standing {
  readonly state: "waiting" | "done" | "failed";
  /** What happens at this moment. */
  readonly now: string;
  readonly steps: readonly { readonly text: string; readonly at?: string; readonly done: boolean }[];
  readonly fields: readonly {
    readonly field: string;
    readonly sent: string;
    readonly held: string;
    readonly same: boolean;
  }[];
  readonly error?: Trouble;
}

/** The test contacts of a console. */
export interface TestContacts {
  /** Begins to wait for a contact, as `sync --contact` does; gives the name by which it is asked for. Throws Declined. */
  begin(email: unknown): string;
  /** Undefined where it is not remembered. */
  standing(id: string): Standing | undefined;
}

export function createTestContacts(folder: Folder, host: Host): TestContacts {
  const standings = new Map<string, Standing>();
  const send = async (id: string, email: string, onProgress: (text: string) => void): Promise<void> => {
    try {
      const settings = await readSettings(folder);
      const pause = (ms: number) => sleep(ms, undefined, { signal: host.signal }).catch(() => undefined);
      const sent = await sendTestContact(
        { folder, settings, email, progress: UNSHOWN, sleep: pause, onProgress },
        host,
      );
      standings.set(id, standingOf(sent));
    } catch (error) {
      standings.set(id, failed(error));
    }
  };
  return {
    begin(given) {
      const email = wanted.safeParse(given).data;
      if (email === undefined)
        throw new Declined(400, { title: "Type the email that you used in the form.", todo: [] });
      const id = randomUUID();
      const tell = (now: string) => void standings.set(id, { state: "waiting", now, steps: [], fields: [] });
      tell("Looking for it in Flowcode");
      for (const oldest of [...standings.keys()].slice(0, -REMEMBERED)) standings.delete(oldest);
      void send(id, email, tell);
      return id;
    },
    standing: (id) => standings.get(id),
  };
}

/** `GET contacts/ID` says how a test contact stands; `POST runs {kind: "contact", email}` begins one. */
export function testContactRoutes(testContacts: TestContacts): Route[] {
  return [
    {
      method: "GET",
      path: "/api/v1/contacts/:id",
      answer({ params }) {
        const found = testContacts.standing(params.id ?? "");
        if (!found)
          throw new Declined(404, { title: "This test contact is not remembered any more.", todo: [] });
        return { json: found };
      },
    },
  ];
}

function failed(error: unknown): Standing {
  const title = error instanceof Busy ? "Another sync is under way." : "The test contact could not be sent.";
  const isExplained = error instanceof Busy || error instanceof Unusable;
  const todo = isExplained ? [messageOf(error)] : [messageOf(error), "Try again."];
  return { state: "failed", now: "", steps: [], fields: [], error: { title, todo } };
}

function standingOf({ rows, run, found }: Sent): Standing {
  if (rows.length === 0) {
    const error = {
      title: "Flowcode does not have this contact.",
      todo: ["Check that the form belongs to this workspace, and that the email is typed as in the form."],
      side: "source" as const,
    };
    return { state: "failed", now: "", steps: [], fields: [], error };
  }
  const steps = [{ text: `In Flowcode: ${counted(rows.length, "conversion")}`, done: true }];
  if (run?.ended?.outcome !== "succeeded") {
    const error = {
      title: "It was not sent.",
      todo: [run?.ended?.explanation?.message ?? "The run was stopped."],
    };
    return { state: "failed", now: "", steps, fields: [], error };
  }
  if (found?.verdict === "rejected" || found?.verdict === "kept") {
    const error = { title: "It was not written to Iterable.", todo: [reasonText(found.reason ?? "")] };
    return { state: "failed", now: "", steps, fields: [], error };
  }
  const lost = leftOutBy(run).reduce((sum, { count }) => sum + count, 0);
  const isThere = found?.verdict === "agrees" || found?.verdict === "left_alone";
  return {
    state: "done",
    now: "",
    steps: [
      ...steps,
      {
        text: lost === 0 ? "Mapped: nothing left out" : `Mapped: ${counted(lost, "value")} left out`,
        done: true,
      },
      { text: `Sent by run ${run.number}. The next sync is not affected`, at: run.ended.at, done: true },
      ...followedBy(run).flatMap(({ kind, name, sent, rejected }) => {
        if (sent + rejected === 0) return [];
        const text = kind === "list" ? `Put on list ${name}` : `Event "${name}" sent`;
        return [{ text: rejected === 0 ? text : `Not taken: ${kind} ${name}`, done: rejected === 0 }];
      }),
      { text: isThere ? "Iterable has it" : "Iterable does not show what was sent yet", done: isThere },
    ],
    fields: (found?.fields ?? []).map(({ field, sent, held, verdict }) => ({
      field,
      sent: shown(sent),
      held: shown(held),
      same: verdict === "same",
    })),
  };
}

function shown(value: unknown): string {
  return typeof value === "string"
    ? value
    : value === undefined || value === null
      ? ""
      : JSON.stringify(value);
}
