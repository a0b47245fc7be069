"""The page: one HTML file that asks nobody for anything. No font, no picture, nothing from elsewhere.

It is whole without its one script, which makes the map's days and the table answer to mouse, keys and touch.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from codestats.data.report.draw import bar, columns, dot, ring, xml
from codestats.data.report.model import weeks
from codestats.data.report.sources import sources_section
from codestats.data.report.style import STYLE
from codestats.data.report.tables import breakdown_data, breakdown_section
from codestats.data.report.year_map import year_map
from codestats.stats.dates import WEEKDAYS, day_label
from codestats.text import number, plural, short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codestats.data.report.model import Report
    from codestats.profile import Tally

__all__ = ["page"]

_LISTED = 500  # lines of a list, at most
_SCRIPT = Path(__file__).with_name("page.js")


def page(report: Report) -> str:
    """The whole document."""
    title = f"{xml(report.user)} · Code::Stats" if report.user else "Code::Stats"
    script = _SCRIPT.read_text("utf-8")
    policy = (
        f"default-src 'none'; style-src 'sha256-{_digest(STYLE)}'; script-src 'sha256-{_digest(script)}';"
        " base-uri 'none'; form-action 'none'"
    )
    side = [_list("Machines", report.machines, 4)] if report.machines else []
    side += _charts(report)
    sections = [_tiles(report), year_map(report, weeks(report.today))]
    sections += [breakdown_section(report.breakdown)] if report.breakdown else []
    sections += [sources_section(report.sources)] if report.sources else []
    sections += [_list("Languages", report.languages, 12)]
    sections += ['<div class="side">', *side, "</div>"] if side else []
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
{_header(report)}
<div class="grid">
{chr(10).join(sections)}
</div>
<footer>Made by codestats.vim on {day_label(report.today)}{_source(report)}</footer>
</main>
{_data(report)}<script>{script}</script>
</body>
</html>
"""


def _data(report: Report) -> str:
    """What the script shows, which is nothing to run."""
    if not report.breakdown:
        return ""
    return f'<script type="application/json" id="data">{breakdown_data(report.breakdown)}</script>'


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _source(report: Report) -> str:
    return (
        ", from the public profile and this machine’s history."
        if report.user
        else ", from this machine’s history."
    )


def _header(report: Report) -> str:
    now = report.standing
    name = f"<bdi>{xml(report.user)}</bdi>" if report.user else "Code::Stats"
    recent = f" <span>{number(report.recent)} in the last 12 hours</span>" if report.recent else ""
    return (
        f"<header>{ring(now.level, now.progress)}<div><h1>{name}</h1>"
        f'<p class="total">{number(now.xp)} XP</p>'
        f'<p class="soft"><span>{number(now.missing)} XP to level {now.level + 1}</span>{recent}</p></div></header>'
    )


def _tiles(report: Report) -> str:
    days = report.days
    tiles = [
        ("Today", f"{number(days.today, 7)} <small>XP</small>"),
        ("This week", f"{number(days.week, 7)} <small>XP</small>"),
        ("Streak", _days(days.streak)),
        ("Longest streak", _days(days.longest)),
        (
            "Best day" + (f", {day_label(days.best_day)}" if days.best_day else ""),
            f"{number(days.best, 7)} <small>XP</small>",
        ),
        ("Active", _days(days.active)),
    ]
    items = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in tiles)
    return f'<section class="wide"><dl class="tiles">{items}</dl></section>'


def _days(count: int) -> str:
    return f"{count:,} <small>{'day' if count == 1 else 'days'}</small>"


def _list(title: str, tallies: Sequence[Tally], shown: int) -> str:
    """The first ones; the rest is folded away."""
    most = max((tally.xp for tally in tallies), default=0)
    items = [
        _item(tally, most, dot(tally.name) if title == "Languages" else "") for tally in tallies[:_LISTED]
    ]
    more = ""
    if len(items) > shown:
        rest = len(tallies) - shown
        beyond = len(tallies) - len(items)
        last = f'<p class="soft">and {plural(beyond, "more")}</p>' if beyond else ""
        summary = f"{rest:,} more, {short(sum(tally.xp for tally in tallies[shown:]))} XP"
        more = f"<details><summary>{summary}</summary><ul>{''.join(items[shown:])}</ul>{last}</details>"
    body = f"<ul>{''.join(items[:shown])}</ul>{more}" if items else '<p class="soft">Nothing yet.</p>'
    return f"<section><h2>{title}</h2>{body}</section>"


def _item(tally: Tally, most: int, mark: str) -> str:
    name = xml(tally.name)
    return (
        f'<li><b title="{name}">{mark}<bdi>{name}</bdi></b><span>{number(tally.xp, 11)}</span>'
        f'<span class="soft">level {tally.level}</span>{bar(tally.xp, most)}</li>'
    )


def _charts(report: Report) -> list[str]:
    """Of the local history; nothing where there is none."""
    if not any(report.hours):
        return []
    hours = [f"{hour:02}" if hour % 3 == 0 else "" for hour in range(24)]
    return [
        f"<section><h2>Weekdays</h2>{columns(report.weekdays, WEEKDAYS, 'XP by weekday')}</section>",
        f"<section><h2>Hours of the day</h2>{columns(report.hours, hours, 'XP by hour')}</section>",
    ]
