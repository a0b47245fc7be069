"""The highlight groups of all views, and what each is made of. A test compares the help with this table.

A group is made of a *role*: a colour that `colours` computes against the window's background from a few of the colour
scheme's own. The editor links each group to that by default, so a user's own ``:highlight`` wins. Nothing is told by
colour alone: heat cells differ by shape, languages have their name beside the dot, the chosen tab has a heavy line.
"""

from __future__ import annotations

from typing import NamedTuple

from codestats import palette

__all__ = ["GROUPS", "LANGUAGE", "Group", "language_group"]

LANGUAGE = "CodeStatsLanguage"
"""What the group of a language's colour begins with."""

_SIGNS = {"+": "Plus", "#": "Sharp", "-": "", " ": "", ".": "", "*": "Star"}


class Group(NamedTuple):
    """A highlight group, the role it is made of, and what it is for."""

    name: str
    role: str
    purpose: str


GROUPS = (
    Group("CodeStatsTitle", "bold", "names of users and headings of sections"),
    Group("CodeStatsTab", "quiet", "tabs of the pages that are not shown"),
    Group("CodeStatsTabActive", "strong", "the tab of the shown page, and its line"),
    Group("CodeStatsRule", "faint", "thin lines between parts"),
    Group("CodeStatsLabel", "quiet", "labels, axes, units and other quiet text"),
    Group("CodeStatsName", "plain", "names of languages and machines"),
    Group("CodeStatsNumber", "bold", "counts of XP and other figures"),
    Group("CodeStatsLevel", "strong", "levels"),
    Group("CodeStatsTotal", "bold", "totals below a table"),
    Group("CodeStatsHeader", "quiet", "column headings of tables"),
    Group("CodeStatsSort", "strong", "the heading of the sorted column"),
    Group("CodeStatsBar", "accent", "bars and columns of charts"),
    Group("CodeStatsBarNow", "bold", "the bar of today or of this hour"),
    Group("CodeStatsProgress", "accent", "the done part of a progress line"),
    Group("CodeStatsTrack", "faint", "the part of a line still to go"),
    Group("CodeStatsOther", "grey", "all other languages of a chart"),
    Group("CodeStatsGoal", "quiet", "the line of the daily goal"),
    Group("CodeStatsGain", "green", "XP gained, a growing figure"),
    Group("CodeStatsLoss", "red", "a shrinking figure"),
    Group("CodeStatsHeat0", "faint", "heat map: no XP"),
    Group("CodeStatsHeat1", "shade1", "heat map: the least XP"),
    Group("CodeStatsHeat2", "shade2", "heat map: less XP than the middle"),
    Group("CodeStatsHeat3", "shade3", "heat map: more XP than the middle"),
    Group("CodeStatsHeat4", "shade4", "heat map: the most XP"),
    Group("CodeStatsGround1", "ground1", "figures on heat: the least XP"),
    Group("CodeStatsGround2", "ground2", "figures on heat: less than the middle"),
    Group("CodeStatsGround3", "ground3", "figures on heat: more than the middle"),
    Group("CodeStatsGround4", "ground4", "figures on heat: the most XP"),
    Group("CodeStatsKey", "accent", "keys that can be pressed"),
    Group("CodeStatsSpot", "Visual", "what the cursor points at"),
    Group("CodeStatsOk", "green", "a state in which all is well"),
    Group("CodeStatsInfo", "quiet", "a note about the data: its age, loading"),
    Group("CodeStatsWarning", "WarningMsg", "a state that fixes itself, as offline"),
    Group("CodeStatsError", "ErrorMsg", "a state that needs the user"),
)


def language_group(language: str) -> str:
    """The group of a language's colour: ``CodeStatsLanguageCPlusPlus``, or a number for an unknown one."""
    known = palette.known_name(language)
    if not known:
        return f"{LANGUAGE}{palette.hue(language):02}"
    return LANGUAGE + "".join(_SIGNS.get(part, part) for part in known.title())
