// The style sheet of the report page: light and dark as the reader's system is, and a form for paper. The page's
// policy allows this text alone, by its hash, so no element has a style of its own.

export const reportStyle = `
:root {
  color-scheme: light dark;
  --page: #fff; --card: #f6f7f9; --text: #1b1f24; --quiet: #56606b; --line: #d5dae0; --bar: #3466c2; --focus: #0b57d0;
  --bad: #9a1f14; --bad-back: #fde7e4; --warm: #7a4a00; --warm-back: #fdf0d5; --good: #14622f; --good-back: #e2f4e7;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171b; --card: #1d2127; --text: #e7eaee; --quiet: #a3adb8; --line: #39414b; --bar: #82a9f0; --focus: #a8c7fa;
    --bad: #ffb4a9; --bad-back: #4a1a15; --warm: #ffd08a; --warm-back: #46330d; --good: #9adfb0; --good-back: #143a22;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 110rem; padding: 1.5rem; background: var(--page); color: var(--text);
  font: 0.9375rem/1.45 system-ui, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif; }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 2rem 0 0.5rem; font-size: 1.125rem; }
p { margin: 0.375rem 0; }
.quiet { color: var(--quiet); }
.notes { border-left: 4px solid var(--warm); padding: 0.25rem 0.75rem; background: var(--warm-back); }
a { color: var(--focus); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: 0.75rem; margin: 1rem 0; padding: 0; }
.tiles div { display: flex; flex-direction: column-reverse; justify-content: flex-end; border-radius: 0.5rem;
  padding: 0.75rem; background: var(--card); }
.tiles dt { color: var(--quiet); }
.tiles dd { margin: 0; font-size: 1.75rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)); gap: 0.75rem; }
.figures > div { border-radius: 0.5rem; padding: 0.75rem; background: var(--card); }
table { border-collapse: collapse; width: 100%; }
caption { padding-bottom: 0.25rem; text-align: left; font-weight: 600; }
th { text-align: left; font-weight: 600; }
.figures th { width: 11rem; padding: 0.0625rem 0.5rem 0.0625rem 0; font-weight: 400; }
.figures td { padding: 0.0625rem 0 0.0625rem 0.5rem; width: 3.5rem; text-align: right; font-variant-numeric: tabular-nums; }
.figures td.chart { width: auto; padding-left: 0; }
.chart svg { display: block; width: 100%; height: 0.75rem; fill: var(--bar); }
.list th, .list td { border-bottom: 1px solid var(--line); padding: 0.375rem 0.5rem; vertical-align: top; overflow-wrap: anywhere; }
.list thead th { border-bottom: 2px solid var(--line); background: var(--page); }
.list .number { text-align: right; font-variant-numeric: tabular-nums; }
#users { table-layout: fixed; min-width: 75rem; }
#users thead th { position: sticky; top: 0; overflow-wrap: normal; }
.list small { display: block; color: var(--quiet); font-weight: 400; }
.wide { width: 15%; } .middle { width: 8%; } .narrow { width: 7%; }
.day { white-space: nowrap; }
.scroll { overflow-x: auto; }
code { font: 0.8125rem ui-monospace, "DejaVu Sans Mono", monospace; }
.key { display: block; }
.badge { display: inline-block; border-radius: 0.75rem; padding: 0 0.5rem; background: var(--card); white-space: nowrap; }
.bad { background: var(--bad-back); color: var(--bad); }
.warm { background: var(--warm-back); color: var(--warm); }
.good { background: var(--good-back); color: var(--good); }
form { display: flex; flex-wrap: wrap; align-items: end; gap: 0.75rem; margin: 0.75rem 0; }
form label { display: flex; flex-direction: column; color: var(--quiet); }
input, select, form button, #more button { border: 1px solid var(--quiet); border-radius: 0.375rem; padding: 0.3125rem 0.5rem; background: var(--page);
  color: var(--text); font: inherit; }
input { width: 18rem; max-width: 100%; }
th button { display: flex; gap: 0.25rem; border: 0; padding: 0; background: none; color: inherit; font: inherit; text-align: left; cursor: pointer; }
th button::after { content: "\\2195"; color: var(--quiet); }
th[aria-sort="ascending"] button::after { content: "\\2191"; color: inherit; }
th[aria-sort="descending"] button::after { content: "\\2193"; color: inherit; }
[hidden] { display: none !important; }
@media (max-width: 48rem) { body { padding: 0.75rem; } }
@media print {
  @page { size: A4 landscape; margin: 12mm; }
  :root { --page: #fff; --card: #fff; --text: #000; --quiet: #333; --line: #999; --bar: #555;
    --bad: #000; --bad-back: #fff; --warm: #000; --warm-back: #fff; --good: #000; --good-back: #fff; }
  body { max-width: none; padding: 0; font-size: 8pt; }
  form, #more { display: none !important; }
  .scroll { overflow: visible; }
  #users { min-width: 0; }
  #users thead th { position: static; }
  th button::after { content: "" !important; }
  thead { display: table-header-group; }
  tr, .figures > div, .tiles div { break-inside: avoid; }
  .figures > div, .tiles div, .badge { border: 1px solid var(--line); }
  .chart svg { print-color-adjust: exact; }
}
`;
