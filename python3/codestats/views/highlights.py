"""The highlight groups of all views. Renderings take them to the editor; a test compares help and health check.

Each links by default to a standard group that every colour scheme sets, in Vim and in Neovim,
so 16 colours, 256 and true colour, light and dark all work; a user overrides a group with
``:highlight``. Nothing is told by colour alone: heat cells differ by glyph, the chosen tab is
underlined, the sorted column has an arrow.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["GROUPS", "Group"]


class Group(NamedTuple):
    """A highlight group, the standard group it links to, and what it is for."""

    name: str
    link: str
    purpose: str


GROUPS = (
    Group("CodeStatsTitle", "Title", "names of users and headings of sections"),
    Group("CodeStatsTab", "Comment", "tabs of the pages that are not shown"),
    Group("CodeStatsTabActive", "Title", "the tab of the shown page, and its line"),
    Group("CodeStatsRule", "NonText", "thin lines between parts"),
    Group("CodeStatsLabel", "Comment", "labels, axes, units and other quiet text"),
    Group("CodeStatsName", "Identifier", "names of languages and machines"),
    Group("CodeStatsNumber", "Number", "counts of XP and other figures"),
    Group("CodeStatsLevel", "Type", "levels"),
    Group("CodeStatsTotal", "Statement", "totals below a table"),
    Group("CodeStatsHeader", "Comment", "column headings of tables"),
    Group("CodeStatsSort", "Special", "the heading of the sorted column"),
    Group("CodeStatsBar", "Function", "bars and columns of charts"),
    Group("CodeStatsBarNow", "Constant", "the bar of today or of this hour"),
    Group("CodeStatsProgress", "String", "the done part of a progress line"),
    Group("CodeStatsTrack", "NonText", "the part of a progress line still to go"),
    Group("CodeStatsGain", "String", "XP gained, a growing figure"),
    Group("CodeStatsLoss", "Constant", "a shrinking figure"),
    Group("CodeStatsHeat0", "NonText", "heat map: no XP"),
    Group("CodeStatsHeat1", "String", "heat map: the least XP"),
    Group("CodeStatsHeat2", "String", "heat map: less XP than the middle"),
    Group("CodeStatsHeat3", "String", "heat map: more XP than the middle"),
    Group("CodeStatsHeat4", "String", "heat map: the most XP"),
    Group("CodeStatsKey", "Special", "keys that can be pressed"),
    Group("CodeStatsOk", "String", "a state in which all is well"),
    Group("CodeStatsInfo", "Comment", "a note about the data: its age, loading"),
    Group("CodeStatsWarning", "WarningMsg", "a state that mends itself, as offline"),
    Group("CodeStatsError", "ErrorMsg", "a state that needs the user"),
)
