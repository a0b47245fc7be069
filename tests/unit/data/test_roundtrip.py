"""Export → wipe → import → same statistics; an import twice is an import once; nothing is doubled."""

from __future__ import annotations

import io
import json
import os
from collections import Counter
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codestats import paths
from codestats.data import ledger
from codestats.data.export import write_ledger
from codestats.data.formats import HEADER, Row
from codestats.data.importer import import_file
from codestats.languages import clean_name
from codestats.storage.database import Database
from codestats.storage.spool import set_meta

NOW = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0, tzinfo=None)
# Databases by the hundred: not on a slow disk.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK | os.X_OK) else None
HOST = paths.machine_name()

hours = st.integers(0, 24 * 40).map(lambda back: (NOW - timedelta(hours=back)).strftime("%Y-%m-%dT%H"))
wild_names = st.text(min_size=1, max_size=20) | st.sampled_from(
    ["C++", "=1+1", "'=1", "a;b", 'a"b', " x ", "@cmd", "-", "'", "ß", "ẞ", "😂", "\u202e", "a\nb", "x" * 300]
)
languages = st.sampled_from(["Python", "Lua", "VimL"]) | wild_names
machines = st.sampled_from([HOST, "laptop", "office"]) | wild_names
states = st.sampled_from(["sent", "expired", "rejected", "imported", "queued"])


def entries(language=languages, machine=machines, state=states, largest=10_000, **sizes):
    entry = st.tuples(
        hours,
        st.sampled_from([0, 60, 330, -570]),
        language.map(clean_name),
        machine.map(clean_name),
        state,
        st.integers(1, largest),
    )
    return st.lists(entry, max_size=30, **sizes)


def fill(directory, rows):
    with closing(Database(paths.database_file(directory))) as database, database.transaction() as connection:
        for hour, offset, language, machine, state, xp in rows:
            if state == "queued":
                query = "INSERT INTO pulse(hour, offset, coded_at) VALUES(?, ?, 1) RETURNING id"
                (pulse,) = connection.execute(query, (hour, offset)).fetchone()
                connection.execute("INSERT INTO pulse_xp VALUES(?, ?, ?)", (pulse, language, xp))
            else:
                query = """
                INSERT INTO ledger VALUES(?, ?, ?, ?, ?, 0, ?)
                ON CONFLICT DO UPDATE SET xp = xp + excluded.xp"""
                connection.execute(query, (hour, offset, language, machine, state, xp))


class Store:
    """A data directory for a moment."""

    def __init__(self, rows=()):
        self._directory = TemporaryDirectory(dir=MEMORY)
        self.directory = Path(self._directory.name)
        fill(self.directory, rows)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._directory.cleanup()

    def export(self, form="csv"):
        out = io.BytesIO()
        write_ledger(self.directory, out, form, ledger.EVERYTHING)
        return out.getvalue()

    def take(self, data, **options):
        return import_file(self.directory, io.BytesIO(data), **options)

    def statistics(self):
        with ledger.opened(self.directory) as database, database.reading() as connection:
            sums = Counter()
            for row in ledger.rows(connection, by_state=False):
                sums[row.hour, row.language, row.machine] += row.xp
        return sorted((*cell, xp) for cell, xp in sums.items())

    def totals(self):
        """XP by hour and language, whatever machine it is filed under and however it is written."""
        sums = Counter()
        for hour, language, _, xp in self.statistics():
            sums[hour, language.casefold()] += xp
        return sums


quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@quick
@given(rows=entries(min_size=1))
def test_what_is_exported_and_wiped_comes_back_by_import(form, rows):
    with Store(rows) as old, Store() as new:
        done = new.take(old.export(form))
        assert done.bad == 0
        assert new.totals() == old.totals()
        if len({row[2] for row in rows}) == len({row[2].casefold() for row in rows}):
            assert new.statistics() == old.statistics()
            assert new.export() == old.export()


@quick
@given(rows=entries(), more=entries())
def test_an_import_twice_changes_nothing(rows, more):
    with Store(rows) as store, Store(more) as other:
        data = other.export()
        store.take(data)
        once = store.statistics()
        assert store.take(data).new_xp == 0
        assert store.statistics() == once


@quick
@given(rows=entries(min_size=1))
def test_an_export_imported_where_it_came_from_changes_nothing(rows):
    with Store(rows) as store:
        before = store.statistics()
        for form in ("csv", "jsonl"):
            assert store.take(store.export(form), distinct=True).new_xp == 0
        assert store.statistics() == before


@quick
@given(
    rows=entries(machine=st.just(HOST), state=st.just("sent"), min_size=1),
    others=entries(machine=st.just("laptop"), state=st.just("sent")),
)
def test_the_websites_export_of_what_was_counted_here_doubles_nothing(rows, others):
    """There this machine has another name, and the laptop's XP is there as well."""
    others = [row for row in others if row[:3] not in {own[:3] for own in rows}]
    sent = [(*row[:3], 'My ; "Höst"', *row[4:]) for row in rows]
    with Store(rows) as own, Store([*sent, *others]) as website, Store(others) as rest:
        truth = own.totals() + rest.totals()
        data = website.export()
        done = own.take(data)
        assert done.same['My ; "Höst"'] == HOST
        assert own.totals() == truth
        assert own.take(data).new_xp == 0


@quick
@given(rows=entries(), cuts=st.lists(st.integers(0, 30), min_size=1, max_size=4))
def test_older_and_newer_exports_come_in_any_order(rows, cuts):
    whole = [row for row in rows if row[4] != "queued"]
    exports = []
    for cut in cuts:
        with Store(whole[:cut]) as part:
            exports.append(part.export())
    with Store() as forth, Store() as back:
        for data in exports:
            forth.take(data, distinct=True)
        for data in reversed(exports):
            back.take(data, distinct=True)
        assert forth.totals() == back.totals()


def test_nothing_that_is_imported_is_ever_queued():
    rows = [("2026-01-01T10", 60, "Lua", "laptop", "sent", 5)]
    with Store(rows) as other, Store() as store:
        store.take(other.export())
        with (
            closing(Database(paths.database_file(store.directory))) as database,
            database.reading() as connection,
        ):
            assert connection.execute("SELECT count(*) FROM pulse").fetchone() == (0,)
            assert connection.execute("SELECT state, xp FROM ledger").fetchall() == [("imported", 5)]


def test_two_exports_joined_into_one_file_are_not_added_up():
    with Store([("2026-01-01T10", 60, "Lua", "laptop", "sent", 5)]) as other, Store() as store:
        assert store.take(other.export() + other.export()).new_xp == 5


def test_what_was_counted_after_the_import_is_added_to_it():
    """The hour of a fresh installation: 100 XP come back from the website, then 50 are typed here."""
    first = ("2026-01-01T10", 60, "Lua", HOST, "sent", 100)
    with Store([first]) as website, Store() as store:
        store.take(website.export())
        fill(store.directory, [("2026-01-01T10", 60, "Lua", HOST, "sent", 50)])
        assert sum(store.totals().values()) == 150
        assert store.take(website.export()).new_xp == 0
        fill(website.directory, [("2026-01-01T10", 60, "Lua", HOST, "sent", 50)])
        assert store.take(website.export()).new_xp == 0


def test_a_name_that_was_told_is_remembered():
    counted = [("2026-01-01T10", 60, "Lua", HOST, "sent", 100)]
    seen = [("2026-01-01T10", 60, "Lua", "Työkone", "sent", 120)]  # another editor has the same token
    with Store(seen) as website, Store(counted) as store:
        assert store.take(website.export(), machine="Työkone").new_xp == 20
        assert store.take(website.export()).new_xp == 0


def test_another_machine_at_work_in_the_same_hours_is_not_taken_for_this_one():
    hours = [f"2026-01-{day:02}T10" for day in range(1, 29)]
    own = [(hour, 60, "Lua", HOST, "sent", 10 + at) for at, hour in enumerate(hours)]
    others = [(hour, 60, "Lua", "laptop", "sent", 1000 + at) for at, hour in enumerate(hours) if at % 2]
    with Store(others) as laptop, Store(own) as store:
        done = store.take(laptop.export())
        assert done.same == {}
        assert done.new_xp == done.xp


def typed_here(store, hour, xp):
    with (
        closing(Database(paths.database_file(store.directory))) as database,
        database.transaction() as connection,
    ):
        connection.execute("INSERT INTO ledger VALUES(?, 60, 'C', ?, 'sent', 0, ?)", (hour, HOST, xp))


def by_machine(store):
    with ledger.summed(store.directory) as sums:
        return sums.by("machine")


def test_one_machine_of_two_names_is_one_in_the_statistics():
    there = b"2026-01-01 09:00:00Z;2026-01-01 10:00:00;60;C;laptop;100\n"
    with Store([]) as store:
        typed_here(store, "2026-01-01T10", 100)
        typed_here(store, "2026-01-02T10", 7)
        assert by_machine(store) == {HOST: 107}
        store.take(
            HEADER.encode() + there + b"2025-01-01 09:00:00Z;2025-01-01 10:00:00;60;C;desk;5\n",
            machine="laptop",
        )
        assert by_machine(store) == {"laptop": 107, "desk": 5}
        typed_here(store, "2026-01-03T10", 1)  # what is counted from then on, too
        assert by_machine(store) == {"laptop": 108, "desk": 5}


def test_which_machine_this_is_is_asked_once():
    there = HEADER.encode() + b"2025-01-01 09:00:00Z;2025-01-01 10:00:00;60;C;laptop;5\n"
    with Store([]) as store:
        assert store.take(there).candidates == []  # nothing was counted here
        typed_here(store, "2026-01-01T10", 100)
        assert store.take(there).candidates == ["laptop"]
        assert store.take(there).candidates == []
        store.take(there, machine="laptop")
        assert by_machine(store) == {"laptop": 105}


HERE = paths.machine_name()


def websites(*rows):
    """An export of the website: (hour, language, machine, XP), in UTC."""
    header = "sent_at;sent_at_local;tz_offset;language;machine;amount"
    lines = [
        f"{hour}:10:00Z;{hour}:10:00;0;{language};{machine};{xp}" for hour, language, machine, xp in rows
    ]
    return "\n".join([header, *lines, ""]).encode()


def sent(*rows):
    """The same, as this machine's ledger has it."""
    return [Row(hour.replace(" ", "T"), 0, language, HERE, "sent", xp) for hour, language, xp in rows]


def test_a_language_that_the_service_keeps_as_an_alias_is_not_counted_twice():
    ours = sent(("2026-01-02 10", "Foo", 24), ("2026-01-02 11", "Foo", 7), ("2026-01-02 11", "C", 5))
    theirs = websites(
        ("2026-01-02 10", "Bar", "laptop", 24),
        ("2026-01-02 11", "Bar", "laptop", 7),
        ("2026-01-02 11", "C", "laptop", 5),
    )
    with Store(ours) as store:
        assert store.take(theirs).new_xp == 0
        assert store.take(theirs).new_xp == 0


def test_so_it_is_when_others_wrote_in_that_language_too():
    ours = sent(("2026-01-02 10", "Foo", 24), ("2026-01-02 11", "Foo", 7), ("2026-01-02 10", "Bar", 3))
    theirs = websites(
        ("2026-01-02 10", "Bar", HERE, 27), ("2026-01-02 11", "Bar", HERE, 7), ("2026-01-03 10", "Bar", "other", 9)
    )  # fmt: skip
    with Store(ours) as store:
        assert store.take(theirs).new_xp == 9
        assert store.take(theirs).new_xp == 0


def test_a_language_is_no_alias_of_one_with_other_amounts():
    ours = sent(("2026-01-02 10", "Foo", 24), ("2026-01-02 11", "Foo", 7))
    with Store(ours) as store:
        assert (
            store.take(websites(("2026-01-02 10", "Bar", HERE, 20), ("2026-01-02 12", "C", HERE, 7))).new_xp
            == 27
        )


def test_an_alias_that_profiles_told_of_needs_no_like_amounts():
    """Another editor wrote in that language in the same hour, with this machine's token."""
    ours = sent(("2026-01-02 10", "Foo", 24))
    theirs = websites(("2026-01-02 10", "Bar", HERE, 31))
    with Store(ours) as store:
        note_aliases(store, mine={"foo": ["bar", 2]})
        assert store.take(theirs).new_xp == 7
        assert store.take(theirs).new_xp == 0


@pytest.mark.parametrize(
    "accounts",
    [{"mine": {"foo": ["bar", 1]}}, {"mine": {"foo": ["bar", 2]}, "other": {"foo": ["c", 2]}}],
    ids=["seen once", "two services that differ"],
)
def test_an_alias_that_is_not_sure_is_none(accounts):
    with Store(sent(("2026-01-02 10", "Foo", 24))) as store:
        note_aliases(store, **accounts)
        theirs = websites(("2026-01-02 10", "Bar", HERE, 31), ("2026-01-02 10", "C", HERE, 1))
        assert store.take(theirs).new_xp == 32


def test_a_language_that_the_file_has_is_no_alias_in_it():
    with Store(sent(("2026-01-02 10", "Foo", 24))) as store:
        note_aliases(store, mine={"foo": ["bar", 2]})
        theirs = websites(("2026-01-02 10", "Foo", HERE, 24), ("2026-01-02 10", "Bar", HERE, 31))
        assert store.take(theirs).new_xp == 31


def note_aliases(store, **accounts):
    """As deliveries have learned them from profiles: language → what it is kept as, and how often that was seen."""
    with (
        closing(Database(paths.database_file(store.directory))) as database,
        database.transaction() as connection,
    ):
        for account, aliases in accounts.items():
            set_meta(connection, f"aliases {account}", json.dumps(aliases))


def test_what_was_never_sent_is_no_alias():
    ours = [Row("2026-01-02T10", 0, "Foo", HERE, "rejected", 24)]
    with Store(ours) as store:
        assert store.take(websites(("2026-01-02 10", "Bar", HERE, 24))).new_xp == 24
