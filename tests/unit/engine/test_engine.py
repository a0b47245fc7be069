"""The engine from message to message, with the embedded service at the other end."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

from codestats import paths
from codestats.delivery.backoff import Backoff
from codestats.delivery.outbox import Outbox
from codestats.engine.engine import Engine
from codestats.exceptions import StorageBusyError
from codestats.storage.database import Database
from support.fakes import Editor, sums, wait_until

PYTHON3 = str(Path(paths.__file__).parents[1])


def batch(identity: str, xp: dict, at: float | None = None) -> dict:
    return {"id": identity, "at": int(time.time() if at is None else at), "xp": xp}


class Bench:
    """Makes engines that are stopped at the end."""

    def __init__(self, service, data_dir) -> None:
        self.service, self.data_dir = service, data_dir
        self.engines = []
        self.token = service.token("alice", "pc")

    def engine(self, **settings) -> tuple[Engine, Editor]:
        editor = Editor()
        engine = Engine(editor.deliver, environ={"HOME": str(self.data_dir)}, backoff=Backoff(0.02, 0.1))
        self.engines.append(engine)
        self.configure(engine, **settings)
        return engine, editor

    def configure(self, engine, **settings) -> None:
        known = {
            "api_key": self.token,
            "api_url": self.service.url,
            "data_dir": str(self.data_dir),
            **settings,
        }
        engine.receive({"type": "configure", "settings": known})

    def record(self, engine, *batches) -> None:
        engine.receive({"type": "record", "batches": list(batches)})

    @property
    def database(self):
        return paths.database_file(self.data_dir)

    @property
    def handover(self):
        directory = paths.handover_dir(self.data_dir)
        directory.mkdir(parents=True, exist_ok=True)
        return directory

    def leave_behind(self, name: str, *batches) -> None:
        (self.handover / name).write_text(json.dumps({"version": 1, "batches": list(batches)}))


@pytest.fixture
def bench(service, tmp_path):
    bench = Bench(service, tmp_path / "data")
    yield bench
    for engine in bench.engines:
        engine.stop()


def test_there_is_one_recorder_whichever_thread_comes_first(bench, monkeypatch):
    """While the first one makes it, the second one comes: it must not make another."""
    both, made = threading.Barrier(2), []

    class Thread(threading.Thread):
        def __init__(self, **options):
            super().__init__(**options)
            made.append(self)
            with suppress(threading.BrokenBarrierError):
                both.wait(0.5)

    engine = Engine(lambda _: None, environ={"HOME": str(bench.data_dir)})
    bench.engines.append(engine)
    monkeypatch.setattr("codestats.engine.engine.threading", SimpleNamespace(Thread=Thread))
    callers = [threading.Thread(target=engine.receive, args=({"type": "flush"},)) for _ in range(2)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert len(made) == 1


def test_from_keystrokes_to_the_service(bench):
    engine, editor = bench.engine()
    bench.record(engine, batch("a", {"python": 5, "": 2, "=My Language": 1}))
    assert engine.drain(20)
    assert bench.service.xp("alice") == {"Python": 5, "Plain text": 2, "My Language": 1}
    assert editor.of("recorded") == [{"type": "recorded", "ids": ["a"], "nothing": []}]
    [sent] = editor.of("sent")
    assert sent["xp"] == 8
    assert sent["languages"] == {"Python": 5, "Plain text": 2, "My Language": 1}
    assert editor.of("message") == []
    status = editor.status
    assert status["state"] == "ok"
    assert (status["queued"], status["queued_pulses"], status["sent"], status["today"]) == (0, 0, 8, 8)
    assert status["user"] == "alice"
    assert status["last_sent"] > 0


def test_an_answer_that_is_not_on_disk_yet_outlives_other_settings(bench, monkeypatch):
    bench.service.private = True  # nobody can look whether it arrived
    finish, is_met = Outbox.finish, threading.Event()

    def once_too_busy(*arguments, **options):
        if not is_met.is_set():
            is_met.set()
            raise StorageBusyError("locked")
        return finish(*arguments, **options)

    monkeypatch.setattr(Outbox, "finish", once_too_busy)
    engine, _ = bench.engine()
    bench.record(engine, batch("a", {"c": 5}))
    assert is_met.wait(20)
    bench.configure(engine, request_timeout=20)
    wait_until(lambda: sums(bench.database) == {"sent": 5})
    assert bench.service.total("alice") == 5


def test_a_batch_handed_over_to_a_second_host_counts_once(bench):
    first, _ = bench.engine()
    bench.record(first, batch("a", {"c": 5}))
    first.stop()
    second, editor = bench.engine()
    bench.record(second, batch("a", {"c": 5}), batch("b", {"c": 1}))
    assert second.drain(20)
    assert bench.service.total("alice") == 6
    assert editor.of("recorded")[0]["ids"] == ["a", "b"]


def test_ignored_filetypes_and_what_is_no_batch_are_acknowledged_and_dropped(bench):
    engine, editor = bench.engine(ignore_filetypes=["secret"])
    bench.record(
        engine, batch("a", {"secret": 5}), {"id": "b", "xp": 3}, "no batch", {"id": "c", "xp": {"c": -1}}
    )
    assert engine.drain(20)
    acknowledged = {identity for message in editor.of("recorded") for identity in message["ids"]}
    assert acknowledged == {"a", "b", "c"}
    assert editor.status["queued"] == 0
    assert bench.service.total("alice") == 0


def test_without_a_token_xp_waits_and_goes_out_when_there_is_one(bench):
    engine, editor = bench.engine(api_key="")
    bench.record(engine, batch("a", {"c": 5}))
    editor.wait_for_state("no_token")
    wait_until(lambda: not engine.outstanding)
    editor.wait_for(lambda it: it.status["queued"] == 5)
    assert [message["key"] for message in editor.of("message")] == ["no_token"]
    bench.configure(engine)
    editor.wait_for_state("ok")
    assert bench.service.total("alice") == 5


def test_a_wrong_token_holds_everything_until_it_changes(bench):
    engine, editor = bench.engine(api_key="wrong.token.here")
    bench.record(engine, batch("a", {"c": 5}))
    editor.wait_for_state("unauthorized")
    bench.record(engine, batch("b", {"c": 1}))
    editor.wait_for(lambda it: it.status["queued"] == 6)
    wait_until(lambda: not engine.outstanding)
    engine.receive({"type": "flush"})
    engine.drain(5)
    assert len(editor.of("message")) == 1
    assert editor.of("message")[0]["level"] == "error"
    bench.configure(engine)
    editor.wait_for(lambda it: it.status["state"] == "ok" and it.status["queued"] == 0)
    assert bench.service.total("alice") == 6


def test_an_outage_loses_nothing_and_is_said_once(bench, unused_port):
    engine, editor = bench.engine(api_url=f"http://127.0.0.1:{unused_port}")
    bench.record(engine, batch("a", {"c": 5}))
    editor.wait_for_state("offline")
    assert editor.status["retry_at"] > 0
    for number in range(5):
        bench.record(engine, batch(f"b{number}", {"c": 1}))
        editor.wait_for_recorded(f"b{number}")
    editor.wait_for(lambda it: it.status["queued"] == 10)
    assert engine.outstanding
    assert [message["key"] for message in editor.of("message")] == ["offline"]
    bench.configure(engine)
    assert engine.drain(20)
    editor.wait_for_state("ok")
    assert bench.service.total("alice") == 10
    assert len([pulse for pulse in bench.service.pulses() if pulse.xps]) == 1


@pytest.fixture
def unused_port():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_an_unusable_address_is_said_and_nothing_is_sent(bench):
    engine, editor = bench.engine(api_url="http://example.com")
    bench.record(engine, batch("a", {"c": 5}))
    editor.wait_for_recorded("a")
    editor.wait_for_state("error")
    assert "g:codestats_api_url" in editor.of("message")[0]["text"]
    assert len(editor.of("message")) == 1


def test_what_left_editors_wrote_is_taken_in_once(bench):
    bench.leave_behind("one.json", batch("a", {"c": 1}), batch("b", {"c": 2}))
    bench.leave_behind("two.json", batch("b", {"c": 2}))
    bench.leave_behind(f"left-by-a-killed-host.json.{paths.machine_key()}.taken", batch("c", {"c": 4}))
    bench.leave_behind("of-another-machine.json.12345678.taken", batch("d", {"c": 100}))
    (bench.handover / "broken.json").write_text('{"version": 1, "batches": [{"id":')
    engine, editor = bench.engine()
    bench.leave_behind("later.json", batch("e", {"c": 8}))
    assert engine.drain(20)
    assert bench.service.total("alice") == 15
    names = sorted(path.name for path in bench.handover.iterdir())
    assert names == ["broken.json.broken", "of-another-machine.json.12345678.taken"]
    [message] = editor.of("message")
    assert "broken.json.broken" in message["text"]


def test_two_engines_send_one_at_a_time_and_all(bench):
    engines = [bench.engine() for _ in range(2)]
    for number in range(20):
        bench.record(engines[number % 2][0], batch(f"b{number}", {"c": 1}))
    for engine, editor in engines:
        assert engine.drain(20)
        editor.wait_for(lambda it: it.status["queued"] == 0)
    assert bench.service.total("alice") == 20
    assert sums(bench.database) == {"sent": 20}


def test_an_editor_that_sends_nothing_hears_when_another_has_sent(bench):
    first, editor = bench.engine(api_url="http://127.0.0.1:1")
    bench.record(first, batch("a", {"c": 5}))
    editor.wait_for_state("offline")
    second, _ = bench.engine()
    assert second.drain(20)
    assert bench.service.total("alice") == 5
    first.receive({"type": "record", "batches": []})
    editor.wait_for(lambda it: it.status["queued"] == 0)


def test_whoever_can_send_sends_what_anybody_recorded(bench):
    able, editor = bench.engine()
    able.receive({"type": "names", "keys": []})
    editor.wait_for(lambda it: it.of("names"))
    wait_until(lambda: not able.outstanding)
    unable, _ = bench.engine(api_key="")
    bench.record(unable, batch("a", {"c": 5}))
    wait_until(lambda: not unable.outstanding)
    able.receive({"type": "names", "keys": []})
    assert bench.service.wait_for_total(5, user="alice")


def test_the_token_is_in_no_file(bench):
    engine, editor = bench.engine()
    bench.record(engine, batch("a", {"c": 5}))
    engine.receive({"type": "view", "id": 1, "name": "profile", "args": {}, "width": 80, "height": 24})
    editor.wait_for(lambda it: it.of("profile"))
    engine.drain(20)
    engine.stop()
    for file in bench.data_dir.rglob("*"):
        assert bench.token.encode() not in (file.read_bytes() if file.is_file() else b"")
        assert file.stat().st_mode & 0o077 == 0, file
    assert bench.token not in repr(editor.messages)


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o777])
def test_files_are_the_users_own_whatever_the_umask(bench, umask):
    old = os.umask(umask)
    try:
        engine, _ = bench.engine()
        bench.record(engine, batch("a", {"c": 5}))
        assert engine.drain(20)
    finally:
        os.umask(old)
    modes = {
        path.name: oct(path.stat().st_mode & 0o777) for path in [bench.data_dir, *bench.data_dir.iterdir()]
    }
    assert set(modes.values()) <= {"0o600", "0o700"}, modes
    assert modes["data"] == "0o700"


class TestStorageFaults:
    def test_a_damaged_database_is_set_aside_and_a_new_one_is_begun(self, bench):
        bench.data_dir.mkdir()
        bench.database.write_bytes(b"SQLite format 3\0" + b"garbage" * 2000)
        engine, editor = bench.engine()
        bench.record(engine, batch("a", {"c": 5}))
        assert engine.drain(20)
        assert bench.service.total("alice") == 5
        [old] = bench.data_dir.glob("*.damaged-*")
        [message] = editor.of("message")
        assert str(old) in message["text"]
        assert old.read_bytes().startswith(b"SQLite format 3\0garbage")

    def test_also_while_it_is_in_use(self, bench):
        engine, _ = bench.engine()
        bench.record(engine, batch("a", {"c": 5}))
        assert engine.drain(20)
        engine.stop()
        content = bytearray(bench.database.read_bytes())
        content[4096:12288] = os.urandom(8192)
        bench.database.write_bytes(content)
        second, _ = bench.engine()
        bench.record(second, batch("b", {"c": 1}))
        assert second.drain(20)
        assert bench.service.total("alice") == 6
        assert len(list(bench.data_dir.glob("*.damaged-*"))) == 1

    @pytest.mark.parametrize("table", ["pulse", "batch", "ledger", "meta", "lease"])
    def test_one_that_lacks_a_table_is_damaged_too(self, bench, table):
        engine, _ = bench.engine()
        bench.record(engine, batch("a", {"c": 5}))
        assert engine.drain(20)
        engine.stop()
        with sqlite3.connect(bench.database) as connection:
            connection.execute(f"DROP TABLE {table}")
        connection.close()
        second, editor = bench.engine()
        bench.record(second, batch("b", {"c": 1}))
        assert second.drain(20)
        assert bench.service.total("alice") == 6
        [old] = bench.data_dir.glob("*.damaged-*")
        assert any(str(old) in message["text"] for message in editor.of("message"))

    def test_a_newer_schema_is_left_alone_and_batches_stay_with_the_editor(self, bench):
        engine, _ = bench.engine()
        bench.record(engine, batch("a", {"c": 5}))
        assert engine.drain(20)
        engine.stop()
        with sqlite3.connect(bench.database) as connection:
            connection.execute("PRAGMA user_version = 1000")
        connection.close()
        before = bench.database.read_bytes()
        second, editor = bench.engine()
        bench.record(second, batch("b", {"c": 1}))
        editor.wait_for_state("error")
        second.drain(1)
        assert editor.of("recorded") == []
        assert "newer version" in editor.of("message")[0]["text"]
        assert len(editor.of("message")) == 1
        assert bench.database.read_bytes() == before

    @pytest.mark.parametrize("place", ["/proc/nowhere/codestats", "/dev/null/codestats"])
    def test_nowhere_to_write_is_said_once_and_nothing_is_acknowledged(self, bench, place):
        engine, editor = bench.engine(data_dir=place)
        for number in range(3):
            bench.record(engine, batch(f"a{number}", {"c": 5}))
        editor.wait_for_state("error")
        engine.stop()
        assert editor.of("recorded") == []
        assert [message["key"] for message in editor.of("message")] == ["storage"]

    def test_planted_links_are_refused(self, bench, tmp_path):
        bench.data_dir.mkdir()
        victim = tmp_path / "victim"
        victim.write_text("precious")
        bench.database.symlink_to(victim)
        engine, editor = bench.engine()
        bench.record(engine, batch("a", {"c": 5}))
        editor.wait_for_state("error")
        engine.stop()
        assert editor.of("recorded") == []
        assert victim.read_text() == "precious"

    def test_a_locked_database_is_waited_for(self, bench):
        engine, editor = bench.engine()
        editor.wait_for(lambda it: it.status)
        holder = sqlite3.connect(bench.database, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        bench.record(engine, batch("a", {"c": 5}))
        editor.wait_for_state("error")
        assert editor.of("recorded") == []
        holder.execute("ROLLBACK")
        holder.close()
        engine.receive({"type": "flush"})
        assert engine.drain(20)
        assert bench.service.total("alice") == 5

    def test_a_file_system_without_wal_is_good_enough(self, bench, monkeypatch):
        monkeypatch.setattr(Database, "_use_wal", lambda _: None)
        engine, _ = bench.engine()
        bench.record(engine, batch("a", {"c": 5}))
        assert engine.drain(20)
        assert bench.service.total("alice") == 5
        assert not list(bench.data_dir.glob("*-wal"))

    def test_a_database_that_was_removed_is_made_again(self, bench):
        engine, _ = bench.engine()
        bench.record(engine, batch("a", {"c": 5}))
        assert engine.drain(20)
        for file in bench.data_dir.glob("spool*"):
            file.unlink()
        bench.record(engine, batch("b", {"c": 1}))
        assert engine.drain(20)
        assert bench.service.total("alice") == 6


class TestWhatTheEditorAsks:
    def test_names_of_keys_and_why(self, bench):
        engine, editor = bench.engine(ignore_filetypes=["secret"])
        engine.receive({"type": "names", "keys": ["python", "secret", "=My Own", 5]})
        editor.wait_for(lambda it: it.of("names"))
        names = {key: found for key, *found in editor.of("names")[0]["names"]}
        assert {key: name for key, (name, why) in names.items() if why} == {
            "python": "Python",
            "secret": "",
            "=My Own": "My Own",
        }

    def test_the_own_profile_with_what_the_service_does_not_know(self, bench):
        engine, editor = bench.engine()
        bench.record(engine, batch("a", {"c": 5}))
        assert engine.drain(20)
        engine.receive({"type": "profile"})
        editor.wait_for(lambda it: it.of("profile"))
        engine.stop()
        bench.service.close()
        second, editor = bench.engine()
        bench.record(second, batch("b", {"c": 2}))
        editor.wait_for_state("offline")
        second.receive({"type": "profile"})
        editor.wait_for(lambda it: it.of("profile"))
        [profile] = editor.of("profile")
        assert (profile["total_xp"], profile["unsent"]) == (5, {"C": 2})


class TestViews:
    def test_a_profile_is_fetched_in_the_background_and_kept_for_later(self, bench):
        engine, editor = bench.engine()
        bench.record(engine, batch("a", {"c": 5}))
        assert engine.drain(20)
        view = {
            "type": "view",
            "id": 7,
            "name": "profile",
            "args": {},
            "width": 80,
            "height": 30,
            "ascii": True,
        }
        engine.receive(view)
        editor.wait_for(lambda it: any("5 XP" in line for line in self.lines(it)))
        assert editor.of("profile")[0]["total_xp"] == 5
        engine.stop()
        bench.service.close()
        second, editor = bench.engine()
        second.receive(view)
        editor.wait_for(lambda it: any("refuses" in line for line in self.lines(it)))
        assert any("5 XP" in line for line in self.lines(editor))

    def lines(self, editor) -> list[str]:
        views = editor.of("view")
        assert all(view["id"] == 7 for view in views)
        return views[-1]["lines"] if views else []

    @pytest.mark.parametrize("name", ["status", "log", "stats", "no such view"])
    def test_every_name_is_answered(self, bench, name):
        engine, editor = bench.engine()
        engine.receive({"type": "view", "id": 1, "name": name, "args": {}, "width": 60, "height": 20})
        editor.wait_for(lambda it: it.of("view"))


def test_making_an_engine_imports_nothing_heavy():
    heavy = {"sqlite3", "urllib3", "ssl", "http.client", "asyncio", "dataclasses", "json", "logging"}
    code = f"import sys, codestats.engine.engine as e; e.Engine(print); print({heavy} & set(sys.modules))"
    done = subprocess.check_output([sys.executable, "-c", code], env={"PYTHONPATH": PYTHON3}, text=True)
    assert done == "set()\n"


def test_the_status_tells_since_when_xp_waits(bench):
    engine, editor = bench.engine(api_key="")
    bench.record(engine, batch("a", {"c": 5}, at=time.time() - 7200), batch("b", {"c": 1}))
    editor.wait_for_recorded("b")
    editor.wait_for(lambda editor: editor.status.get("queued") == 6)
    engine.receive({"type": "view", "id": 1, "name": "status", "args": {}, "width": 80, "height": 24})
    editor.wait_for(lambda editor: editor.of("view"))
    [waiting] = [line for line in editor.of("view")[0]["lines"] if "Waiting" in line]
    assert waiting.endswith("6 XP  in 2 pulses, the oldest for 2 h")


def test_an_engine_that_cannot_begin_says_so(monkeypatch):
    """As with half an installation: nothing is acknowledged, and the user hears of it."""
    monkeypatch.setattr("codestats.engine.dispatcher.Dispatcher.run", lambda _: 1 / 0)
    editor = Editor()
    engine = Engine(editor.deliver)
    engine.receive({"type": "record", "batches": [{"id": "a", "at": 1, "xp": {"c": 1}}]})
    editor.wait_for_state("error")
    [message] = editor.of("message")
    assert message["text"].startswith("the core has stopped (ZeroDivisionError): XP is kept in a file")
    assert editor.of("recorded") == []
    wait_until(lambda: not engine.outstanding)
