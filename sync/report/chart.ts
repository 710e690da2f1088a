import { type Html, html } from "./html.js";

/** How far a run had come, so many seconds after its start. */
export interface Point {
  readonly seconds: number;
  readonly read: number;
  /** Confirmed or rejected. */
  readonly done: number;
}

const WIDTH = 720;
const HEIGHT = 280;
const LEFT = 96;
const RIGHT = 16;
const TOP = 24;
const BOTTOM = 52;
/** A curve of more points says no more on a page. */
const MOST_POINTS = 240;

/** Contacts over time as two curves, told apart by colour and by dashes. `title` is read out in place of them. */
export function chart(points: readonly Point[], title: string): Html {
  const shown = thinned(points);
  const longest = Math.max(...shown.map(({ seconds }) => seconds), 1);
  const most = niceCeiling(Math.max(...shown.map(({ read, done }) => Math.max(read, done)), 1));
  const x = (seconds: number) => LEFT + (seconds / longest) * (WIDTH - LEFT - RIGHT);
  const y = (count: number) => HEIGHT - BOTTOM - (count / most) * (HEIGHT - TOP - BOTTOM);
  const path = (of: (point: Point) => number) =>
    shown
      .map(
        (point, index) =>
          `${index === 0 ? "M" : "L"}${x(point.seconds).toFixed(1)} ${y(of(point)).toFixed(1)}`,
      )
      .join("");
  const counts = [0, most / 2, most];
  const times = [0, longest / 2, longest];
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="chart-title">
<title id="chart-title">${title}</title>
${counts.map((count) => html`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(count)}" y2="${y(count)}" stroke="var(--line)"/><text x="${LEFT - 8}" y="${y(count)}" dy=".35em" text-anchor="end">${compact(count)}</text>`)}
${times.map((seconds, index) => html`<text x="${x(seconds)}" y="${HEIGHT - 12}" text-anchor="${["start", "middle", "end"][index]}">${duration(seconds)}</text>`)}
<path d="${path(({ read }) => read)}" fill="none" stroke="var(--read)" stroke-width="3" stroke-dasharray="9 6"/>
<path d="${path(({ done }) => done)}" fill="none" stroke="var(--done)" stroke-width="3"/>
</svg>
<ul class="legend">
<li><svg viewBox="0 0 36 12" aria-hidden="true"><line x1="0" x2="36" y1="6" y2="6" stroke="var(--read)" stroke-width="3" stroke-dasharray="9 6"/></svg>read from Flowcode</li>
<li><svg viewBox="0 0 36 12" aria-hidden="true"><line x1="0" x2="36" y1="6" y2="6" stroke="var(--done)" stroke-width="3"/></svg>confirmed or rejected</li>
</ul>`;
}

/** Some of many points, evenly spaced, the first and the last among them. */
export function thinned(points: readonly Point[], most = MOST_POINTS): readonly Point[] {
  if (points.length <= most) return points;
  const step = (points.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, index) => points[Math.round(index * step)] as Point);
}

/** A round number that is not less. */
function niceCeiling(count: number): number {
  const power = 10 ** Math.floor(Math.log10(count));
  return [1, 2, 4, 5, 10].map((factor) => factor * power).find((nice) => nice >= count) ?? count;
}

function compact(count: number): string {
  if (count >= 1_000_000) return `${Number((count / 1_000_000).toFixed(1))} M`;
  return count >= 10_000 ? `${Number((count / 1000).toFixed(1))} k` : count.toLocaleString("en");
}

/** A time as people say it. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 120) return `${whole} s`;
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}
