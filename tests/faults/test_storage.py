"""Where XP is kept, at its worst: full, read-only, damaged, locked, of a newer version, shared, nowhere at all."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from codestats import paths
from codestats.delivery.lease import SECONDS
from support.editor.home import Home
from support.faults import fault_injector as w

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: file systems are mounted")


@contextlib.contextmanager
def mounted(directory, *options):
    """A file system at that directory while the test runs."""
    directory.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mount", *options, str(directory)], check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(directory)], check=True)


def cannot_keep(scene, editor, problem):
    """XP stays with the editor; status() and one message say why."""
    scene.comes_to(editor, "error", problem, problem)
    assert editor.eval("codestats#status().pending") > 0


@as_root
def test_a_full_disk(scene, verdict):
    directory = scene.home.data_dir
    with mounted(directory, "-t", "tmpfs", "-o", "size=640k,mode=700", "tmpfs"):
        editor = scene.start()
        scene.delivered(editor)
        fill(directory / "somebody's film")
        scene.type(editor, 4)
        cannot_keep(scene, editor, f"cannot keep XP in {scene.database}: database or disk is full")
        scene.type(editor, 2)
        (directory / "somebody's film").unlink()
        scene.type(editor, 1)
        scene.sent_all(editor)
        scene.leave(editor)
        scene.recover()
        verdict(scene, "disk full for a while")


def fill(path):
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        for size in (4096, 512, 1):
            with contextlib.suppress(OSError):
                while file.write(b"x" * size):
                    pass


@as_root
@pytest.mark.parametrize("what", ["disk", "inodes"])
def test_a_full_disk_when_leaving(scene, verdict, what):
    """The home is on one file system, and full: what is left goes to the runtime directory, which is on another one."""
    home = scene.home
    runtime = home.path.parent / "run"
    runtime.mkdir(mode=0o700)
    scene.env = {"XDG_RUNTIME_DIR": str(runtime)}
    scene.most_told = 2
    scene.may_tell = "codestats: cannot keep XP in .*"
    options = "size=6m,mode=700" + (",nr_inodes=200" if what == "inodes" else "")
    with mounted(home.path, "-t", "tmpfs", "-o", options, "tmpfs"):
        Home.make(home.path)
        editor = scene.start()
        scene.service.stop()
        scene.type(editor, 3)
        scene.recorded(editor)
        if what == "disk":
            fill(home.path / "somebody's film")
        else:
            take_inodes(home.path / "somebody's mails")
        editor.keys("iaaa<Esc>")
        scene.typed["Python"] += 3
        editor.keys(":qa!<CR>", settle=False)
        editor.wait_exit()
        scene.signal_all(signal.SIGKILL)
        shutil.rmtree(home.path / "somebody's mails", ignore_errors=True)
        (home.path / "somebody's film").unlink(missing_ok=True)
        scene.service.start()
        scene.recover()
        verdict(scene, f"{what} full when leaving")


def take_inodes(directory):
    directory.mkdir()
    with contextlib.suppress(OSError):
        for number in range(10_000):
            (directory / str(number)).touch()


@as_root
def test_a_disk_that_is_full_from_the_start(scene, verdict):
    """No database can be made, nor a file: all of it goes to the runtime directory when the editor is left."""
    home = scene.home
    runtime = home.path.parent / "run"
    runtime.mkdir(mode=0o700)
    scene.env = {"XDG_RUNTIME_DIR": str(runtime)}
    scene.most_told = 2
    scene.may_tell = "codestats: cannot keep XP in .*"
    with mounted(home.path, "-t", "tmpfs", "-o", "size=6m,mode=700", "tmpfs"):
        Home.make(home.path)
        editor = scene.start()
        fill(home.path / "somebody's film")
        scene.type(editor, 5, flush=False)
        editor.keys(":qa!<CR>", settle=False)
        editor.wait_exit()
        scene.ended()
        (home.path / "somebody's film").unlink()
        scene.recover()
        verdict(scene, "disk full from the start")


@as_root
def test_a_read_only_directory(scene, verdict):
    directory = scene.home.data_dir
    first = scene.start()
    scene.delivered(first)
    scene.leave(first)
    with mounted(directory, "--bind", str(directory)):
        subprocess.run(["mount", "-o", "remount,bind,ro", str(directory)], check=True)
        editor = scene.start()
        scene.type(editor, 4)
        cannot_keep(scene, editor, f"cannot keep XP in {scene.database}: the directory is read-only")
        subprocess.run(["mount", "-o", "remount,bind,rw", str(directory)], check=True)
        scene.type(editor, 2)
        scene.sent_all(editor)
        scene.leave(editor)
        scene.recover()
        verdict(scene, "read-only data directory for a while")


def damage_header(path):
    with path.open("r+b") as file:
        file.write(b"not a database at all" * 5)


def damage_middle(path):
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(path.stat().st_size - 4096))


def cut(path):
    os.truncate(path, path.stat().st_size // 2)


def cut_in_a_page(path):
    os.truncate(path, 4096 + 100)


SET_ASIDE = r"{} is damaged( \([^)]*\))?; it was set aside as \S+ and a new one is begun"
DAMAGES = {
    "database overwritten at its beginning": damage_header,
    "database overwritten in its middle": damage_middle,
    "database cut in half": cut,
    "database half written": cut_in_a_page,
}


@pytest.mark.parametrize("row", DAMAGES)
def test_a_damaged_database(row, scene, verdict):
    first = scene.start()
    scene.delivered(first)
    scene.leave(first)
    scene.ended()
    query(scene, "PRAGMA wal_checkpoint(TRUNCATE)")  # or the log beside it fixes the damage unnoticed
    DAMAGES[row](scene.database)
    damaged = scene.database.read_bytes()
    editor = scene.start()
    scene.type(editor, 4)
    message = scene.says(editor, SET_ASIDE.format(re.escape(str(scene.database))))
    scene.sent_all(editor)
    scene.leave(editor)
    scene.recover()
    [aside] = [
        file for file in scene.home.data_dir.glob("*.damaged-*") if not file.name.endswith(("-wal", "-shm"))
    ]
    assert aside.read_bytes() == damaged
    assert f" {aside} " in message
    verdict(scene, row)


def test_a_damaged_database_in_mid_session(scene, verdict):
    # Closed in an orderly way its beginning is written back; embedded Python may not be, and the next editor tells.
    scene.may_tell = "codestats: " + SET_ASIDE.format(re.escape(str(scene.database)))
    editor = scene.start()
    scene.delivered(editor)
    wait = scene.database
    for suffix in ("-wal", "-shm"):
        wait.with_name(wait.name + suffix).unlink(missing_ok=True)
    damage_header(scene.database)
    scene.type(editor, 4)
    scene.sent_all(editor)
    scene.leave(editor)
    scene.recover()
    verdict(scene, "database destroyed in mid-session")


def test_a_vanished_directory(scene, verdict):
    editor = scene.start()
    scene.delivered(editor)
    shutil.rmtree(scene.home.data_dir)
    scene.type(editor, 4)
    scene.sent_all(editor)
    scene.leave(editor)
    scene.recover()
    verdict(scene, "data directory deleted in mid-session")


def query(scene, statement):
    connection = sqlite3.connect(scene.database)
    answer = connection.execute(statement).fetchone()
    connection.close()
    return answer


def set_version(scene, version):
    (before,) = query(scene, "PRAGMA user_version")
    query(scene, f"PRAGMA user_version = {version}")
    return before


def test_a_database_of_a_newer_version(scene, verdict):
    first = scene.start()
    scene.delivered(first)
    scene.leave(first)
    scene.ended()
    before = set_version(scene, 99)
    editor = scene.start()
    scene.type(editor, 4)
    cannot_keep(scene, editor, f"{scene.database} is of a newer version of codestats.vim: update the plugin")
    scene.leave(editor)
    scene.ended()
    set_version(scene, before)
    scene.recover()
    verdict(scene, "database of a newer version, then an update")


LOCKER = """
import os, signal, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
os.kill(os.getpid(), signal.SIGSTOP)
"""


def test_a_lock_held_by_a_stopped_process(scene, verdict):
    editor = scene.start()
    scene.delivered(editor)
    with subprocess.Popen(
        [sys.executable, "-c", LOCKER, str(scene.database)], stdout=subprocess.PIPE
    ) as locker:
        assert locker.stdout.readline() == b"locked\n"
        scene.type(editor, 4)
        cannot_keep(scene, editor, f"{scene.database} is locked by another process")
        scene.type(editor, 2, flush=False)
        scene.leave(editor)
        locker.send_signal(signal.SIGKILL)
    scene.recover()
    verdict(scene, "lock held by a stopped process")


def test_no_wal(scene, verdict):
    """As on a network file system: the rollback journal does, in several editors at once."""
    scene.home.data_dir.mkdir(parents=True)
    from codestats.storage.database import Database

    Database(scene.database).close()
    connection = sqlite3.connect(scene.database)
    assert connection.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)
    connection.close()
    first, second = scene.start("a.py"), scene.start("b.lua")
    for editor in (first, second, first):
        scene.type(editor, 3)
    for editor in (first, second):
        scene.sent_all(editor, 40)
        scene.leave(editor)
    scene.recover()
    assert not scene.database.with_name(scene.database.name + "-wal").exists()
    verdict(scene, "no WAL")


@as_root
def test_two_machines_share_a_home(scene, verdict, tmp_path):
    """Each has a database of its own; hand-over files are taken in by the one that comes first."""
    identity = tmp_path / "machine-id"
    identity.write_text("0123456789abcdef0123456789abcdef\n")
    spec = scene.carrier.spec
    wrap = ("unshare", "-m", "sh", "-c", 'mount --bind "$0" /etc/machine-id && exec "$@"', str(identity))
    other = replace(spec, command=(*wrap, *spec.command))
    here, there = scene.start("a.py"), scene.start("b.lua", spec=other)
    for editor in (here, there):
        scene.type(editor, 3)
        scene.sent_all(editor, 40)
    scene.service.stop()
    for editor in (here, there):
        scene.type(editor, 2, flush=False)
        scene.leave(editor)
    scene.ended()
    assert {file.name for file in scene.home.data_dir.glob("spool-*.sqlite3")} == {
        f"spool-{paths.machine_key()}.sqlite3", f"spool-{paths.machine_key(str(identity))}.sqlite3"
    }  # fmt: skip
    scene.service.start()
    again = scene.start("b.lua", spec=other)
    scene.flush(again)
    again.wait_until("codestats#host#state() ==# 'up' && codestats#status().unsent == 0", timeout=40)
    scene.leave(again)
    scene.recover()
    verdict(scene, "two machines share a home")


def test_a_restored_backup(scene, verdict, tmp_path):
    """The queue of yesterday was sent since: the cache directory, which no backup brings back, tells."""
    scene.service.token()
    scene.service.stop()
    editor = scene.start()
    scene.type(editor, 10)
    scene.recorded(editor)
    editor.kill()
    scene.signal_all(signal.SIGKILL)
    shutil.copytree(scene.home.data_dir, tmp_path / "backup")
    scene.service.start()
    editor = scene.start()
    scene.type(editor, 5)
    scene.sent_all(editor)
    scene.leave(editor)
    scene.ended()
    shutil.rmtree(scene.home.data_dir)
    shutil.copytree(tmp_path / "backup", scene.home.data_dir)
    editor = scene.start()
    scene.type(editor, 1)
    scene.says(
        editor, "the data directory is from a backup: 10 XP in it were sent since, and are not sent again"
    )
    scene.sent_all(editor)
    scene.leave(editor)
    scene.recover()
    assert scene.rows("SELECT sum(xp) FROM ledger WHERE state = 'sent'") == [(16,)]
    verdict(scene, "data directory restored from a backup")


def of_another_boot(spec, tmp_path):
    """An editor of a clone: the same machine id and host name, and another boot."""
    boot = tmp_path / "boot_id"
    boot.write_text("11111111-2222-4333-8444-555555555555\n")
    script = 'mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"'
    return replace(spec, command=("unshare", "-m", "sh", "-c", script, str(boot), *spec.command))


@as_root
def test_two_clones_share_a_home(scene, verdict, tmp_path):
    """With answers that take longer than a lease lasts: each has a queue of its own, and finds it again."""

    def slow(handler, request):
        response = handler.take(request)
        time.sleep(SECONDS + 1)
        handler.send(response)

    scene.variables["codestats_request_timeout"] = 30
    clone = of_another_boot(scene.carrier.spec, tmp_path)
    here, there = scene.start("a.py"), scene.start("b.lua", spec=clone)
    scene.weather.brew(w.only_pulses(slow))
    for editor in (here, there):
        scene.type(editor, 3)
    for editor in (here, there):
        editor.wait_until("codestats#status().unsent == 0 && codestats#status().sent == 3", timeout=60)
    scene.service.stop()
    for editor in (here, there):
        scene.type(editor, 2)
        scene.recorded(editor)
        editor.kill()  # at once, as by a power cut: what waits is in two queues
    scene.signal_all(signal.SIGKILL)
    assert len(list(scene.home.data_dir.glob("spool-*.sqlite3"))) == 2
    scene.weather.heal()
    scene.service.start()
    again = [scene.start("c.go", spec=spec) for spec in (None, clone)]  # nothing is typed in them
    assert scene.service.wait_for_total(10, 60)
    for editor in again:
        scene.leave(editor)
    scene.recover()
    verdict(scene, "two machines with one id share a home, slow answers")


NOWHERE = {
    "no home can be written to (then one that can be)": "cannot keep XP in {}: No such file or directory",
    "a foreign directory": "{} belongs to another user: XP is not kept there; set g:codestats_data_dir",
}


@pytest.mark.parametrize("row", NOWHERE)
@as_root
def test_nowhere_to_keep_xp(row, scene, verdict):
    """One message, no errors, and the editor works; nothing was ever on disk, so nothing can be kept."""
    directory = scene.home.data_dir
    directory.mkdir(parents=True)
    used = directory
    if row == "a foreign directory":
        os.chown(directory, 65534, 65534)
    else:
        used = "/proc/nowhere/codestats"
    scene.variables["codestats_data_dir"] = str(used)
    editor = scene.start()
    editor.keys("iaaa<Esc>")
    scene.flush(editor)
    cannot_keep(scene, editor, NOWHERE[row].format(used))
    editor.keys("iaaa<Esc>")
    scene.flush(editor)
    scene.hear(editor)
    editor.keys(":qa!<CR>", settle=False)
    editor.wait_exit()
    os.chown(directory, 0, 0)
    scene.variables.clear()
    again = scene.start()
    scene.type(again, 1)
    scene.leave(again)
    scene.recover()
    # What was typed before was kept only if root may write what belongs to others.
    scene.typed["Python"] = scene.service.total()
    assert scene.service.total() in (1, 7)
    verdict(scene, row)
