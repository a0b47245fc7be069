"""Colours and the page's style sheet: one accent, light and dark, from a phone's width on."""

from __future__ import annotations

__all__ = ["COLOURS", "FONT", "STYLE"]

COLOURS = """\
:root{color-scheme:light dark;--ground:#f7f8f7;--face:#fff;--line:#e3e7e5;--text:#1c2422;--soft:#5d6a66;\
--accent:#0f766e;--h0:#e9edeb;--h1:#bfe3da;--h2:#7cc7b8;--h3:#379f8f;--h4:#0c665f;--on3:#0d1413;--on4:#fff}
@media(prefers-color-scheme:dark){:root{--ground:#101413;--face:#181d1c;--line:#2a3230;--text:#e5ebe9;--soft:#94a19d;\
--accent:#4cc9b6;--h0:#232a28;--h1:#17423c;--h2:#1c6a60;--h3:#2b9c8d;--h4:#66dcca;--on3:#06100e;--on4:#06100e}}
"""

FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',sans-serif"

STYLE = f"""{COLOURS}
*{{box-sizing:border-box}}
body{{margin:0;background:var(--ground);color:var(--text);font:16px/1.5 {FONT};font-variant-numeric:tabular-nums}}
main{{max-width:60rem;margin:0 auto;padding:2rem 1rem 3rem}}
header{{display:flex;align-items:center;gap:1.5rem;margin-bottom:1.5rem}}
header>div{{min-width:0;flex:1}}
header svg{{flex:none;width:7rem;height:7rem}}
h1{{margin:0;font-size:1.75rem;line-height:1.2;overflow-wrap:anywhere}}
h2{{margin:0 0 1rem;font-size:.8rem;font-weight:600;letter-spacing:.08em;text-transform:uppercase;color:var(--soft)}}
p{{margin:0}}
.total{{font-size:1.125rem;margin-top:.25rem}}
.soft,footer{{color:var(--soft);font-size:.875rem}}
p.soft span{{display:inline-block;margin-right:1.25em}}
section{{background:var(--face);border:1px solid var(--line);border-radius:.75rem;padding:1.25rem;min-width:0}}
.tiles{{display:grid;grid-template-columns:repeat(2,1fr);gap:1.25rem 1rem;margin:0}}
.tiles div{{display:flex;flex-direction:column-reverse;justify-content:flex-end;min-width:0}}
.tiles dt{{color:var(--soft);font-size:.8125rem}}
.tiles dd{{margin:0;font-size:1.25rem;font-weight:600;white-space:nowrap}}
.tiles small{{font-size:.75rem;font-weight:400;color:var(--soft)}}
.grid{{display:grid;gap:1rem;grid-template-columns:minmax(0,1fr)}}
.side{{display:grid;gap:1rem;align-content:start;grid-template-columns:minmax(0,1fr)}}
.map{{display:grid;grid-template-columns:auto minmax(0,1fr);gap:.5rem;--cell:.875rem;--gap:.125rem}}
.weeks{{overflow-x:auto;direction:rtl;padding-bottom:.25rem}}
.inner{{direction:ltr;width:max-content;min-width:100%}}
.months,.days{{display:grid;grid-auto-flow:column;grid-auto-columns:var(--cell);gap:var(--gap)}}
.months{{height:1.25rem;font-size:.6875rem;color:var(--soft)}}
.months span{{width:0;white-space:nowrap}}
.days,.weekdays{{grid-template-rows:repeat(7,var(--cell))}}
.weekdays{{display:grid;gap:var(--gap);padding-top:1.25rem;font-size:.6875rem;line-height:var(--cell);color:var(--soft)}}
.days span{{border-radius:.1875rem;background:var(--h0)}}
.days [role=button]{{cursor:pointer}}
.days span:focus-visible,.days [aria-pressed=true]{{outline:2px solid var(--text);outline-offset:1px}}
.key{{display:flex;flex-wrap:wrap;gap:.25rem 1rem;justify-content:space-between;align-items:center;margin-top:.75rem}}
.key output{{min-height:1.5em}}
.key i{{display:inline-block;width:.75rem;height:.75rem;border-radius:.1875rem;vertical-align:-.1em}}
.days .h1,.key .h1,td.h1{{background:var(--h1)}}.days .h2,.key .h2,td.h2{{background:var(--h2)}}
.days .h3,.key .h3,td.h3{{background:var(--h3)}}.days .h4,.key .h4,td.h4{{background:var(--h4)}}
.key .h0{{background:var(--h0)}}
td.h3{{color:var(--on3)}}td.h4{{color:var(--on4)}}td.h0{{color:var(--soft)}}
.tools{{display:flex;flex-wrap:wrap;gap:.5rem 1rem;margin-bottom:.75rem}}
.tools[hidden]{{display:none}}
.tools div{{display:flex;flex-wrap:wrap;gap:.25rem}}
button{{font:inherit;color:var(--text);background:none;border:1px solid var(--line);border-radius:.5rem;cursor:pointer}}
button{{padding:.125rem .625rem;min-height:1.75rem}}
.tools button{{font-size:.875rem}}
button[aria-pressed=true]{{background:var(--accent);border-color:var(--accent);color:var(--face)}}
button:focus-visible,.scroll:focus-visible{{outline:2px solid var(--accent);outline-offset:2px}}
#of{{margin-bottom:.75rem}}
#of b{{color:var(--text);font-weight:600;margin-right:.5em}}
#of button{{font-size:.8125rem;margin-left:.5em}}
.scroll{{overflow-x:auto}}
table{{border-collapse:separate;border-spacing:2px;font-size:.8125rem;width:100%}}
th,td{{padding:.1875rem .375rem;text-align:right;white-space:nowrap;font-weight:400;border-radius:.25rem}}
thead th{{color:var(--soft);padding:0}}
thead th:not(:has(button)){{padding:.1875rem .375rem}}
thead button{{width:100%;border:0;padding:.1875rem .375rem;text-align:inherit;color:inherit;font-size:inherit}}
thead [aria-sort]{{color:var(--text);font-weight:600}}
thead [aria-sort=descending]::after,thead [aria-sort=descending] button::after{{content:" ↓"}}
thead [aria-sort=descending]:has(button)::after{{content:none}}
thead [aria-sort=ascending] button::after{{content:" ↑"}}
tr>:first-child{{text-align:left;position:sticky;left:0;background:var(--face)}}
tbody th{{max-width:12rem;overflow:hidden;text-overflow:ellipsis;font-weight:500}}
tbody td:nth-child(2),tfoot{{font-weight:600}}
@media(min-width:46rem){{.map{{--cell:.8125rem}}}}
@media(pointer:coarse){{
.map{{--cell:1.5rem;--gap:.125rem}}
button,thead th{{min-height:2.25rem;height:2.25rem}}
}}
ul{{list-style:none;margin:0;padding:0;display:grid;gap:.75rem}}
li{{display:grid;grid-template-columns:minmax(0,1fr) auto 4.25rem;gap:.125rem .75rem;align-items:baseline}}
li b{{font-weight:500;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}}
li span{{text-align:right;white-space:nowrap}}
li svg{{grid-column:1/-1;width:100%;height:.375rem;display:block}}
.dot,li .dot{{display:inline-block;width:.5rem;height:.5rem;margin-right:.5em;vertical-align:.05em}}
.dot{{border-radius:50%;box-shadow:0 0 0 1px var(--soft)}}
details{{margin-top:1rem}}
details ul{{margin-top:1rem}}
summary{{cursor:pointer;color:var(--accent);font-size:.875rem}}
.chart{{width:100%;display:block}}
footer{{margin-top:1.5rem}}
svg text{{fill:var(--soft);font:11px {FONT}}}
svg .level{{fill:var(--text);font:600 34px {FONT}}}
.bar{{fill:var(--accent)}}.track{{fill:var(--h0)}}.rail{{stroke:var(--h0)}}.way{{stroke:var(--accent)}}
.h0{{fill:var(--h0)}}.h1{{fill:var(--h1)}}.h2{{fill:var(--h2)}}.h3{{fill:var(--h3)}}.h4{{fill:var(--h4)}}
@media(min-width:46rem){{
main{{padding-top:3rem}}
h1{{font-size:2.25rem}}
.tiles{{grid-template-columns:repeat(6,auto)}}
.grid{{grid-template-columns:repeat(2,minmax(0,1fr))}}
.wide{{grid-column:1/-1}}
}}
@media print{{section{{break-inside:avoid}}}}
"""
