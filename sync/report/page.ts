import { countsOf, type Outcome, type Run } from "../runs/run.js";
import { kindOf } from "../terminal/run-text.js";
import { counted, local, many } from "../terminal/words.js";
import { adviceOn } from "./advice.js";
import { chart, duration, type Point, thinned } from "./chart.js";
import { type Html, html } from "./html.js";
import { STYLE } from "./style.js";
import {
  fieldsTable,
  followedTable,
  leftOutTable,
  messages,
  reasonsTable,
  requestsTable,
  streamsTable,
} from "./tables.js";
import { verdictOn } from "./verdict.js";

/** When and by which version a report was made. */
export interface Making {
  readonly at: string;
  readonly version: string;
}

/** By this a later report knows that it may take an older one's place. */
const GENERATOR = '<meta name="generator" content="flowcode-iterable">';
/** So many rows of the curve are written out. */
const ROWS_OF_CURVE = 9;

/**
 * A run as one page that stands alone: no script, and nothing from elsewhere. It holds nobody's data, since a run's log
 * holds none; everything in it that comes from others is escaped.
 */
export function reportPage(run: Run, outcome: Outcome, making: Making): string {
  const verdict = verdictOn(run, outcome);
  const { tone, sign } = verdict;
  const { number, ended } = run;
  const word = `${verdict.word.charAt(0).toUpperCase()}${verdict.word.slice(1)}`;
  const advice = adviceOn(run, verdict.outcome);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${{ html: GENERATOR }}
<meta name="robots" content="noindex">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Sync run ${number}: ${word.toLowerCase()}</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<main>
<header>
<h1>Sync run ${number}</h1>
<p><span class="badge ${tone}"><span aria-hidden="true">${sign} </span>${word}</span> ${summary(run)}</p>
</header>
${ended?.explanation ? explanation(ended.explanation) : undefined}
<section aria-labelledby="counts">
<h2 id="counts">Contacts</h2>
${numbers(run)}
${streamsTable(run)}
</section>
<section aria-labelledby="next">
<h2 id="next">What to do next</h2>
${
  advice.length === 0
    ? html`<p>Nothing.</p>`
    : html`<ol>${advice.map(({ text, command }) => html`<li>${text}${command === undefined ? undefined : html` <code>${command}</code>`}</li>`)}</ol>`
}
</section>
${followedTable(run)}
${reasonsTable(run)}
${leftOutTable(run)}
${fieldsTable(run)}
${throughput(run)}
${requestsTable(run)}
${messages(run)}
<section aria-labelledby="about">
<h2 id="about">About this run</h2>
<dl class="facts">
${facts(run).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>\n`)}
</dl>
</section>
</main>
<footer><p>Made by flowcode-iterable ${making.version} at ${local(making.at)}. This page holds no personal data.</p></footer>
</body>
</html>
`.html;
}

function summary(run: Run): string {
  const { read } = countsOf(run);
  const seconds = secondsOf(run);
  const contacts = `${counted(read, "contact")} read from Flowcode`;
  if (seconds === undefined) return `${contacts}.`;
  const rate = seconds >= 1 && read > 0 ? `, ${many(Math.round(read / seconds))} a second` : "";
  return `${contacts} in ${duration(seconds)}${rate}.`;
}

function explanation({ by, message }: { readonly by: string; readonly message: string }): Html {
  return html`<section class="why" aria-labelledby="why">
<h2 id="why">Failed</h2>
<p>${message}</p>
<p class="soft">Reported by the ${by}.</p>
</section>`;
}

function numbers(run: Run): Html {
  const { read, settled, rejected } = countsOf(run);
  const streams = Object.values(run.ended?.streams ?? {});
  const sum = (name: "delivered" | "kept" | "rejected" | "unsettled") =>
    streams.reduce((total, counts) => total + counts[name], 0);
  const shown: (readonly [string, string, number])[] =
    streams.length > 0
      ? [
          ["read", "Read", read],
          ["delivered", "Delivered", sum("delivered")],
          ["kept", "Kept", sum("kept")],
          ["rejected", "Rejected", sum("rejected")],
          ["unsettled", "Unsettled", sum("unsettled")],
        ]
      : [
          ["read", "Read", read],
          ["delivered", "Delivered or kept", settled],
          ["rejected", "Rejected", rejected],
        ];
  return html`<dl class="numbers">
${shown.map(([look, name, count]) => html`<div class="${look}"><dt>${name}</dt><dd>${many(count)}</dd></div>\n`)}
</dl>`;
}

/** How far the run had come, by its log. */
export function pointsOf(run: Run): Point[] {
  const begun = Date.parse(run.started.at);
  const last = run.ended ? [run.ended] : [];
  return [
    { seconds: 0, read: 0, done: 0 },
    ...[...run.progress, ...last].map(({ at, read, settled, rejected }) => ({
      seconds: Math.max(0, (Date.parse(at) - begun) / 1000),
      read,
      done: settled + rejected,
    })),
  ];
}

function throughput(run: Run): Html | undefined {
  const points = pointsOf(run);
  const end = points.at(-1) as Point;
  if (end.read === 0) return undefined;
  const rows = thinned(points, ROWS_OF_CURVE);
  const text = `${many(end.read)} contacts read and ${many(end.done)} delivered, kept or rejected within ${duration(end.seconds)}.`;
  return html`<section aria-labelledby="throughput">
<h2 id="throughput">Throughput</h2>
${points.length > 2 ? chart(points, `Contacts over time: ${text} The table below has the numbers.`) : html`<p>${text}</p>`}
<table>
<caption class="hidden">How far it had come</caption>
<thead><tr><th scope="col">After</th><th scope="col" class="number">Read</th><th scope="col" class="number">Done</th><th scope="col" class="number">A second</th></tr></thead>
<tbody>
${rows.slice(1).map((point, index) => {
  const before = rows[index] as Point;
  const seconds = point.seconds - before.seconds;
  const rate = seconds > 0 ? many(Math.round((point.done - before.done) / seconds)) : "–";
  return html`<tr><th scope="row">${duration(point.seconds)}</th><td class="number">${many(point.read)}</td><td class="number">${many(point.done)}</td><td class="number">${rate}</td></tr>\n`;
})}
</tbody>
</table>
</section>`;
}

function facts(run: Run): (readonly [string, string])[] {
  const { started, ended } = run;
  const seconds = secondsOf(run);
  return [
    ["Started", `${local(started.at)}, ${kindOf(run)}`],
    ...(ended ? ([["Ended", local(ended.at)]] as const) : []),
    ...(seconds === undefined ? [] : ([["Took", duration(seconds)]] as const)),
    ...(ended
      ? ([
          [
            "State",
            ended.state
              ? "saved: the next sync goes on from here"
              : "not saved: the next sync starts where this one did",
          ],
        ] as const)
      : []),
    ["Version", started.version],
  ];
}

function secondsOf({ started, ended }: Run): number | undefined {
  return ended && Math.max(0, (Date.parse(ended.at) - Date.parse(started.at)) / 1000);
}
