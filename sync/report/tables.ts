import type { Run } from "../runs/run.js";
import { many } from "../terminal/words.js";
import { type Html, html } from "./html.js";
import { meaningOf } from "./reasons.js";
import { stayingText } from "./staying.js";
import { followedBy, keptBy, leftOutBy, rejectedBy, type Tallied } from "./tallies.js";

/** Forms have dozens of fields; a mapping that went wrong may have thousands of reasons. */
const MOST_ROWS = 200;
/** So many messages of a kind are shown. */
const MOST_MESSAGES = 50;

const COUNTS = ["read", "delivered", "kept", "rejected", "unsettled"] as const;

/** The counts by stream, where there is more than one. */
export function streamsTable({ ended }: Run): Html | undefined {
  const streams = Object.entries(ended?.streams ?? {});
  if (streams.length < 2) return undefined;
  return html`<table>
<caption>By stream</caption>
<thead><tr><th scope="col">Contacts</th>${streams.map(([name]) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead>
<tbody>
${COUNTS.map((name) => html`<tr><th scope="row">${name}</th>${streams.map(([, counts]) => html`<td class="number">${many(counts[name])}</td>`)}</tr>\n`)}
</tbody>
</table>`;
}

/** What followed from the contacts: lists that they were put on, and events. */
export function followedTable(run: Run): Html | undefined {
  const stays = stayingText(run.ended?.stays ?? [], run.started.undo_of ?? 0);
  if (stays !== undefined)
    return html`<section aria-labelledby="followed">
<h2 id="followed">Lists and events</h2>
<p>${stays}</p>
</section>`;
  const followed = followedBy(run);
  if (followed.length === 0) return undefined;
  return html`<section aria-labelledby="followed">
<h2 id="followed">Lists and events</h2>
<p>An event that is sent again replaces itself; who is on a list stays there.</p>
<table>
<caption class="hidden">Lists and events, with how many Iterable has taken</caption>
<thead><tr><th scope="col">List or event</th><th scope="col" class="number count">Taken</th><th scope="col" class="number count">Not taken</th></tr></thead>
<tbody>
${followed.slice(0, MOST_ROWS).map(({ kind, name, sent, rejected }) => html`<tr><th scope="row">${kind === "list" ? `List ${name}` : `Event ${name}`}</th><td class="number">${many(sent)}</td><td class="number">${many(rejected)}</td></tr>\n`)}
</tbody>
</table>
${more(followed.length - MOST_ROWS, "lists and events")}
</section>`;
}

/** Why contacts were rejected, and why others were left as they are. */
export function reasonsTable(run: Run): Html | undefined {
  const rejected = rejectedBy(run);
  const kept = keptBy(run);
  if (rejected.length + kept.length === 0) return undefined;
  return html`<section aria-labelledby="reasons">
<h2 id="reasons">${rejected.length > 0 ? "Rejected contacts, by reason" : "Contacts left as they are, by reason"}</h2>
${rejected.length > 0 ? reasonRows(rejected, "Rejected contacts", kept.length > 0) : undefined}
${kept.length > 0 ? reasonRows(kept, "Contacts left as they are, on purpose", rejected.length > 0) : undefined}
</section>`;
}

/** Which values were left out of contacts that arrived. */
export function leftOutTable(run: Run): Html | undefined {
  const all = leftOutBy(run);
  if (all.length === 0) return undefined;
  return html`<section aria-labelledby="left-out">
<h2 id="left-out">Field by field: values left out</h2>
<p>A contact is sent without the values that do not fit.</p>
${reasonRows(all, "Values left out", false)}
</section>`;
}

/** Fields that Iterable has created, and those that it does not have. */
export function fieldsTable({ ended }: Run): Html | undefined {
  const rows = [
    ...(ended?.fields_created ?? []).map(
      (field) => [field, "created by Iterable; its type is fixed now"] as const,
    ),
    ...(ended?.fields_filtered ?? []).map((field) => [field, "left out: Iterable does not have it"] as const),
  ];
  if (rows.length === 0) return undefined;
  return html`<section aria-labelledby="fields">
<h2 id="fields">Fields of Iterable</h2>
<table>
<caption class="hidden">Fields that were created, or that are missing</caption>
<thead><tr><th scope="col">Field</th><th scope="col">What happened</th></tr></thead>
<tbody>
${rows.slice(0, MOST_ROWS).map(([field, what]) => html`<tr><th scope="row">${field}</th><td>${what}</td></tr>\n`)}
</tbody>
</table>
${more(rows.length - MOST_ROWS, "fields")}
</section>`;
}

/** How often the vendors were asked, and how often in vain. */
export function requestsTable({ ended }: Run): Html | undefined {
  const requests = ended?.requests ?? [];
  if (requests.length === 0) return undefined;
  return html`<section aria-labelledby="requests">
<h2 id="requests">Requests</h2>
<p>Each attempt counts; those without success are tried again where that can help.</p>
<table>
<caption class="hidden">Requests by endpoint</caption>
<thead><tr><th scope="col">Endpoint</th><th scope="col" class="number count">Count</th><th scope="col">Without success</th></tr></thead>
<tbody>
${requests.slice(0, MOST_ROWS).map(({ endpoint, count, failed }) => {
  const ends = Object.entries(failed).map(([how, times]) => `${how}: ${many(times)}`);
  return html`<tr><th scope="row">${endpoint}</th><td class="number">${many(count)}</td><td>${ends.join(", ") || "none"}</td></tr>\n`;
})}
</tbody>
</table>
</section>`;
}

/** What the connectors have said: warnings and errors, and remarks to unfold. */
export function messages({ said }: Run): Html | undefined {
  const warnings = counted(
    said.filter(({ level }) => level !== "info").map(({ by, message }) => `${by}: ${message}`),
  );
  const remarks = counted(
    said.filter(({ level }) => level === "info").map(({ by, message }) => `${by}: ${message}`),
  );
  if (warnings.length + remarks.length === 0) return undefined;
  const list = (of: typeof warnings) =>
    html`<ul>${of.slice(0, MOST_MESSAGES).map(([text, times]) => html`<li>${text}${times > 1 ? ` (${many(times)} times)` : undefined}</li>`)}</ul>
${more(of.length - MOST_MESSAGES, "messages")}`;
  return html`<section aria-labelledby="messages">
<h2 id="messages">Messages</h2>
${warnings.length > 0 ? html`<h3>Warnings</h3>\n${list(warnings)}` : undefined}
${remarks.length > 0 ? html`<details><summary>Remarks (${many(remarks.length)})</summary>\n${list(remarks)}</details>` : undefined}
</section>`;
}

/** `isTitled`: the caption can be seen; else the heading above says the same. */
function reasonRows(rows: readonly Tallied[], caption: string, isTitled: boolean): Html {
  return html`<table>
<caption${isTitled ? undefined : html` class="hidden"`}>${caption}</caption>
<thead><tr><th scope="col" class="field">Field</th><th scope="col">Reason</th><th scope="col" class="number count">Count</th></tr></thead>
<tbody>
${rows.slice(0, MOST_ROWS).map(({ field, reason, count }) => {
  const { means, remedy } = meaningOf(reason);
  return html`<tr><th scope="row">${field || "the contact"}</th><td>${means}${remedy === "" ? undefined : html` <span class="soft">${remedy}</span>`}</td><td class="number">${many(count)}</td></tr>\n`;
})}
</tbody>
</table>
${more(rows.length - MOST_ROWS, "reasons")}`;
}

const more = (count: number, of: string): Html | undefined =>
  count > 0
    ? html`<p class="soft">… and ${many(count)} more ${of}; flowcode-iterable logs has them all.</p>`
    : undefined;

/** Texts with how often they come, in the order in which they came. */
function counted(texts: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts];
}
