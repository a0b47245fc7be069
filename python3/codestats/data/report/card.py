"""The card: a small SVG for a README or a home page. No script and nothing from elsewhere, as the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codestats.data.report.draw import heat_cells, xml
from codestats.data.report.model import weeks
from codestats.data.report.style import COLOURS, FONT
from codestats.palette import colour
from codestats.stats.heat import thresholds
from codestats.text import clean, cut, number, percent

if TYPE_CHECKING:
    from codestats.data.report.model import Report

__all__ = ["card"]

WIDTH, HEIGHT, EDGE = 480, 236, 20
_INNER = WIDTH - 2 * EDGE
_LANGUAGES = 4
_PITCH = 8.2

_STYLE = f"""{COLOURS}
text{{fill:var(--soft);font:12px {FONT}}}
.name{{fill:var(--text);font:600 18px {FONT}}}
.level{{fill:var(--accent);font:600 18px {FONT}}}
.lang{{fill:var(--text)}}.dot{{stroke:var(--soft)}}
.face{{fill:var(--face);stroke:var(--line)}}
.track{{fill:var(--h0)}}.bar{{fill:var(--accent)}}
.h0{{fill:var(--h0)}}.h1{{fill:var(--h1)}}.h2{{fill:var(--h2)}}.h3{{fill:var(--h3)}}.h4{{fill:var(--h4)}}
"""


def card(report: Report) -> str:
    """The whole picture, 480 by 236."""
    now = report.standing
    year = heat_cells(weeks(report.today), report.calendar, thresholds(list(report.year.values())), _PITCH)
    name = _name(report.user or "Code::Stats", 32)
    way = max(now.progress * _INNER, 3)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"
role="img" aria-label="{name}: level {now.level}{" at Code::Stats" if report.user else ""}">
<style>{_STYLE}</style>
<rect class="face" x=".5" y=".5" width="{WIDTH - 1}" height="{HEIGHT - 1}" rx="10"/>
<text class="name" x="{EDGE}" y="38"><tspan unicode-bidi="isolate">{name}</tspan></text>
<text class="level" x="{WIDTH - EDGE}" y="38" text-anchor="end">Level {now.level}</text>
<rect class="track" x="{EDGE}" y="52" width="{_INNER}" height="6" rx="3"/>
<rect class="bar" x="{EDGE}" y="52" width="{way:.1f}" height="6" rx="3"/>
<text x="{EDGE}" y="78">{number(now.xp)} XP</text>
<text x="{WIDTH - EDGE}" y="78" text-anchor="end">{number(now.missing)} to level {now.level + 1}</text>
{_languages(report)}
<g transform="translate({EDGE} 160)">{year}</g>
</svg>
"""


def _languages(report: Report) -> str:
    """The largest ones in two columns: colour, name and share."""
    total = sum(tally.xp for tally in report.languages)
    width = (_INNER - 2 * EDGE) // 2
    parts = []
    for at, tally in enumerate(report.languages[:_LANGUAGES]):
        x, y = EDGE + (at % 2) * (width + 2 * EDGE), 110 + (at // 2) * 24
        name = f'<tspan unicode-bidi="isolate">{_name(tally.name, 20)}</tspan>'
        parts.append(
            f'<circle class="dot" cx="{x + 4}" cy="{y - 4}" r="4" fill="{colour(tally.name)}"/>'
            f'<text class="lang" x="{x + 14}" y="{y}">{name}</text>'
            f'<text x="{x + width}" y="{y}" text-anchor="end">{xml(percent(tally.xp, total))}</text>'
        )
    return "".join(parts)


def _name(name: str, cells: int) -> str:
    return xml(cut(clean(name), cells))
