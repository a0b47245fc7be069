"""Whether a pulse whose answer was lost did arrive, told by the user's own public profile.

The service cannot be asked for a pulse. But a profile taken while nothing was under way, plus what was sent since, is
what there would be without the pulse: what the profile of now has beyond that tells.

- The XP of *this machine* is the best witness, since other machines of the account may send at any time. A profile
  names machines, a token does not: which one is ours is learned from pulses that are known to have arrived.
- Languages speak against it: what grew by less than the pulse has did not get it. Unless the profile does not have the
  language at all: the service may keep it as an alias of another one.

Where neither is clear, nothing is: a hidden profile, none from before, numbers that do not add up.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from codestats.profile import parse_profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["ABSENT", "UNKNOWN", "Doubt", "Finding", "ProfileSnapshot", "folded"]

_MOST = 2000  # ways in which pulses in doubt may have arrived or not; with more of them nothing is told


class Doubt(NamedTuple):
    """A pulse of which nobody knows how often it arrived: from 0 to so many `times`."""

    xps: Mapping[str, int]
    times: int


class Finding(NamedTuple):
    """How many `times` a pulse arrived, None for unknown. `is_guess`: by the numbers; our machine is not known."""

    times: int | None
    is_guess: bool = False


UNKNOWN = Finding(None)
ABSENT = Finding(0)


@dataclass(frozen=True, slots=True)
class ProfileSnapshot:
    """A profile's sums of XP. Languages are folded as the service does."""

    total: int
    languages: Mapping[str, int]
    machines: Mapping[str, int]

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> ProfileSnapshot:
        """Take the sums out of the service's JSON."""
        profile = parse_profile(answer)
        languages = folded({tally.name: tally.xp for tally in profile.languages})
        machines = {tally.name: tally.xp for tally in profile.machines}
        return cls(profile.total_xp, languages, machines)

    def machine_of(self, now: ProfileSnapshot, sent: Mapping[str, int]) -> str:
        """Our machine's name: the only one that grew since, by just what was `sent`; '' if that cannot be told."""
        amount = sum(sent.values())
        gains = _difference(now.machines, self.machines)
        is_all = now.total - self.total == amount and list(gains.values()) == [amount]
        return next(iter(gains)) if amount > 0 and is_all else ""

    def alias_in(self, now: ProfileSnapshot, sent: Mapping[str, int]) -> tuple[str, str] | None:
        """The language sent since that the service keeps as another one, and that one; None if that cannot be told.

        Told where nobody else sent anything: what one language lacks, and is not there at all, just one other has.
        """
        over = _difference(_difference(now.languages, self.languages), sent)
        gone = [name for name in over if name not in now.languages and -over[name] == sent.get(name)]
        kept = [name for name, xp in over.items() if xp > 0]
        is_all = now.total - self.total == sum(sent.values()) and len(over) == 2 and sum(over.values()) == 0
        return (gone[0], kept[0]) if is_all and len(gone) == 1 and len(kept) == 1 else None

    def find(
        self, now: ProfileSnapshot, sent: Mapping[str, int], doubts: Sequence[Doubt], machine: str
    ) -> Finding:
        """Look in the profile of now for the first of these pulses in doubt.

        `sent` is what is known to have arrived since this snapshot, by folded language; `machine` is ours, '' for
        unknown.
        """
        growth = _Growth(self, now, sent)
        possible = _ways(doubts, growth)
        if not possible:
            return UNKNOWN
        if {way.times for way in possible} == {0}:
            return ABSENT
        if growth.is_known(machine):
            return _agreed(growth.by_machine(machine, possible))
        return growth.by_any_machine(possible)


class _Way(NamedTuple):
    """One way in which the pulses in doubt may have arrived.

    `times`: how often the first one did; `extra`: how often any came more than once; `xps`: all of their XP.
    """

    times: int = 0
    extra: int = 0
    xps: Mapping[str, int] = {}

    @property
    def amount(self) -> int:
        return sum(self.xps.values())

    def plus(self, xps: Mapping[str, int], times: int, *, is_first: bool) -> _Way:
        """This way, and one more pulse that arrived so often."""
        total = Counter(self.xps)
        for name, xp in xps.items() if times else ():
            total[name] += times * xp
        return _Way(times if is_first else self.times, self.extra + max(times - 1, 0), total)


def _ways(doubts: Sequence[Doubt], growth: _Growth) -> list[_Way]:
    """All for which there is room; none if they are too many to be told apart.

    Of ways with the same XP in each language, one will do: of two pulses that are alike, it is all the same which one
    arrived. That is the one in which the fewest came twice.
    """
    ways: dict[frozenset[tuple[str, int]], _Way] = {frozenset(): _Way()}
    for number, doubt in enumerate(doubts):
        xps = folded(doubt.xps)
        longer: dict[frozenset[tuple[str, int]], _Way] = {}
        for way in ways.values():
            for times in range(doubt.times, -1, -1):
                more = way.plus(xps, times, is_first=number == 0)
                key = frozenset(more.xps.items())
                if growth.has_room_for(more.xps) and (key not in longer or more.extra < longer[key].extra):
                    longer[key] = more
        if len(longer) > _MOST:
            return []
        ways = longer
    return list(ways.values())


class _Growth:
    """What a profile has beyond an earlier one and what was sent since."""

    def __init__(self, before: ProfileSnapshot, now: ProfileSnapshot, sent: Mapping[str, int]) -> None:
        self._before = before
        self._now = now
        self._sent = sum(sent.values())
        self._over = _difference(_difference(now.languages, before.languages), sent)
        self._gains = _difference(now.machines, before.machines)
        self._total = now.total - before.total

    def is_known(self, machine: str) -> bool:
        return machine in self._now.machines or machine in self._before.machines

    def has_room_for(self, xps: Mapping[str, int]) -> bool:
        """Whether no language speaks against it."""
        return all(self._over.get(name, 0) >= xp or self._may_be_alias(name) for name, xp in xps.items())

    def _may_be_alias(self, name: str) -> bool:
        return name not in self._now.languages

    def by_machine(self, machine: str, ways: Iterable[_Way]) -> list[_Way]:
        """The ways that explain what our machine gained."""
        beyond = self._gains.get(machine, 0) - self._sent
        exact = [way for way in ways if way.amount == beyond]
        if exact:
            return exact
        # Somebody else uses this machine's token, too: then by the languages, if those are the pulse's alone.
        return [
            way
            for way in ways
            if 0 < way.amount <= beyond and all(self._over.get(name, 0) == xp for name, xp in way.xps.items())
        ]

    def by_any_machine(self, ways: Sequence[_Way]) -> Finding:
        """Not knowing which machine is ours, take each that gained what was sent, and maybe the pulse, for it."""
        machines = [gain - self._sent for gain in self._gains.values()] if self._sent else []
        fitting = [way for way in ways if way.amount in machines]
        return _agreed(fitting) if fitting else self._by_all(ways)

    def _by_all(self, ways: Iterable[_Way]) -> Finding:
        """Believe a way only if it explains all that the profile gained."""
        finding = _agreed([way for way in ways if self._explains_all(way)])
        if not finding.times:
            return finding
        # What gained while we sent nothing, and had XP before, is somebody else's for all we know.
        is_ours = self._sent > 0 or not any(self._before.machines.get(name) for name in self._gains)
        return Finding(finding.times, is_guess=not self._sent) if is_ours else UNKNOWN

    def _explains_all(self, way: _Way) -> bool:
        whole = self._sent + way.amount
        if self._total != whole or list(self._gains.values()) != [whole] * bool(whole):
            return False
        rest = _difference(self._over, way.xps)
        # An alias: what one language lacks, others have.
        return sum(rest.values()) == 0 and all(
            xp > 0 or self._may_be_alias(name) for name, xp in rest.items()
        )


def _agreed(ways: Iterable[_Way]) -> Finding:
    """How often the pulse arrived, if all ways say the same."""
    times = {way.times for way in ways}
    return Finding(times.pop()) if len(times) == 1 else UNKNOWN


def folded(sums: Mapping[str, int]) -> dict[str, int]:
    """By language as the service tells them apart: letter case and outer blanks don't."""
    result: Counter[str] = Counter()
    for name, xp in sums.items():
        result[name.strip().casefold()] += xp
    return dict(result)


def _difference(more: Mapping[str, int], less: Mapping[str, int]) -> dict[str, int]:
    """The differences that are not 0, negative ones too."""
    differences = {name: more.get(name, 0) - less.get(name, 0) for name in (*more, *less)}
    return {name: xp for name, xp in differences.items() if xp}
