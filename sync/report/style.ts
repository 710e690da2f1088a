/** The page's only style sheet. Text has at least 4.5:1 against what is behind it, in light, dark and on paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --text: #1b2430; --soft: #4d5a6b; --line: #d5dbe3;
  --good: #0b6b3a; --good-back: #e2f4ea; --bad: #a11a1a; --bad-back: #fdeaea; --warn: #7a4b00; --warn-back: #fdf1dc;
  --read: #1f5fbf; --done: #0b6b3a; --delivered: #1a7f4b; --kept: #5b6f8a; --rejected: #c03434; --unsettled: #b57600;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161c; --card: #1b212a; --text: #e8ecf2; --soft: #a9b5c5; --line: #36404e;
    --good: #7ddba6; --good-back: #15321f; --bad: #ff9d9d; --bad-back: #3b1a1c; --warn: #f5c877; --warn-back: #37290f;
    --read: #8db8ff; --done: #7ddba6; --delivered: #3fae74; --kept: #8497b0; --rejected: #e26767; --unsettled: #d99a2b;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; overflow-wrap: anywhere;
}
main, footer { max-width: 56rem; margin: 0 auto; padding: 0 1rem; }
header { padding: 1.75rem 0 .5rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .6rem; letter-spacing: -.01em; }
h2 { font-size: 1.15rem; line-height: 1.3; margin: 0 0 .75rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .4rem; }
p { margin: 0 0 .75rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.1rem 1.1rem .6rem; margin: 1rem 0; }
.badge { display: inline-block; font-weight: 600; border-radius: 99rem; padding: .15rem .8rem; margin: 0 .6rem .5rem 0; }
.good { color: var(--good); background: var(--good-back); }
.bad { color: var(--bad); background: var(--bad-back); }
.warn { color: var(--warn); background: var(--warn-back); }
.soft { color: var(--soft); }
.why { border-left: 5px solid var(--bad); }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.5rem, 1fr)); gap: .6rem; margin: 0 0 1rem; }
.numbers div { border: 1px solid var(--line); border-radius: .6rem; padding: .55rem .8rem; border-top: 4px solid var(--line); }
.numbers dt { color: var(--soft); font-size: .9rem; }
.numbers dd { margin: 0; font-size: 1.5rem; font-weight: 650; line-height: 1.25; font-variant-numeric: tabular-nums; }
.numbers .delivered { border-top-color: var(--delivered); } .numbers .kept { border-top-color: var(--kept); }
.numbers .rejected { border-top-color: var(--rejected); } .numbers .unsettled { border-top-color: var(--unsettled); }
table { border-collapse: collapse; width: 100%; table-layout: fixed; margin: 0 0 1rem; font-size: .95rem; }
.field { width: 30%; } .count { width: 5rem; }
caption { text-align: left; color: var(--soft); padding: 0 0 .35rem; }
th, td { overflow-wrap: break-word; text-align: left; vertical-align: top; padding: .45rem .6rem .45rem 0; border-bottom: 1px solid var(--line); }
thead th { font-size: .85rem; color: var(--soft); font-weight: 600; }
thead .number { white-space: normal; overflow-wrap: break-word; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
tbody th { font-weight: 600; }
.number + td, .number + th:not(.number) { padding-left: 1.2rem; }
.number { text-align: right; padding-right: 0; padding-left: .6rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
dl.facts { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; gap: .3rem 1rem; margin: 0 0 .75rem; }
.facts dt { color: var(--soft); } .facts dd { margin: 0; }
ol, ul { margin: 0 0 .75rem; padding-left: 1.3rem; } li { margin: 0 0 .45rem; }
code { font: .9em ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; background: var(--page); border: 1px solid var(--line); border-radius: .35rem; padding: .05rem .35rem; }
li code { display: inline-block; max-width: 100%; }
svg { display: block; width: 100%; height: auto; margin: 0 0 .5rem; }
svg text { fill: var(--soft); font: 14px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
.legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; }
.legend svg { display: inline-block; width: 2.2rem; height: .8rem; margin: 0 .4rem 0 0; vertical-align: middle; }
details { margin: 0 0 .75rem; } summary { cursor: pointer; margin: 0 0 .5rem; }
footer { color: var(--soft); font-size: .9rem; padding-bottom: 2rem; }
@media (max-width: 30rem) {
  body { font-size: 15px; }
  h1 { font-size: 1.5rem; }
  .numbers { grid-template-columns: 1fr 1fr; }
  .field { width: 39%; } .count { width: 3.6rem; }
  li code { font-size: .8em; }
  table { font-size: .9rem; }
  section { padding: 1rem .9rem .5rem; }
  svg.chart text { font-size: 30px; }
}
@media print {
  :root {
    color-scheme: light;
    --page: #ffffff; --card: #ffffff; --text: #000000; --soft: #333333; --line: #999999;
    --good: #0b5a31; --good-back: #ffffff; --bad: #8a1515; --bad-back: #ffffff; --warn: #5f3b00; --warn-back: #ffffff;
    --read: #1f5fbf; --done: #0b6b3a; --delivered: #1a7f4b; --kept: #5b6f8a; --rejected: #c03434; --unsettled: #b57600;
  }
  @page { margin: 16mm 14mm; }
  body { font-size: 10.5pt; }
  main, footer { max-width: none; padding: 0; }
  section { border: 0; border-top: 1px solid var(--line); border-radius: 0; padding: .8rem 0 0; }
  .why { border-left: 0; }
  .badge { border: 1px solid; }
  h2, caption { break-after: avoid; } tr, .numbers, svg, li { break-inside: avoid; }
  .numbers { grid-template-columns: repeat(5, 1fr); } .numbers div { padding: .3rem .5rem; } .numbers dd { font-size: 1.15rem; }
}
`;
