"""The card in words, for a chat or a page in Markdown: no machine's name is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codestats.text import clean, cut, number, percent, plural, width

if TYPE_CHECKING:
    from codestats.data.report.model import Report

__all__ = ["card_markdown", "card_text"]

_LANGUAGES = 6
_CELLS = 20
_NAME = 18
_SPECIAL = str.maketrans({char: f"\\{char}" for char in "\\`*_{}[]()<>#+-.!|~"})


def _facts(report: Report) -> list[str]:
    """Level, totals and habits, a sentence each."""
    now, days = report.standing, report.days
    habits = f"a streak of {plural(days.streak, 'day')}, the longest {plural(days.longest, 'day')}"
    return [
        f"Level {now.level:,}, {number(now.xp)} XP, {number(now.missing)} to level {now.level + 1:,}",
        f"{number(days.week)} XP this week, {habits}",
    ]


def _heading(user: str) -> str:
    """Nobody's name where the service has not told it yet."""
    return f"{user} at Code::Stats" if user else "Code::Stats"


def card_text(report: Report) -> str:
    """Plain text of some ten lines."""
    total = sum(tally.xp for tally in report.languages)
    most = max((tally.xp for tally in report.languages), default=1)
    lines = [_heading(clean(report.user)), *_facts(report), ""]
    for tally in report.languages[:_LANGUAGES]:
        name = cut(clean(tally.name), _NAME)
        bar = "━" * max(round(tally.xp / max(most, 1) * _CELLS), 1)
        blank = " " * (_NAME - width(name))
        lines.append(
            f"{name}{blank}  {bar.ljust(_CELLS)}  {percent(tally.xp, total):>4}  level {tally.level}"
        )
    return "\n".join(lines).rstrip() + "\n"


def card_markdown(report: Report) -> str:
    """A heading, two sentences and a table."""
    total = sum(tally.xp for tally in report.languages)
    lines = [f"### {_heading(clean(report.user).translate(_SPECIAL))}", "", "  \n".join(_facts(report)), ""]
    if report.languages:
        lines += ["| Language | Level | XP | Share |", "|---|--:|--:|--:|"]
    for tally in report.languages[:_LANGUAGES]:
        name = clean(tally.name).translate(_SPECIAL)
        lines.append(f"| {name} | {tally.level} | {number(tally.xp)} | {percent(tally.xp, total)} |")
    return "\n".join(lines).rstrip() + "\n"
