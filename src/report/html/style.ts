/** The look of the page: system fonts, one accent, colours that are told apart by everybody and always come with a word. */
export const STYLE = `
:root { color-scheme: light dark; --bg: #fff; --ink: #1a2027; --muted: #55606c; --line: #d9dfe5; --panel: #f5f7f9; --blue: #0b5cad; --blue-soft: #d7e6f5; --blue-mid: #8bb8e3;
  --orange: #9a4a00; --orange-soft: #fde5c8; --orange-mid: #e8973f; --red: #a8201a; --red-soft: #fadad7; --red-mid: #d9534a; --code: #eef1f4; }
@media (prefers-color-scheme: dark) { :root { --bg: #10151b; --ink: #e4eaf0; --muted: #9fabb7; --line: #2e3842; --panel: #171e26; --blue: #7cb8f2; --blue-soft: #17324d; --blue-mid: #2f6ca6;
  --orange: #f2ab66; --orange-soft: #452b10; --orange-mid: #b46f1f; --red: #ff968c; --red-soft: #4d1b18; --red-mid: #b8403a; --code: #1c242d; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 73rem; padding: 2.5rem 1.5rem 4rem; background: var(--bg); color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 2rem; line-height: 1.15; letter-spacing: -.02em; margin: 0; font-weight: 650; }
h2 { font-size: 1.35rem; letter-spacing: -.01em; margin: 0 0 .25rem; font-weight: 650; }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; font-weight: 600; }
p { margin: 0 0 .75rem; max-width: 46rem; }
a { color: var(--blue); text-underline-offset: .15em; text-decoration-thickness: 1px; }
a:focus-visible, summary:focus-visible, button:focus-visible, input:focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; border-radius: 2px; }
code, .formula { font: .875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
data, .number, td.number { font-variant-numeric: tabular-nums; }
.muted, .unit, .legible, .lead { color: var(--muted); }
.legible { font-size: .875em; white-space: nowrap; }
.legible::before { content: "("; } .legible::after { content: ")"; }
.skip { position: absolute; left: -99rem; } .skip:focus { position: static; }
.kicker { margin: 0 0 .35rem; color: var(--muted); font-size: .875rem; }
.size { margin: .6rem 0 0; color: var(--muted); max-width: none; } .size b { color: var(--ink); font-weight: 600; }
.answers { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 1px; margin: 1.75rem 0 1.25rem; background: var(--line); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
.answer { background: var(--bg); padding: 1.1rem 1.25rem 1rem; }
.answer h2 { font-size: .875rem; font-weight: 500; color: var(--muted); letter-spacing: 0; margin: 0 0 .35rem; }
.answer strong { display: block; font-size: 1.5rem; line-height: 1.2; font-weight: 650; letter-spacing: -.015em; margin-bottom: .4rem; font-variant-numeric: tabular-nums; }
.answer p, .answer ul { font-size: .9375rem; margin: 0 0 .3rem; }
.answer ul { padding: 0; list-style: none; } .answer li { padding: .1rem 0; }
.yes strong { color: var(--blue); } .partly strong { color: var(--orange); } .no strong { color: var(--red); }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0; margin: 0; font-size: .9375rem; }
section { margin-top: 3.25rem; } .lead { margin-bottom: 1.1rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
caption { text-align: left; color: var(--muted); font-size: .875rem; padding-bottom: .4rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); }
thead th { font-weight: 500; font-size: .8125rem; color: var(--muted); white-space: nowrap; }
tbody th { font-weight: 500; } td:last-child, th:last-child { padding-right: 0; }
.number { text-align: right; white-space: nowrap; }
th button { all: unset; cursor: pointer; } th button::after { content: " \\2195"; opacity: .55; } th[aria-sort=ascending] button::after { content: " \\2191"; opacity: 1; } th[aria-sort=descending] button::after { content: " \\2193"; opacity: 1; }
th button:focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; }
summary { cursor: pointer; } summary::marker { color: var(--muted); }
.tag { display: inline-block; font-size: .75rem; line-height: 1.35; padding: .05rem .45rem; border-radius: 99px; border: 1px solid var(--line); color: var(--muted); white-space: nowrap; }
.estimate, .warning, .partly-tag { border-color: var(--orange-mid); color: var(--orange); } .given, .measured, .note { border-color: var(--blue-mid); color: var(--blue); } .error { border-color: var(--red-mid); color: var(--red); }
.limits { list-style: none; padding: 0; margin: 0; }
.limits > li { border-top: 1px solid var(--line); } .limits details { padding: .55rem 0 .1rem; }
.limits summary { display: flex; flex-wrap: wrap; gap: 0 1rem; justify-content: space-between; align-items: baseline; list-style: none; } .limits summary::-webkit-details-marker { display: none; }
.limits summary > span:first-child { flex: 1 1 14rem; min-width: 0; } .limits summary > span:first-child::before { content: "\\25B8"; color: var(--muted); display: inline-block; width: 1.1em; } .limits details[open] > summary > span:first-child::before { content: "\\25BE"; }
.limits .reach { font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
.limits dl { margin: .5rem 0 .75rem 1.1em; }
dl { display: grid; grid-template-columns: minmax(6rem, max-content) minmax(0, 1fr); gap: .2rem 1rem; margin: .5rem 0; font-size: .9375rem; } dt { color: var(--muted); } dd { margin: 0; }
svg { display: block; overflow: visible; font: 12px system-ui, sans-serif; font-variant-numeric: tabular-nums; } svg text { fill: var(--muted); } svg .strong { fill: var(--ink); font-weight: 600; }
.track { fill: var(--panel); } .bar { fill: var(--blue-mid); } .bar.partly { fill: var(--orange-mid); } .bar.no { fill: var(--red-mid); } .bar.advice { fill: var(--line); stroke: var(--muted); stroke-dasharray: 3 3; } .bar.today { fill: var(--blue); } .edge { fill: none; stroke: var(--muted); }
.mark { stroke: var(--ink); stroke-width: 1.5; } .mark.soft { stroke: var(--muted); stroke-dasharray: 3 3; } .tick { stroke: var(--line); }
.heat td { text-align: right; font-variant-numeric: tabular-nums; border-bottom: 2px solid var(--bg); border-left: 2px solid var(--bg); padding: .4rem .6rem; min-width: 5.5rem; } .heat th[scope=col] { text-align: right; padding-right: .6rem; } .heat th[scope=col]:first-child { text-align: left; }
.h0 { background: var(--panel); } .h1 { background: color-mix(in srgb, var(--blue-soft) 60%, var(--bg)); } .h2 { background: var(--blue-soft); } .h3 { background: var(--orange-soft); } .h4 { background: color-mix(in srgb, var(--orange-mid) 45%, var(--bg)); font-weight: 600; } .h5 { background: var(--red-soft); font-weight: 700; color: var(--red); }
.keys { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; font-size: .8125rem; color: var(--muted); margin: .6rem 0 0; padding: 0; list-style: none; } .keys svg { display: inline-block; vertical-align: -1px; margin-right: .4rem; }
.key { display: inline-block; color: var(--ink); padding: 0 .5rem; border-radius: 3px; margin-right: .35rem; }
.range { margin: 0 0 1.15rem; } .range p { margin: 0 0 .3rem; max-width: none; display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; font-size: .9375rem; }
.component { border-top: 1px solid var(--line); } .component > summary { padding: .6rem 0; display: flex; flex-wrap: wrap; gap: 0 .75rem; align-items: baseline; list-style: none; } .component > summary::-webkit-details-marker { display: none; }
.component > summary::before { content: "\\25B8"; color: var(--muted); } .component[open] > summary::before { content: "\\25BE"; } .component > summary b { font-weight: 600; } .component > .scroll, .component > ul { margin: 0 0 1.25rem 1.15rem; }
.sizes tbody tr:first-child > * { border-bottom: 0; padding-bottom: .1rem; } .sizes tbody tr:last-child > td { padding-top: 0; } .sizes tbody:target { background: var(--blue-soft); }
.sizes .formula { color: var(--muted); overflow-wrap: anywhere; } .sizes td:last-child, .sizes th:last-child { text-align: right; } .sizes tr:last-child td { text-align: left; }
.fold { padding: .35rem 0 .6rem 1.1rem; } .fold ul { margin: .15rem 0; padding: 0; list-style: none; }
.controls { display: flex; flex-wrap: wrap; gap: .6rem; margin: 0 0 1rem; } .controls input { flex: 0 1 20rem; min-width: 0; } .controls input, .controls button { font: inherit; font-size: .9375rem; color: var(--ink); background: var(--bg); border: 1px solid var(--muted); border-radius: 6px; padding: .3rem .7rem; } .controls button { cursor: pointer; } .controls button:hover { background: var(--panel); } .controls output { align-self: center; color: var(--muted); font-size: .875rem; }
[hidden] { display: none !important; }
.finding { border-top: 1px solid var(--line); padding: .75rem 0; } .finding > p { margin: .15rem 0; max-width: 60rem; } .finding .remedy::before { content: "\\2192\\00a0"; color: var(--muted); }
.plain { padding-left: 1.1rem; max-width: 60rem; font-size: .9375rem; } .plain li { margin: .25rem 0; }
.columns { columns: 3 15rem; column-gap: 2.5rem; font-size: .9375rem; margin: 0; padding: 0; list-style: none; } .columns li { display: flex; justify-content: space-between; gap: 1rem; border-bottom: 1px solid var(--line); padding: .25rem 0; break-inside: avoid; }
.flows .edge { stroke: var(--blue-mid); } .flows .box { fill: var(--panel); stroke: var(--line); } .halo { paint-order: stroke; stroke: var(--bg); stroke-width: 4px; } .flows .halo { fill: var(--ink); }
footer { margin-top: 3.5rem; border-top: 1px solid var(--line); padding-top: 1rem; font-size: .875rem; color: var(--muted); }
@media (max-width: 44rem) { body { padding: 1.25rem 1rem 3rem; } h1 { font-size: 1.6rem; } .answers { grid-template-columns: minmax(0, 1fr); } section { margin-top: 2.5rem; } .component > .scroll, .component > ul { margin-left: 0; }
  .stack thead { position: absolute; left: -99rem; } .stack, .stack tbody, .stack tr, .stack th, .stack td { display: block; } .stack tr { padding: .5rem 0; border-bottom: 1px solid var(--line); } .stack th, .stack td { border: 0; padding: .05rem 0; text-align: left; white-space: normal; }
  .sizes thead { position: absolute; left: -99rem; } .sizes, .sizes tbody, .sizes tr, .sizes th, .sizes td { display: block; border: 0; padding: 0; text-align: left; white-space: normal; } .sizes tr:first-child td { display: inline-block; margin-right: .6rem; } .sizes tbody { padding: .5rem 0; border-bottom: 1px solid var(--line); } dl { grid-template-columns: minmax(0, 1fr); } dd { margin-bottom: .3rem; } }
@media print { @page { margin: 14mm; } :root { --bg: #fff; --ink: #000; --muted: #444; --line: #bbb; --panel: #f2f2f2; --blue: #0b5cad; --blue-soft: #d7e6f5; --blue-mid: #8bb8e3; --orange: #9a4a00; --orange-soft: #fde5c8; --orange-mid: #e8973f; --red: #a8201a; --red-soft: #fadad7; --red-mid: #d9534a; --code: #eef1f4; color-scheme: light; }
  body { padding: 0; font-size: 10pt; max-width: none; } * { -webkit-print-color-adjust: exact; print-color-adjust: exact; } nav, .controls, .skip { display: none; } section { margin-top: 1.6rem; } h2, h3, summary { break-after: avoid; } .answers, .answer, .finding, .range, .limits > li, .sizes tbody { break-inside: avoid; } details::details-content { content-visibility: visible; block-size: auto; } .scroll { overflow: visible; } a { color: inherit; text-decoration: none; } }
`;
