import { EXIT } from "../errors.js";
import type { Host } from "../host.js";
import { planWith } from "../inquiry/plan.js";
import type { PlanRow } from "../inquiry/plan-message.js";
import { createCoverage } from "../pipe/coverage.js";
import { recordsOf } from "../pipe/read-through.js";
import type { Folder } from "../project/folder.js";
import type { Settings } from "../project/settings.js";
import { type Start, startingPoint } from "../project/starting-point.js";
import { layOutWork } from "../project/work.js";
import { planText } from "../terminal/plan-text.js";
import { ago, counted, local } from "../terminal/words.js";

export interface Rehearsal {
  readonly folder: Folder;
  readonly settings: Settings;
  readonly start: Start;
  readonly limit: number | undefined;
  readonly json: boolean;
}

/**
 * Reads what a sync would read, has the destination map it, and says what would become of it. Nothing is sent, no state
 * is saved, no run is logged.
 */
export async function rehearse(
  { folder, settings, start, limit, json }: Rehearsal,
  host: Host,
): Promise<number> {
  const { node, signal, terminal, now } = host;
  const state = await startingPoint(folder, start);
  const work = await layOutWork(folder, settings, { run: 0, state });
  try {
    const { sourceArgs: source, destinationArgs: destination } = work;
    const coverage = createCoverage();
    let read = 0;
    async function* records(): AsyncGenerator<string> {
      for await (const line of recordsOf({ node, args: source, limit, signal })) {
        read += 1;
        coverage.take(line);
        if (read % 1000 === 0) terminal.rewrite(`${counted(read, "contact")} read`);
        yield line;
      }
    }
    const files = { settings, source, destination, catalog: work.path("catalog.json") };
    const planned = await planWith(files, host, records());
    terminal.rewrite("");
    const plan = { ...planned, rows: [...planned.rows, ...unplanned(settings, planned.rows, coverage)] };
    const since = state ? { run: state.run, saved_at: state.savedAt } : undefined;
    if (json) {
      const { rows, problems, contacts } = plan;
      const fields = rows.map(({ values, ...row }) => ({ ...row, contacts: values?.filled, values }));
      terminal.printJson({ would_send: read, since, fields, contacts, problems });
    } else {
      const from = since
        ? `since run ${since.run} (${local(since.saved_at)}, ${ago(since.saved_at, now())})`
        : "from the beginning";
      const limited = limit === undefined ? "" : `, at most ${counted(limit, "contact")}`;
      terminal.print(
        [
          `Dry run, nothing is sent. ${counted(read, "contact")} would be, ${from}${limited}.`,
          planText(plan, terminal.columns),
        ].join("\n"),
      );
    }
    return plan.works ? EXIT.done : EXIT.failed;
  } finally {
    await work.clear();
  }
}

/** Fields that contacts carry and no row of the plan speaks of. */
function unplanned(
  settings: Settings,
  rows: readonly PlanRow[],
  coverage: ReturnType<typeof createCoverage>,
): PlanRow[] {
  return settings.streams.flatMap(({ stream: { name } }) => {
    const known = new Set(rows.filter(({ stream }) => stream === name).map(({ source }) => source));
    return coverage
      .fieldsOf(name)
      .filter((field) => !known.has(field) && !known.has(field.replaceAll("\\.", ".")))
      .map((field) => {
        const filled = coverage.of(name, field) ?? 0;
        return {
          stream: name,
          place: "unmapped",
          source: field.replaceAll("\\.", "."),
          source_type: "",
          target: null,
          target_type: null,
          verdict: "not in the plan",
          detail: "a field that was found only now",
          values: { filled, sent: 0, coerced: 0, left_out: 0, reasons: [] },
        };
      });
  });
}
