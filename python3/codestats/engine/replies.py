"""What the editor asks for besides views: its user's profile, and where the XP of a key goes.

Belongs to the recorder's thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codestats.clock import local_now
from codestats.stats.activity import days_summary, merge_days

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from codestats.engine.profiles import CachedProfile, Profiles
    from codestats.engine.recorder import Recorder
    from codestats.languages import Languages
    from codestats.settings import Settings

__all__ = ["Replies"]


class Replies:
    """Delivers `profile` and `names` messages."""

    def __init__(self, deliver: Callable[[dict[str, Any]], None], profiles: Profiles) -> None:
        self._deliver = deliver
        self._profiles = profiles
        self._told: dict[str, list[str]] = {}
        self._chosen: Mapping[str, tuple[str, str]] = {}

    def own_profile(self, settings: Settings, recorder: Recorder | None) -> None:
        """The last known profile of the own user at once, then the service's answer."""
        known = self._profiles.of(settings.username, settings, recorder)
        self.profile(known, recorder)
        self._profiles.ask(settings.username, settings, known, recorder)

    def profile(self, known: CachedProfile, recorder: Recorder | None) -> None:
        """With what the service does not know of yet, for the editor to count on from there."""
        if known.profile is None:
            return
        counted = recorder.days() if recorder else {}
        today = local_now().date()
        days = days_summary(merge_days(known.profile.dates, counted), today)
        message = known.profile.to_message()
        message["unsent"] = recorder.unsent() if recorder else {}
        message["aliases"] = recorder.aliases() if recorder else {}
        message.update(streak=days.streak, streak_has_today=days.today > 0)
        self._deliver(message)

    def names(
        self, keys: Iterable[object], settings: Settings, languages: Languages, recorder: Recorder | None
    ) -> None:
        """Where the XP of these keys goes: [[key, language or '' for nothing, why], …].

        No dictionary: Vim's Python can't make one with an empty key, which is the key of no filetype (seen on 9.0).
        """
        names = [self._named(key, languages) for key in keys if isinstance(key, str)]
        self._told.update({name[0]: name for name in names})
        twice = self._twice(settings, recorder)
        told = [[key, name, twice.get(name.casefold(), "") + why] for key, name, why in names]
        self._deliver({"type": "names", "names": told})

    def _twice(self, settings: Settings, recorder: Recorder | None) -> dict[str, str]:
        """Folded name → what is to be said of it, of languages that the profile has under several."""
        profile = self._profiles.of(settings.username, settings, recorder).profile
        if profile is None or recorder is None:
            return {}
        from codestats.health.names import languages_twice  # noqa: PLC0415 (seldom asked for)

        found = languages_twice(profile, settings, recorder.chosen_names())
        return {
            tally.name.casefold(): f"in your profile also {twice.besides(tally)}; {twice.line}; "
            for twice in found
            for tally in twice.entries
        }

    def follow_choices(self, settings: Settings, languages: Languages, recorder: Recorder | None) -> None:
        """If names are others now, tell those again that were asked for, and the profile with its XP under them."""
        if languages.chosen == self._chosen:
            return
        self._chosen = languages.chosen
        changed = [key for key, name in self._told.items() if self._named(key, languages) != name]
        if changed:
            self.names(changed, settings, languages, recorder)
            known = self._profiles.of(settings.username, settings, recorder)
            self._profiles.ask(settings.username, settings, known, recorder)

    @staticmethod
    def _named(key: str, languages: Languages) -> list[str]:
        language, why, _ = languages.explain(key)
        return [key, language or "", why]
