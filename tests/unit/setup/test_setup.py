"""`codestats setup`: a machine in one step, once however often it runs, and back to the very byte by --undo."""

from __future__ import annotations

import base64
import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from codestats import paths
from codestats.cli import main
from codestats.credentials import owner_of
from codestats.setup import steps
from codestats.storage.database import Database
from support import standins, wheelhouse

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def machine(home, tmp_path, monkeypatch):
    """A home in which people live, Vim and Neovim, and cron; returns a function that looks at all of it."""
    state = tmp_path / "state"
    state.mkdir()
    (state / "crontab").write_bytes(b"@daily echo mine\n")
    for editor in ("vim", "nvim"):
        standins.program(tmp_path / "bin", editor, "")
    standins.program(tmp_path / "bin", "crontab", standins.CRONTAB)
    monkeypatch.setenv("STANDIN_STATE", str(state))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin")
    monkeypatch.delenv("CODESTATS_DATA_DIR", raising=False)
    (home.path / ".vimrc").write_bytes(b"set number\r\n")
    (home.path / ".vim" / "plugin").mkdir(parents=True)
    (home.path / ".vim" / "plugin" / "mine.vim").write_bytes(b'" mine')
    return lambda: {**seen(home.path), **seen(state)}


def seen(directory):
    """Every file with its content and rights, every directory, every link."""
    return {
        str(path): path.readlink()
        if path.is_symlink()
        else (path.stat().st_mode, path.is_file() and path.read_bytes())
        for path in directory.rglob("*")
    }


@pytest.fixture
def setup(monkeypatch, capsys, service):
    """Runs it; returns exit code, output and errors."""

    def run(*words, token=None):
        if token is not None:
            words += ("--token-stdin",)
            monkeypatch.setattr(sys, "stdin", io.StringIO(f"{token}\n"))
        capsys.readouterr()
        code = main(["setup", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def all_of(service):
    return ("--yes", "--api-url", service.url, "--backup", "~/backups")


def test_one_step_there_and_one_back(machine, setup, home, service):
    before, token = machine(), service.token()
    assert setup(*all_of(service), token=token) == (0, "", "")
    assert home.data_dir.joinpath("token").read_text() == f"{token}\n"
    assert home.data_dir.joinpath("token").stat().st_mode & 0o777 == 0o600
    assert len(service.pulses()) == 1
    assert service.total() == 0
    made = machine()
    assert {Path(name).name for name in made if name not in before and "jobs" not in name} >= {
        "token",
        "setup.json",
        "codestats_setup.vim",
    }
    assert {name: made[name] for name in before if "crontab" not in name} == {
        name: told for name, told in before.items() if "crontab" not in name
    }
    assert setup(*all_of(service), token=token) == (0, "", "")
    assert without_journal(machine()) == without_journal(made)
    assert setup("--undo", "--yes") == (0, "", "")
    assert machine() == before
    assert setup("--undo", "--yes") == (0, "", "")
    assert machine() == before


def without_journal(files):
    return {name: told for name, told in files.items() if not name.endswith("setup.json")}


def test_what_was_there_comes_back(machine, setup, home, service):
    paths.ensure_private_dir(home.data_dir)
    token_file = home.data_dir / "token"
    token_file.write_bytes(b"the.former.token")
    token_file.chmod(0o600)
    before = machine()
    assert setup(*all_of(service), token=service.token())[0] == 0
    assert setup(*all_of(service), token=service.token(machine="other"))[0] == 0
    assert setup("--undo", "--yes")[0] == 0
    assert machine() == before


def test_the_token_is_in_its_file_alone(machine, setup, home, service):
    token = service.token()
    setup(*all_of(service), token=token)
    forms = [token.encode(), base64.b64encode(token.encode())[:20], token.encode().hex().encode()]
    for name, (mode, text) in machine().items():
        if text and any(form in text for form in forms):
            assert (Path(name), mode & 0o777) == (home.data_dir / "token", 0o600)
    assert all(
        mode & 0o077 == 0 for name, (mode, _) in machine().items() if name.startswith(str(home.data_dir))
    )


def test_it_is_no_argument():
    with pytest.raises(SystemExit) as end:
        main(["setup", "--yes", "SFMyNTY.a.b"])
    assert end.value.code == 2


def test_no_store_leaves_it_to_the_command(machine, setup, home, service, tmp_path):
    token = service.token()
    (tmp_path / "secret").write_text(token)
    command = f"cat '{tmp_path}/secret'"
    assert setup("--yes", "--api-url", service.url, "--no-store", "--token-command", command) == (0, "", "")
    assert not any(token.encode() in (told[1] or b"") for told in machine().values())
    script = home.path / ".vim" / "plugin" / "codestats_setup.vim"
    assert "get(g:, 'codestats_api_key_command', 'cat ''" in script.read_text()
    assert len(service.pulses()) == 1


@pytest.mark.parametrize("command", ["exit 3", "echo", "echo two words", "kill $$", "nothing-of-that-name"])
def test_a_command_that_prints_no_token(command, machine, setup, service):
    before = machine()
    code, _, error = setup("--yes", "--api-url", service.url, "--token-command", command)
    assert code == 1
    assert "command" in error
    assert machine() == before


def test_a_token_that_is_refused(machine, setup, service):
    before = machine()
    code, out, error = setup(*all_of(service), "--json", token="SFMyNTY.not.good")
    assert code == 1
    assert "refused the token" in error
    assert "/my/machines" in error
    told = json.loads(out)
    assert (told["ok"], told["changes"]) == (False, [])
    assert machine() == before


def test_a_service_that_is_not_there(machine, setup, home):
    before = machine()
    where = ("--yes", "--api-url", "http://127.0.0.1:9")
    code, _, error = setup(*where, token="SFMyNTY.some.token")
    assert code == 1
    assert "--no-check" in error
    assert machine() == before
    assert setup(*where, "--no-check", token="SFMyNTY.some.token") == (0, "", "")
    assert (home.data_dir / "token").exists()


def test_the_address_holds_for_commands_in_a_shell(machine, setup, service, monkeypatch, capsys):
    monkeypatch.delenv("CODESTATS_API_URL", raising=False)
    monkeypatch.delenv("CODESTATS_API_KEY", raising=False)

    def address():
        capsys.readouterr()
        assert main(["status"]) == 0
        return capsys.readouterr().out.partition("Service:")[2].split()[0]

    before = machine()
    assert setup("--yes", "--editors", "none", "--api-url", service.url, token=service.token())[0] == 0
    assert address() == service.url
    monkeypatch.setenv("CODESTATS_API_URL", "https://xp.example")
    assert address() == "https://xp.example"
    monkeypatch.delenv("CODESTATS_API_URL")
    assert setup("--undo", "--yes")[0] == 0
    assert address() == "https://codestats.net"
    assert machine() == before


def test_without_a_token_it_says_so(machine, setup, service):
    code, out, error = setup("--yes", "--api-url", service.url)
    assert (code, out) == (0, "")
    assert error.startswith("codestats: no token yet: ")


def test_without_what_asks_the_service_it_says_so(machine, setup, service, monkeypatch):
    before = machine()
    monkeypatch.setattr("codestats.commands.setup.lacking", lambda *_: "urllib3")
    code, _, error = setup("--yes", "--no-packages", "--api-url", service.url, token=service.token())
    assert code == 1
    assert "leave out --no-packages, or add --no-check" in error
    assert machine() == before
    assert (
        setup("--yes", "--no-packages", "--no-check", "--api-url", service.url, token=service.token())[0] == 0
    )


def test_a_dry_run_shows_and_changes_nothing(machine, setup, service):
    before = machine()
    token = service.token()
    code, out, _ = setup(*all_of(service), "--dry-run", token=token)
    assert code == 0
    assert "create  vim: ~/.vim/plugin/codestats_setup.vim" in out
    assert f"+ let g:codestats_api_url = get(g:, 'codestats_api_url', '{service.url}')" in out
    assert "every 1d, by a line of the crontab" in out
    assert token not in out
    _, out, _ = setup(*all_of(service), "--dry-run", "--json", token=token)
    assert {change["action"] for change in json.loads(out)["changes"]} == {"create", "none"}
    assert machine() == before
    assert service.pulses() == []


def test_the_result_is_what_the_documentation_says(machine, setup, service):
    documented = (ROOT / "doc" / "json.md").read_text().partition("## setup")[2].partition("\n## ")[0]
    _, out, _ = setup(*all_of(service), "--json", token=service.token())
    told = json.loads(out)
    assert all(f"`{name}`" in documented for name in [*told, *told["changes"][0]])
    assert (told["ok"], told["user"]) == (True, owner_of(service.token()))
    actions = {change["what"]: change["action"] for change in told["changes"]}
    assert actions == {
        "token": "create",
        "vim": "create",
        "neovim": "create",
        "backup": "create",
        "packages": "none",
    }
    _, out, _ = setup(*all_of(service), "--json", token=service.token())
    _, out, _ = setup(*all_of(service), "--json")
    assert {change["action"] for change in json.loads(out)["changes"]} == {"none"}


def test_a_step_that_fails_stays_undone_and_the_next_run_goes_on(machine, setup, service, tmp_path):
    before = machine()
    (tmp_path / "state" / "refuse").touch()
    code, _, error = setup(*all_of(service), token=service.token())
    assert code == 1
    assert "backup: " in error
    assert "run setup again to go on" in error
    (tmp_path / "state" / "refuse").unlink()
    assert setup(*all_of(service)) == (0, "", "")
    assert b"backups" in (tmp_path / "state" / "crontab").read_bytes()
    assert setup("--undo", "--yes")[0] == 0
    assert machine() == before


def test_a_file_that_was_changed_by_hand_is_left(machine, setup, home, service):
    setup(*all_of(service), token=service.token())
    script = home.path / ".vim" / "plugin" / "codestats_setup.vim"
    script.write_text("let mine = 1")
    code, _, error = setup("--yes", "--api-url", service.url)
    assert code == 1
    assert "move it away" in error
    code, _, error = setup("--undo", "--yes")
    assert code == 1
    assert "left alone" in error
    assert script.read_text() == "let mine = 1"
    script.unlink()
    assert setup("--undo", "--yes")[0] == 0
    assert not home.data_dir.exists()


def test_xp_stays(machine, setup, home, service):
    setup(*all_of(service), token=service.token())
    database = paths.database_file(home.data_dir)
    Database(database).close()
    assert setup("--undo", "--yes")[0] == 0
    assert database.exists()
    assert not (home.data_dir / "token").exists()


def test_a_job_that_was_there_before_comes_back(machine, setup, home, service, tmp_path):
    assert main(["backup", "--install", "--every", "6h", str(home.path / "backups")]) == 0
    before = machine()
    assert setup(*all_of(service), token=service.token())[0] == 0
    assert machine() != before
    assert setup("--undo", "--yes")[0] == 0
    assert machine() == before


def test_packages_that_are_missing(machine, setup, home, tmp_path, monkeypatch):
    wheelhouse.fake(tmp_path / "wheels", "pynvim", "0.5.2")
    wheelhouse.fake(tmp_path / "wheels", "urllib3", "2.0")
    for name, value in wheelhouse.environment(tmp_path / "wheels").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(steps, "lacking", lambda *_: "urllib3")
    before = machine()
    assert setup("--yes", "--no-check", "--editors", "none")[:2] == (0, "")
    assert (paths.environment_dir(home.data_dir) / "bin" / "python").exists()
    assert setup("--undo", "--yes")[0] == 0
    assert machine() == before


def test_without_a_terminal_it_asks_nothing(machine, setup, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    code, _, error = setup()
    assert code == 2
    assert "--yes" in error


@pytest.mark.parametrize(
    "words",
    [
        ("--no-store",),
        ("--every", "1d"),
        ("--editors", "emacs"),
        ("--api-url", "ftp://x"),
        ("--backup", "x", "--every", "1y"),
    ],
)
def test_wrong_usage(words, machine, setup):
    before = machine()
    assert setup("--yes", *words)[0] == 2
    assert machine() == before


def command(*words):
    return [sys.executable, "-B", "-m", "codestats", "setup", *words]


def environment():
    return {**os.environ, "PYTHONPATH": str(ROOT / "python3")}


def test_killed_at_any_moment_it_can_be_undone_and_gone_on_with(machine, service, tmp_path):
    before, token = machine(), service.token()
    words = command(*all_of(service), "--token-stdin")
    began = time.monotonic()
    subprocess.run(words, input=token.encode(), env=environment(), check=True)
    whole = time.monotonic() - began
    subprocess.run(command("--undo", "--yes"), env=environment(), check=True)
    chance = random.Random(19)
    for turn in range(8):
        with subprocess.Popen(
            words, stdin=subprocess.PIPE, env=environment(), start_new_session=True
        ) as process:
            process.stdin.write(token.encode())
            process.stdin.close()
            try:
                process.wait(chance.uniform(0.4, 1) * whole)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)  # as a machine ends
        if turn % 2:
            subprocess.run(words, input=token.encode(), env=environment(), check=True)
        subprocess.run(command("--undo", "--yes"), env=environment(), check=True)
        (tmp_path / "state" / "crontab.new").unlink(missing_ok=True)  # the stand-in's own
        assert machine() == before


def test_on_a_terminal_it_asks(machine, home, service):
    token = service.token()
    pid, terminal = pytest.importorskip("pty").fork()
    if not pid:
        os.execvpe(sys.executable, command("--api-url", service.url), environment())
    with closing(os.fdopen(terminal, "rb+", buffering=0)) as file:
        said = b""
        for question, answer in [
            (b"for vim? ", "y"),
            (b"for neovim? ", "n"),
            (b"status line? ", "y"),
            (b"directory (empty: none)? ", ""),
            (b"none yet): ", token),
            (b"these changes? ", "y"),
        ]:
            said = read_until(file, question, said)
            file.write(f"{answer}\n".encode())
        said = read_until(file, b"takes it back.", said)
        assert os.waitpid(pid, 0)[1] == 0
    assert token.encode() not in said
    assert (home.data_dir / "token").read_text() == f"{token}\n"
    assert (home.path / ".vim" / "plugin" / "codestats_setup.vim").exists()
    assert not (home.config / "nvim" / "plugin").exists()


def read_until(file, wanted, said):
    at = len(said)
    while wanted not in said[at:]:
        said += file.read(1)
    return said
