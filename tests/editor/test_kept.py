"""An editor in which nothing is typed knows what earlier ones left and has sent what waits; else it starts nothing."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest

from codestats import paths
from codestats.storage.summary import summary_file

OFFLINE = "> 0 && codestats#status().state ==# 'offline'"
LEFT = Path(__file__).parents[1] / "unit" / "storage" / "data" / "version1"


def types_and_leaves(start_editor, service, *, waits=False, xp=5):
    editor = start_editor(service=service, args=["a.py"])
    editor.keys("i" + "a" * xp + "<Esc>")
    editor.command("call codestats#flush()")
    done = "codestats#status().pending == 0 && codestats#host#state() ==# 'up' && codestats#status().queued"
    editor.wait_until(f"{done} {OFFLINE if waits else '== 0'}", timeout=30)
    if waits:
        editor.kill()  # or what leaves would go on trying
    else:
        editor.quit()
    editor.wait_alone()
    return editor.home


def is_quiet(editor):
    """Nothing was started, and nothing will be: what decides it was a moment after the start."""
    time.sleep(2)
    return editor.eval("codestats#host#state()") == "down" and not [
        child for child in editor.children() if "codestats" in child
    ]


def test_what_waits_is_shown_and_sent_without_a_key(start_editor, service):
    service.token()
    service.stop()
    home = types_and_leaves(start_editor, service, waits=True)
    service.start()
    editor = start_editor(service=service, home=home)
    editor.wait_until("codestats#status().today == 5")
    assert service.wait_for_total(5, 30)
    editor.wait_until("codestats#status().queued == 0 && codestats#status().today == 5")


def test_what_waits_is_known_before_any_python_runs(start_editor, service):
    service.token()
    service.stop()
    home = types_and_leaves(start_editor, service, waits=True)
    editor = start_editor(service=service, home=home, variables={"codestats_python": "/nonexistent"})
    editor.wait_until("codestats#status().unsent == 5 && codestats#status().today == 5")
    assert editor.eval("codestats#status().state") == "offline"


def test_the_xp_of_today_is_known_and_nothing_is_started(start_editor, service):
    home = types_and_leaves(start_editor, service)
    editor = start_editor(service=service, home=home)
    editor.wait_until("codestats#status().today == 5")
    assert editor.eval("codestats#status().unsent") == 0
    assert is_quiet(editor)


def test_each_token_has_its_own(start_editor, service):
    """Two accounts on one computer; what waits for the one is not said to wait for the other."""
    tokens = {name: service.token(name) for name in ("alice", "bob")}

    def start(name, home=None, args=()):
        variables = {"codestats_api_url": service.url, "codestats_api_key": tokens[name]}
        return start_editor(home=home, variables=variables, args=args)

    editor = start("alice", args=["a.py"])
    editor.keys("iaaa<Esc>")
    editor.command("call codestats#flush()")
    editor.wait_until("codestats#status().sent == 3 && codestats#status().queued == 0", timeout=30)
    editor.quit()
    editor.wait_alone()
    service.stop()
    other = start("bob", editor.home, ["b.py"])
    other.keys("iaaaaa<Esc>")
    other.command("call codestats#flush()")
    other.wait_until("codestats#host#state() ==# 'up' && codestats#status().queued " + OFFLINE, timeout=30)
    other.kill()
    other.wait_alone()
    again = start("alice", editor.home)
    again.wait_until("codestats#status().last_sent > 0")
    assert again.eval("codestats#status().unsent") == 0
    assert is_quiet(again)
    start("bob", editor.home).wait_until("codestats#status().unsent == 5")


def test_that_of_yesterday_is_not_of_today(start_editor, service):
    home = types_and_leaves(start_editor, service)
    file = summary_file(home.data_dir, service.token())
    file.write_text(json.dumps({**json.loads(file.read_text()), "day": "2020-02-02", "rejected": 3}))
    editor = start_editor(service=service, home=home)
    editor.wait_until("codestats#status().rejected == 3")
    assert editor.eval("codestats#status().today") == 0


@pytest.mark.shared
@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"version": 1}', '{"version": 2, "day": ""}', "\0" * 99]
)
def test_a_summary_that_is_none_is_made_again(start_editor, service, text):
    home = types_and_leaves(start_editor, service)
    file = summary_file(home.data_dir, service.token())
    file.write_text(text)
    editor = start_editor(service=service, home=home)
    editor.wait_until("codestats#status().today == 5", timeout=30)
    assert editor.messages() == ""


def test_a_fresh_home_starts_nothing(start_editor, service):
    editor = start_editor(service=service)
    assert is_quiet(editor)
    assert not editor.home.data_dir.exists()


def test_without_a_token_nothing_is_started(start_editor, service):
    service.token()
    service.stop()
    home = types_and_leaves(start_editor, service, waits=True)
    editor = start_editor(home=home, variables={"codestats_api_url": service.url})
    editor.wait_until("codestats#status().unsent == 5")
    assert is_quiet(editor)


def test_hand_over_files_are_taken_in(start_editor, service, editor_spec):
    """As an editor leaves them that finds no Python."""
    home = types_and_leaves(start_editor, service)
    batch = {"id": "left-1", "at": int(time.time()), "xp": {"lua": 4}}
    directory = paths.handover_dir(home.data_dir)
    directory.mkdir(exist_ok=True, mode=0o700)
    (directory / "left-0.json").write_text(json.dumps({"version": 1, "batches": [batch]}))
    start_editor(service=service, home=home)
    assert service.wait_for_total(9, 30)


def test_a_directory_of_the_version_before_goes_on(start_editor, service):
    """The queue, what is in doubt, the hand-over file and the token; it has no summary yet."""
    import sqlite3

    first = start_editor(service=service)
    first.command("call codestats#handover#write('0.json', [], '')")
    first.quit()
    home = first.home
    machine = json.loads((home.data_dir / "handover" / "0.json").read_text())["machine"]
    shutil.rmtree(home.data_dir)
    shutil.copytree(LEFT, home.data_dir)
    database = home.data_dir / f"spool-{machine}.sqlite3"  # the editor may have a root of its own
    (home.data_dir / "spool.sqlite3").rename(database)
    (home.data_dir / "token").write_text(service.token())
    for directory in (home.data_dir, home.data_dir / "handover"):
        directory.chmod(0o700)
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE pulse SET coded_at = ?", (int(time.time()),))
        connection.execute("DELETE FROM meta WHERE key = 'pause'")
    connection.close()
    handed_over = next(paths.handover_dir(home.data_dir).iterdir())
    handed_over.write_text(handed_over.read_text().replace("1795749047", str(int(time.time()))))
    options = (LEFT / "vimrc").read_text().replace("http://127.0.0.1:33891", service.url)
    start_editor(home=home, vimrc=options)
    assert service.wait_for_total(5 + 6 + 7, 40)
