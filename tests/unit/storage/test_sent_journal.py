"""A data directory that is set back does not send again what the service has got since."""

from __future__ import annotations

import os
import shutil
from contextlib import closing

import pytest

from codestats import paths
from codestats.api.outcome import Outcome, Verdict
from codestats.delivery.outbox import Outbox
from codestats.hosts.bytecode import cache_directory
from codestats.storage import name_choices
from codestats.storage.database import Database
from codestats.storage.owners import Owner
from codestats.storage.sent_journal import SentJournal
from codestats.storage.spool import ResolvedBatch, Spool
from support.fakes import START, FakeClock, sums

SENT = Outcome(Verdict.SENT, status=201)


class Bench:
    """A data directory, its copies, and the XP that arrived."""

    def __init__(self, directory) -> None:
        self.directory, self.cache, self.backup = (
            directory / "data",
            directory / "cache",
            directory / "backup",
        )
        self.directory.mkdir()
        self.path = self.directory / "spool.sqlite3"
        self.clock = FakeClock()
        self.number = self.arrived = 0
        self.forgotten = []

    def use(self):
        return closing(Database(self.path))

    def type(self, xp, language="C", ago=0):
        self.number += 1
        batch = ResolvedBatch(f"batch {self.number}", START - ago, {language: xp})
        with self.use() as database:
            Spool(database, self.clock).record([batch])

    def send(self, most=99):
        with self.use() as database:
            outbox = Outbox(
                database, self.clock, "me", Owner("account"), None, SentJournal(self.path, self.cache)
            )
            outbox.acquire()
            while most and (claim := outbox.claim()) is not None:
                self.arrived += claim.xp
                outbox.finish(claim, "sent")
                most -= 1
            outbox.release_lease()

    def back_up(self):
        shutil.copytree(self.directory, self.backup)

    def restore(self, prepare=lambda: None):
        shutil.rmtree(self.directory)
        shutil.copytree(self.backup, self.directory)
        with self.use() as database:
            journal = SentJournal(self.path, self.cache)
            return journal.replay(database, lambda _, account: self.forgotten.append(account), prepare)

    def sums(self):
        return sums(self.path)


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def test_what_was_sent_since_is_not_sent_again(bench):
    bench.type(50)
    bench.back_up()
    bench.send()
    assert bench.restore() == 50
    assert bench.sums() == {"sent": 50}
    bench.type(1)
    bench.send()
    assert bench.arrived == 51
    assert bench.forgotten == ["account"]


@pytest.mark.parametrize("account", ["", "account"])
def test_what_went_out_under_the_name_that_the_profile_chose_is_not_sent_again(bench, account):
    ours, theirs = "JavaScript (JSX)", "JavaScript (React)"
    bench.type(50, ours)
    with bench.use() as database, database.transaction() as connection:
        connection.execute("UPDATE pulse SET account = ?", (account,))
        name_choices.mark_undecided(connection, account, [ours])
    bench.back_up()
    with bench.use() as database, database.transaction() as connection:
        name_choices.settle(connection, Owner("account"), START, "2026-11-27", lambda: {theirs.casefold(): 7})
    bench.send()
    assert bench.arrived == 50
    assert bench.restore() == 50
    assert bench.sums() == {"sent": 50}
    bench.send()
    assert bench.arrived == 50


def test_what_was_typed_and_sent_since_is_in_the_history_again(bench):
    bench.type(5)
    bench.back_up()
    bench.type(7)
    bench.type(2, "Go", ago=7200)
    bench.send()
    bench.restore()
    assert bench.sums() == {"sent": 14}


def test_what_was_not_sent_since_still_is(bench):
    bench.type(5)
    bench.type(3, ago=7200)
    bench.back_up()
    bench.send(most=1)
    bench.restore()
    bench.send()
    assert bench.arrived == 8
    assert bench.sums() == {"sent": 8}


def test_only_once(bench):
    bench.type(5)
    bench.back_up()
    bench.send()
    bench.restore()
    bench.type(4)
    with bench.use() as database:
        assert SentJournal(bench.path, bench.cache).replay(database, lambda *_: None, lambda: None) == 0
    bench.send()
    assert bench.arrived == 9


def test_a_backup_of_a_backup(bench):
    bench.type(5)
    bench.back_up()
    bench.send()
    for _ in range(3):
        bench.restore()
        bench.send()
    assert bench.arrived == 5


def test_a_hand_over_file_that_came_back_is_taken_in_before(bench):
    bench.back_up()
    bench.type(6)
    bench.send()
    bench.restore(prepare=lambda: bench.type(6))
    bench.send()
    assert bench.arrived == 6


def test_another_database_at_the_same_place_is_no_backup(bench):
    bench.type(5)
    bench.send()
    bench.path.unlink()
    bench.type(5)
    with bench.use() as database:
        assert SentJournal(bench.path, bench.cache).replay(database, lambda *_: None, lambda: None) == 0
    assert bench.sums() == {"queued": 5}


@pytest.mark.parametrize("end", [b"", b'{"of": "', b"null\n", b'{"of": 1}\n', b"\xff\xfe\n"])
def test_lines_that_make_no_sense_are_passed_over(bench, end):
    bench.type(5)
    bench.back_up()
    bench.send()
    [file] = bench.cache.iterdir()
    with file.open("ab") as lines:
        lines.write(end)
    assert bench.restore() == 5


def test_without_a_cache_everything_works_as_before(bench):
    bench.cache = None
    bench.type(5)
    bench.send()
    assert bench.sums() == {"sent": 5}


def test_a_cache_that_cannot_be_written_is_let_be(bench):
    bench.cache.write_text("a file")
    bench.type(5)
    bench.send()
    assert bench.sums() == {"sent": 5}


def test_it_stays_small(bench, monkeypatch):
    monkeypatch.setattr("codestats.storage.sent_journal._LARGEST", 4000)
    monkeypatch.setattr("codestats.storage.sent_journal._KEPT", 10)
    for number in range(60):
        bench.type(1, ago=number * 3600)
    bench.send()
    [file] = bench.cache.iterdir()
    assert file.stat().st_size < 6000
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"HOME": "/h"},
        {"HOME": "/h", "XDG_CACHE_HOME": "/c"},
        {"LOCALAPPDATA": "/l"},
        {"XDG_CACHE_HOME": "c"},
    ],
)
def test_it_lies_where_compiled_modules_do(environ, platform):
    assert (
        str(paths.cache_dir(environ, platform) or "")
        == os.path.normpath(cache_directory(environ, platform) or "/")[
            (0 if cache_directory(environ, platform) else 1) :
        ]
    )
