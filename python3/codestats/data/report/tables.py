"""The breakdown as it stands in the page: one whole, sorted table, and the rest as data for the script."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from codestats.data.report.draw import dot, xml
from codestats.palette import colour
from codestats.stats.heat import heat_level, thresholds
from codestats.text import number, short

if TYPE_CHECKING:
    from codestats.data.report.breakdown import Breakdown, Line, PeriodTables, Table

__all__ = ["breakdown_data", "breakdown_section"]

_FIRST_BY = "weekday"
_NOTE = "from this machine’s history and what was imported"


def breakdown_section(breakdown: Breakdown) -> str:
    """Chips, which the script shows; what the table is of; the table."""
    first = _first(breakdown)
    chips = [
        _chips("Period", "period", [(one.key, one.name) for one in breakdown.periods], first.key),
        _chips("By", "by", [(by, by) for by in breakdown.by], _FIRST_BY),
        _chips("Cells", "unit", [("xp", "XP"), ("share", "% of row")], "xp"),
    ]
    return (
        f'<section class="wide" id="breakdown"><h2>Breakdown</h2><div class="tools" hidden>{"".join(chips)}</div>'
        f'<p class="soft" id="of"><b>{xml(first.label)}</b> {_NOTE}</p>'
        '<div class="scroll" role="region" aria-label="Breakdown" tabindex="0">'
        f"{_table(first.tables[_FIRST_BY])}</div></section>"
    )


def _first(breakdown: Breakdown) -> PeriodTables:
    """This year, or all there is."""
    return next((one for one in breakdown.periods if one.key == "year"), breakdown.periods[-1])


def _chips(label: str, name: str, choices: list[tuple[str, str]], chosen: str) -> str:
    buttons = "".join(
        f'<button type="button" data-{name}="{key}" aria-pressed="{str(key == chosen).lower()}">{text}</button>'
        for key, text in choices
    )
    return f'<div role="group" aria-label="{label}">{buttons}</div>'


def _table(table: Table) -> str:
    limits = thresholds([value for line in table.lines for value in line.values])
    heads = "".join(f'<th scope="col">{xml(title)}</th>' for title in table.columns)
    rows = "".join(_row(line, limits) for line in table.lines)
    sums = [sum(column) for column in zip(*(line.values for line in table.lines), strict=True)]
    foot = "".join(f"<td>{_short(value)}</td>" for value in sums)
    return (
        '<table><thead><tr><th scope="col">Language</th><th scope="col" aria-sort="descending">XP</th>'
        f"{heads}</tr></thead><tbody>{rows}</tbody>"
        f'<tfoot><tr><th scope="row">Total</th><td>{number(sum(sums))}</td>{foot}</tr></tfoot></table>'
    )


def _row(line: Line, limits: tuple[int, int, int, int]) -> str:
    cells = "".join(f'<td class="h{heat_level(value, limits)}">{_short(value)}</td>' for value in line.values)
    name = f'<th scope="row">{dot(line.name)}<bdi>{xml(line.name)}</bdi></th>'
    return f"<tr>{name}<td>{number(line.total)}</td>{cells}</tr>"


def _short(value: int) -> str:
    return short(value) if value else "·"


def breakdown_data(breakdown: Breakdown) -> str:
    """All tables and days as JSON that ends no element: names once, everything else by their numbers."""
    names: dict[str, int] = {}

    def at(name: str) -> int:
        return names.setdefault(name, len(names))

    periods = [
        {
            "key": period.key,
            "label": period.label,
            "tables": {
                by: [table.columns, [[at(line.name), *line.values] for line in table.lines]]
                for by, table in period.tables.items()
            },
        }
        for period in breakdown.periods
    ]
    days = {
        day.isoformat(): [
            [
                at(one.language),
                [part for pair in one.hours.items() for part in pair],
                *(
                    [
                        part
                        for name, xp in one.named[by].items()
                        for part in (_place(breakdown.columns[by], name), xp)
                    ]
                    for by in breakdown.columns
                ),
            ]
            for one in languages
        ]
        for day, languages in breakdown.days.items()
    }
    data = {
        "periods": periods,
        "columns": breakdown.columns,
        "days": days,
        "note": _NOTE,
        "names": list(names),
        "colours": [colour(name) for name in names],
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _place(columns: tuple[str, ...], name: str) -> int:
    """Its column; the last one is that of the others."""
    return columns.index(name) if name in columns else len(columns) - 1
