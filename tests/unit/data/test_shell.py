"""What the shell prints of history and profile: on a terminal, into a pipe, as sentences."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from contextlib import closing
from datetime import datetime, timedelta

import pytest

from codestats import paths
from codestats.cli import main
from codestats.storage.database import Database
from editors import REPO

NOW = datetime.now()  # noqa: DTZ005 - local by definition
ROWS = [
    (0, "Rust", "box", 3000),
    (0, "Lua", "laptop", 900),
    (7, "Lua", "laptop", 500),
    (40, "C", "box", 5000),
]
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def history(home):
    """The directory of a history; the last row is of another month and maybe of another year."""
    directory = paths.data_dir("", os.environ)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with closing(Database(paths.database_file(directory))) as database, database.transaction() as connection:
        for back, language, machine, xp in ROWS:
            hour = (NOW - timedelta(days=back)).strftime("%Y-%m-%dT00")
            connection.execute(
                "INSERT INTO ledger VALUES(?, 0, ?, ?, 'sent', 0, ?)", (hour, language, machine, xp)
            )
    return directory


@pytest.fixture
def printed(history, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments, status=0):
        assert main(list(arguments)) == status
        out, err = capsys.readouterr()
        return out if status == 0 else err

    return run


def languages(text):
    found = [re.match(r"\s*(?:● |\* )?(Rust|Lua|C)\b", line) for line in text.splitlines()]
    return [match.group(1) for match in found if match and "%" in match.string + "%"]


@pytest.mark.parametrize("arguments", [
    ["stats", "all"],
    ["stats", "all", "--by", "machine"],
    ["stats", "today"],
    ["stats", "all", "--plain"],
])  # fmt: skip
def test_no_tabs_keys_or_colours_go_into_a_pipe(printed, arguments):
    text = printed(*arguments)
    assert "Rust" in text
    assert not re.search(r"\x1b|Tab|\? keys|q close|1 Today|press|2 Week", text)


def test_a_breakdown_as_counts_and_percent(printed):
    counts = printed("stats", "all", "--by", "machine")
    assert re.search(r"Lua +1,400 +.*1,400", counts)
    shares = printed("stats", "all", "--by", "machine", "--percent")
    assert re.search(r"Lua +1,400 +.*100%", shares)
    assert "each row in percent" in shares


@pytest.mark.parametrize("arguments, order", [
    (["--by", "machine"], ["C", "Rust", "Lua"]),
    (["--by", "machine", "--sort", "laptop"], ["Lua", "C", "Rust"]),
    (["--by", "machine", "--sort", "language"], ["C", "Lua", "Rust"]),
    (["--by", "machine", "--sort", "Language", "--reverse"], ["Rust", "Lua", "C"]),
    (["--sort", "name"], ["C", "Lua", "Rust"]),
    (["--sort", "XP", "--reverse"], ["Lua", "Rust", "C"]),
    (["--plain", "--sort", "name"], ["C", "Lua", "Rust"]),
    (["--plain", "--reverse"], ["Lua", "Rust", "C"]),
])  # fmt: skip
def test_any_column_sorts(printed, arguments, order):
    text = printed("stats", "all", *arguments)
    table = text[text.rindex("Language ") :] if "--plain" not in arguments else text
    assert languages(table)[:3] == order


def test_a_column_that_is_none_is_said_with_those_there_are(printed):
    complaint = printed("stats", "all", "--by", "machine", "--sort", "desk", status=2)
    assert complaint == 'codestats: no column "desk" here; there are Language, XP, box, laptop\n'
    complaint = printed("stats", "--plain", "--sort", "Mon", status=2)
    assert "xp, name, hours, before" in complaint


def test_sentences_say_what_the_table_shows(printed):
    text = printed("stats", "today", "--plain", "--by", "machine")
    first, second, *rest = text.splitlines()
    assert re.fullmatch(r"Today, .*: 3,900 XP, none in yesterday by this hour\.", first)
    assert second == "Typed in 1 hour on 1 day."
    assert rest == [
        "2 languages by XP, each by machine:",
        "Rust: 3,000 XP, 77%, in 1 hour; box 3,000.",
        "Lua: 900 XP, 23%, in 1 hour; laptop 900.",
    ]
    *_, last = printed("stats", "today", "--plain", "--by", "machine", "--percent", "--reverse").splitlines()
    assert last == "Rust: 3,000 XP, 77%, in 1 hour; box 100%."
    assert printed("stats", "2001", "--plain") == "2001: nothing was typed.\n"


def test_the_profile_has_languages_and_machines(printed, service, monkeypatch, token_xp):
    monkeypatch.setenv("CODESTATS_API_URL", service.url)
    text = printed("profile", "nora")
    assert "12 languages" not in text
    for name in (f"Language {number}" for number in range(12)):
        assert name in text  # each of them, however low the terminal is
    assert "pc" in text
    assert not re.search(r"\x1b|Tab|press|1 Overview", text)
    plain = printed("profile", "nora", "--plain")
    assert plain.startswith("nora: level 0 with 78 XP, 1,522 to level 1.\n")
    assert "12 languages:\nLanguage 11: 12 XP, 15%, level 0, 12 of it in the last 12 hours.\n" in plain
    assert "1 machine:\npc: 78 XP, 100%, level 0" in plain


@pytest.fixture
def token_xp(service):
    """A user of twelve languages."""
    from support.embedded_client import post

    xps = [{"language": f"Language {number}", "xp": number + 1} for number in range(12)]
    post(service, {"coded_at": NOW.astimezone().isoformat(), "xps": xps}, service.token("nora", "pc"))


def on_a_terminal(directory, *arguments, **environ):
    """What a command writes to a terminal."""
    ours, theirs = pytest.importorskip("pty").openpty()
    env = {**os.environ, "PYTHONPATH": str(REPO / "python3"), "TERM": "xterm-256color", **environ}
    command = [sys.executable, "-m", "codestats", *arguments, "--data-dir", str(directory)]
    process = subprocess.Popen(command, env=env, stdout=theirs, stdin=subprocess.DEVNULL)
    os.close(theirs)
    found = b""
    while True:
        try:
            block = os.read(ours, 65536)
        except OSError:  # the other side is closed
            break
        if not block:
            break
        found += block
    os.close(ours)
    assert process.wait(30) == 0
    return found.decode().replace("\r\n", "\n")


def test_a_terminal_has_colours_unless_it_is_not_to(history, printed, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured = on_a_terminal(history, "stats", "all")
    assert "\x1b[1m" in coloured
    assert "\x1b[38;5;" in coloured  # a language's own
    plain = printed("stats", "all")
    assert ESCAPES.sub("", coloured).strip() == plain.strip()
    assert "\x1b[38;5;" not in on_a_terminal(history, "stats", "all", TERM="xterm", COLORTERM="")
    for environ in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\x1b" not in on_a_terminal(history, "stats", "all", **environ)
    assert "\x1b" not in on_a_terminal(history, "stats", "all", "--plain")
    latin = on_a_terminal(history, "stats", "all", PYTHONIOENCODING="iso8859-1")
    assert latin.isascii()
    assert "\\u" not in latin


def test_what_it_was_typed_with_is_a_breakdown_and_a_file(history, printed):
    hour = NOW.strftime("%Y-%m-%dT00")
    with closing(Database(paths.database_file(history))) as database, database.transaction() as connection:
        connection.execute(
            "INSERT INTO typed_with VALUES(?, 0, 'Rust', 'box', 'Neovim', 'Linux', 1000)", (hour,)
        )
    text = printed("stats", "today", "--by", "editor")
    [rust] = [line for line in text.splitlines() if "Rust" in line and "3,000" in line]
    assert "Neovim" in text
    assert rust.split()[-2:] == ["2,000", "1,000"]
    told = json.loads(printed("--json", "stats", "today"))
    assert told["editors"] == [{"name": "?", "xp": 2900}, {"name": "Neovim", "xp": 1000}]
    assert told["systems"] == [{"name": "?", "xp": 2900}, {"name": "Linux", "xp": 1000}]
    part = printed("stats", "today", "--editor", "neovim", "--system", "Linux")
    assert part.startswith(
        "Only Neovim, Linux.\nOnly what was noted on this machine: what is imported has no editor and no system.\n"
    )
    assert ("1,000" in part, "3,000" in part, "Lua" in part) == (True, False, False)
    told = json.loads(
        printed("--json", "stats", "today", "--editor", "?", "--machine", "box", "--machine", "LAPTOP")
    )
    assert (told["xp"], told["filters"]) == (2900, {"machine": ["box", "laptop"], "editor": ["?"]})
    assert printed("stats", "today", "--editor", "?", "--plain").startswith("Only unknown editor.\n")
    refused = printed("stats", "today", "--editor", "Emacs", status=2)
    assert 'no editor "Emacs" in the history; there are ?, Neovim' in refused
    assert "leave out --by, --editor" in printed(
        "stats", "--sources", "--by", "hour", "--editor", "Vim", status=2
    )
    target = history / "typed-with.csv"
    assert printed("export", "--typed-with", str(target)) == f"Exported 1,000 XP in 1 row to {target}.\n"
    assert target.read_text().splitlines()[1].endswith(";0;Rust;box;Neovim;Linux;1000")
    lines = printed("export", "--typed-with", "--format", "jsonl").splitlines()
    [row] = map(json.loads, lines)
    assert (row["language"], row["editor"], row["system"], row["amount"]) == ("Rust", "Neovim", "Linux", 1000)
    assert row["sent_at"] == NOW.strftime("%Y-%m-%d 00:00:00Z")
    by_name = history / "typed-with.jsonl"
    printed("export", "--typed-with", str(by_name))
    assert by_name.read_text().splitlines() == lines


def test_where_text_came_from_is_shown_and_written(history, printed):
    assert "g:codestats_sources" in printed("stats", "today", "--sources")
    with closing(Database(paths.database_file(history))) as database, database.transaction() as connection:
        for day, language, kind, came, went in (
            ("", "Rust", "typed", 610, 40),
            ("", "Rust", "tools", 190, 0),
            ("", "C", "pasted", 200, 0),
            ("2020-02-03", "C", "typed", 5, 0),
        ):
            hour = f"{day or NOW.strftime('%Y-%m-%d')}T00"
            connection.execute(
                "INSERT INTO source VALUES(?, 0, ?, 'box', ?, ?, ?)", (hour, language, kind, came, went)
            )
    lines = [line.split() for line in printed("stats", "today", "--sources").splitlines()]
    assert lines[0][-8:] == [
        "typed",
        "completed",
        "pasted",
        "commands",
        "formatted",
        "reloaded",
        "tools",
        "bytes",
    ]
    assert lines[1:] == [
        ["all", "61%", "-", "20%", "-", "-", "-", "19%", "1,000"],
        [],
        ["Rust", "76%", "-", "-", "-", "-", "-", "24%", "800"],
        ["C", "-", "-", "100%", "-", "-", "-", "-", "200"],
    ]
    assert "2020-02-03" in printed("stats", "all", "--sources")
    told = json.loads(printed("--json", "stats", "today", "--sources"))
    assert told["sources"]["typed"] == {"came": 610, "went": 40}
    assert [entry["name"] for entry in told["languages"]] == ["Rust", "C"]
    assert told["dates"][NOW.strftime("%Y-%m-%d")]["pasted"] == {"came": 200, "went": 0}
    assert "leave out --by" in printed("stats", "--sources", "--by", "hour", status=2)
    target = history / "sources.csv"
    assert printed("export", "--sources", str(target)) == f"Exported 1,005 bytes in 4 rows to {target}.\n"
    assert target.read_text().splitlines()[-1].endswith(";0;Rust;box;typed;610;40")
    row = json.loads(printed("export", "--sources", "--format", "jsonl").splitlines()[-1])
    assert (row["language"], row["kind"], row["came"], row["went"]) == ("Rust", "typed", 610, 40)
    assert "leave out --sources" in printed("export", "--typed-with", "--sources", status=2)
