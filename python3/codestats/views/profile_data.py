"""What the profile view is drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from codestats.stats.activity import Days, days_summary, merge_days
from codestats.stats.sums import NO_SUMS, Sums
from codestats.views.parts.sentences import DayFacts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from codestats.account import Account
    from codestats.profile import Profile

__all__ = ["ProfileData"]


@dataclass(frozen=True)
class ProfileData:
    """A profile as far as it is known, and how the asking goes.

    ``state``: ``ready`` (fresh), ``loading``, ``error`` (no answer: ``note`` says why), ``missing`` (404)
    or ``no_token`` (nobody to ask for). ``fetched_at``: epoch seconds of the profile shown.
    ``activity``: the local ledger, where the user is the ``own`` one. ``counted``: XP counted since and
    already in the profile. ``goal``: XP a day, 0 for none. ``account``: all machines' hours and languages, where the
    service tells them. ``notes``: what to say below the languages.
    """

    user: str = ""
    profile: Profile | None = None
    state: str = "ready"
    note: str = ""
    fetched_at: float = 0.0
    activity: Sums = NO_SUMS
    counted: int = 0
    goal: int = 0
    url: str = ""
    own: bool = True
    account: Account | None = None
    notes: tuple[str, ...] = ()

    @cached_property
    def calendar(self) -> Mapping[date, int]:
        """XP of each day, from the profile and the ledger."""
        dates = self.profile.dates if self.profile else {}
        return merge_days(dates, self.activity.by_date()) if self.activity else dates

    def facts(self, first: date, last: date) -> DayFacts:
        """What is known of the days of a span."""
        here = DayFacts.of(self.activity.between(first, last)) if self.activity else DayFacts()
        days = self.account.days if self.account is not None else {}
        return here.known_better({day: languages for day, languages in days.items() if first <= day <= last})

    def age(self, now: datetime) -> float:
        """Seconds since the profile shown was got."""
        return max(now.timestamp() - self.fetched_at, 0.0)

    def days(self, now: datetime) -> Days:
        """Streaks, bests, today and this week."""
        return days_summary(self.calendar, now.date())
