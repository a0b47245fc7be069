"""Made-up people for the views' tests: the same figures on every machine and every Python."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

from codestats.account import parse_account
from codestats.profile import parse_profile
from codestats.pulse import KINDS
from support.memory_sums import Activity, Entry

NOW = datetime(2026, 8, 20, 15, 30)  # noqa: DTZ001 (views are drawn for a local time)
LANGUAGES = {
    "Python": 1_767_278,
    "Elixir": 704_300,
    "Vim script": 221_000,
    "Plaintext": 134_290,
    "JavaScript (JSX)": 98_000,
    "Rust": 70_000,
    "HTML": 44_000,
    "💩": 20_000,
    "Markdown": 14_538,
    "XML": 15,
}
HOSTILE = (
    "tab\there\nand\r\nlines\x00\x1b[31mred",
    "%#Error# %{system('true')} %= 100%",
    "\u202eright-to-left override \u2066isolate",
    "עברית and العربية",
    "漢字かな交じり文の名前" * 3,
    "👩‍👩‍👧‍👦 family 👍🏽 🇫🇮 1️⃣ ❤️ ⏱",
    "Z̵̧̡̛͇̭̬̱̟͖͙̰̑̓̀̈́͌̀̂̕͝ä̸́̂̃̄lgo",
    "zero\u200bwidth\u200d\ufeff\u00adjoiner",
    "\u0301starts with a mark",
    "lone \ud800 surrogate",
    "x" * 255,
    "   ",
    "",
    "हिन्दी தமிழ் ไทยำ",
    "<script>alert(1)</script> | \" ' \\ <CR>",
)


def dice(seed: int):
    """Pseudo-random numbers in 0..limit-1, without the library's promise to keep."""
    state = seed * 2_654_435_761 % 2**32 or 1

    def roll(limit: int) -> int:
        nonlocal state
        state ^= state << 13 & 0xFFFFFFFF
        state ^= state >> 17
        state ^= state << 5 & 0xFFFFFFFF
        return state % limit

    return roll


@lru_cache
def days(count: int, seed: int = 3) -> dict[date, int]:
    """So many days back from NOW: busy weeks, free weekends, a fortnight's holiday a year."""
    roll = dice(seed)
    found = {}
    for back in range(count):
        day = NOW.date() - timedelta(days=back)
        luck, xp = roll(100), 200 + roll(40) ** 2 + roll(20) ** 3 // 4
        if luck < (25 if day.weekday() > 4 else 88) and not 20 < back % 365 < 35:
            found[day] = xp
    return found


@lru_cache
def activity(count: int, seed: int = 3) -> Activity:
    """The hours in which those days' XP was typed."""
    roll = dice(seed + 1)
    names = list(LANGUAGES)[:6]
    entries = []
    for day, xp in days(count, seed).items():
        for _ in range(5):
            hour = (8 + roll(5) + roll(5) + roll(7)) % 24
            name = names[roll(roll(6) + 1)]
            machine = "Työkone" if day.weekday() < 5 and hour < 18 else "Laptop"
            if day < NOW.date() or hour <= NOW.hour:
                entries.append(Entry.at(f"{day}T{hour:02}", name, machine, 1 + xp * (1 + roll(9)) // 30))
    return Activity.of(entries)


def answer(count: int = 700) -> dict[str, object]:
    """What the service says of Nicd."""
    recent = {"Python": 2100, "Vim script": 989, "Plaintext": 200}
    return {
        "user": "Nicd",
        "total_xp": 3_073_421,
        "new_xp": 3289,
        "machines": {
            "Työkone": {"xps": 246_116, "new_xps": 3289},
            "Best Machine": {"xps": 2_827_305, "new_xps": 0},
        },
        "languages": {name: {"xps": xp, "new_xps": recent.get(name, 0)} for name, xp in LANGUAGES.items()},
        "dates": {day.isoformat(): xp for day, xp in days(count).items()},
    }


@lru_cache
def profile(count: int = 700):
    return parse_profile(answer(count))


@lru_cache
def other_profile():
    """Somebody with less of most, and languages that Nicd does not have; one is spelled otherwise."""
    languages = {"Rust": 911_000, "PYTHON": 250_000, "C++": 120_500, "Zig": 88_000, "Markdown": 7_000}
    return parse_profile({
        "user": "bob",
        "total_xp": sum(languages.values()),
        "new_xp": 320,
        "machines": {"desk": {"xps": sum(languages.values()), "new_xps": 320}},
        "languages": {name: {"xps": xp, "new_xps": 0} for name, xp in languages.items()},
        "dates": {day.isoformat(): xp for day, xp in days(500, 11).items()},
    })  # fmt: skip


@lru_cache
def account():
    """What the service's own pages know: hours, weekdays, the languages of the last days."""
    weekdays = [sum(xp for day, xp in days(500, 11).items() if day.weekday() == at) for at in range(7)]
    return parse_account(
        {
            "registered": "2019-03-02T21:10:48Z",
            "hourOfDayXps": {str(hour): (hour - 5) * (24 - hour) * 900 for hour in range(6, 24)},
            "dayOfWeekXps": [{"day": at + 1, "xp": xp} for at, xp in enumerate(weekdays)],
            "dayLanguageXps": [
                {"date": day.isoformat(), "language": name, "xp": xp * part // 10}
                for day, xp in list(days(500, 11).items())[:60]
                for name, part in (("Rust", 6), ("PYTHON", 3), ("C++", 1))
            ],
        },
        NOW.timestamp() - 3600,
    )


def hostile_profile():
    """A person who named everything to break a screen."""
    names = {name: {"xps": 10 ** (index % 9) + index, "new_xps": index} for index, name in enumerate(HOSTILE)}
    return parse_profile({
        "user": HOSTILE[5] + HOSTILE[0],
        "total_xp": 10**30,
        "new_xp": -5,
        "machines": names,
        "languages": names,
        "dates": {"2026-08-19": 10**40, "not a date": 1, "2026-02-30": 4, "2026-08-18": "many"},
    })  # fmt: skip


@lru_cache
def typed_activity() -> Activity:
    """The same hours; from June on it is noted what they were typed with."""
    return Activity.of([
        entry._replace(editor="Vim" if entry.hour[12] == "9" else "Neovim", system="Linux")
        if entry.hour >= "2026-06"
        else entry
        for entry in activity(700).entries
    ])  # fmt: skip


def hostile_activity() -> Activity:
    entries = [
        Entry.at(f"2026-08-{1 + at:02}T{at:02}", name, HOSTILE[-1 - at], 10 ** (at % 8) + at)
        for at, name in enumerate(HOSTILE)
    ]
    return Activity.of(entries)


@lru_cache
def big_profile():
    """1,000 languages, 200 machines, ten years of dates."""
    return parse_profile({
        "user": "big",
        "total_xp": 10**9,
        "languages": {f"Language {at}": {"xps": 10**9 // (at + 1), "new_xps": at} for at in range(1000)},
        "machines": {f"Machine {at}": {"xps": 10**9 // (at + 1), "new_xps": at} for at in range(200)},
        "dates": {day.isoformat(): xp for day, xp in days(3653).items()},
    })  # fmt: skip


class _Sources:
    """Bytes that came by kind, some a day."""

    def along(self, dimension, first, last):
        found = {}
        for day in days(500, 7):
            if not first <= day <= last:
                continue
            roll = dice(day.toordinal())
            for language in ("Python", "Vim script", "💩"):
                key = {"": "", "language": language, "date": day.isoformat(), "month": day.isoformat()[:7]}[
                    dimension
                ]
                kinds = found.setdefault(key, {})
                for kind in KINDS[: 7 if language == "Python" else 4]:
                    came, went = kinds.get(kind, (0, 0))
                    kinds[kind] = came + roll(500 if kind == "typed" else 90), went + roll(50)
        return found


SOURCES = _Sources()
