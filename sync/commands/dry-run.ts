import { writeFile } from "node:fs/promises";
import { EXIT, Unusable } from "../errors.js";
import type { Host } from "../host.js";
import { ask, askFor } from "../pipe/ask.js";
import { createCoverage, escaped } from "../pipe/coverage.js";
import { type PlanRow, parsePlan, withSchemas } from "../pipe/plan.js";
import { readThrough } from "../pipe/read-through.js";
import type { Folder } from "../project/folder.js";
import type { Settings } from "../project/settings.js";
import { type Start, startingPoint } from "../project/starting-point.js";
import { layOutWork } from "../project/work.js";
import { table } from "../terminal/table.js";
import { many } from "../terminal/words.js";

export interface Rehearsal {
  readonly folder: Folder;
  readonly settings: Settings;
  readonly start: Start;
  readonly limit: number | undefined;
  readonly json: boolean;
}

/**
 * Reads what a sync would read, asks the destination what its mapping would do with it, and says so. Nothing is sent,
 * no state is saved, no run is logged.
 */
export async function rehearse(
  { folder, settings, start, limit, json }: Rehearsal,
  { node, signal, terminal }: Host,
): Promise<number> {
  const state = await startingPoint(folder, start);
  const work = await layOutWork(folder, settings, { run: 0, state });
  try {
    const [, config] = work.sourceArgs;
    const discovered = await askFor({
      node,
      name: "source-flowcode",
      args: ["discover", "--config", config as string],
      signal,
    });
    const catalog = JSON.stringify({ streams: withSchemas(settings.streams, discovered.lines) });
    await writeFile(work.path("catalog.json"), catalog, { mode: 0o600 });
    const args = ["plan", ...work.destinationArgs, "--json"];
    const planned = await ask({ node, name: "destination-iterable", args, signal });
    const plan = parsePlan(planned.text);
    if (!plan) throw new Unusable(planned.problem ?? "the destination has no plan");

    const coverage = createCoverage();
    const onRecord = coverage.take;
    const read = await readThrough({ node, args: work.sourceArgs, limit, onRecord, signal });
    const fields = [
      ...plan.rows.map((row) => fieldOf(row, coverage)),
      ...unplanned(settings, plan.rows, coverage),
    ];
    const since = state ? { run: state.run, saved_at: state.savedAt } : undefined;
    if (json) terminal.printJson({ would_send: read, since, fields, problems: plan.problems });
    else {
      const from = since ? `since run ${since.run} (${since.saved_at})` : "from the beginning";
      terminal.print(
        [
          `Nothing is sent. ${many(read)} contacts would be, ${from}${limit === undefined ? "" : `, at most ${limit}`}.`,
          table(
            ["FIELD", "CONTACTS", "ITERABLE FIELD", "WHAT WOULD HAPPEN"],
            fields.map(({ source, contacts, target, verdict, detail }) => [
              source ?? "",
              contacts === undefined ? "" : many(contacts),
              target ?? "",
              detail === "" ? verdict : `${verdict}: ${detail}`,
            ]),
          ),
          ...plan.problems.map((problem) => `This cannot work: ${problem}`),
        ].join("\n"),
      );
    }
    return plan.problems.length > 0 ? EXIT.failed : EXIT.done;
  } finally {
    await work.clear();
  }
}

type Covered = ReturnType<typeof createCoverage>;

/** A row of the plan with the number of contacts that have a value for it. */
function fieldOf(row: PlanRow, coverage: Covered) {
  const { stream, source, target, verdict, detail } = row;
  const contacts =
    source === null ? undefined : (coverage.of(stream, source) ?? coverage.of(stream, escaped(source)));
  return { stream, source, contacts: source === null ? undefined : (contacts ?? 0), target, verdict, detail };
}

/** Fields that contacts carry and no row of the plan speaks of. */
function unplanned(settings: Settings, rows: readonly PlanRow[], coverage: Covered) {
  return settings.streams.flatMap(({ stream: { name } }) => {
    const known = new Set(rows.filter(({ stream }) => stream === name).map(({ source }) => source));
    return coverage
      .fieldsOf(name)
      .filter((field) => !known.has(field) && !known.has(field.replaceAll("\\.", ".")))
      .map((source) => {
        const contacts = coverage.of(name, source);
        return { stream: name, source, contacts, target: null, verdict: "not in the plan", detail: "" };
      });
  });
}
