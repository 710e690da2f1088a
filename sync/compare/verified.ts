import type { Host } from "../host.js";
import { lastRuns } from "../runs/archive.js";
import type { Outcome, Run } from "../runs/run.js";
import { type Reconciliation, reconcile } from "./reconciliation.js";
import { type Verification, type Verifying, verify } from "./verification.js";

/** The newest run that has ended is among so many. */
const LOOK_BACK = 20;

/** What was verified of a run. */
export interface Verdicts {
  readonly run: Run;
  readonly outcome: Outcome;
  readonly verification: Verification;
  readonly counts: Reconciliation;
}

/** Verifies a run that has ended like this. */
export async function verifyRun(verifying: Verifying, outcome: Outcome, host: Host): Promise<Verdicts> {
  const { folder, run } = verifying;
  const verification = await verify(verifying, host);
  const [newest] = (await lastRuns(folder, LOOK_BACK)).filter(({ ended }) => ended !== undefined);
  const isLast = newest === undefined || newest.number <= run.number;
  return { run, outcome, verification, counts: reconcile(run, verification, isLast) };
}

/** The same for programs. Without `showsData`, a contact is its hash and the names of fields. */
export function verifiedData({ run, outcome, verification, counts }: Verdicts, showsData: boolean) {
  const { contacts, ...rest } = verification;
  // Of those that agree there is nothing to say but how many they are.
  const others = contacts.filter(({ judgement }) => judgement !== "agrees");
  return {
    run: run.number,
    outcome,
    agrees: counts.problems.length === 0,
    counts,
    ...rest,
    contacts: others.map(({ judgement, found }) => ({
      judgement,
      stream: found.stream,
      contact: found.contact,
      reason: found.reason,
      ...(showsData && { identifier: found.identifier }),
      fields: found.fields.map(({ field, verdict, sent, held }) =>
        showsData ? { field, verdict, sent, held } : { field, verdict },
      ),
    })),
  };
}
