"""The health check in both editors: what it finds, what it advises, and that it never shows the token."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from codestats.health import check as core_check
from codestats.health import service as health_service
from codestats.server import Service
from codestats.settings import Settings
from editors import REPO

SLOW = {"codestats_pulse_interval": 3600}
SECTIONS = ["Editor", "Token", "Python", "Data", "Secrets", "Service"]


def check(editor):
    """Run a check to its end; the entries as (level, text, advice)."""
    number = editor.eval("codestats#health#start()")
    editor.wait_until(f"len(codestats#health#result({number})) > 0", timeout=30)
    return [tuple(entry) for entry in editor.eval(f"codestats#health#result({number})")]


def texts(entries, *levels):
    return "\n".join(f"{text} -> {advice}" for level, text, advice in entries if level in levels)


def problems(entries):
    return texts(entries, "warn", "error")


# -- as a whole -------------------------------------------------------------------


def test_all_is_well(start_editor, service):
    editor = start_editor(service=service, variables=SLOW)
    editor.keys("ihello<Esc>")
    editor.command("call codestats#flush()")
    service.wait_for_total(5)
    editor.wait_until("codestats#status().unsent == 0")
    entries = check(editor)
    assert [text for level, text, _ in entries if level == "start"] == SECTIONS
    assert problems(entries) == ""
    good = texts(entries, "ok")
    for part in (
        "urllib3 ",
        "XP is kept in",
        "nothing waits",
        "answers",
        "agree to",
        "of demo is accepted",
        "g:codestats_api_key",
    ):
        assert part in good
    assert service.total() == 5


def test_the_kind_of_vims_own_python_is_told(start_editor, editor_spec, service):
    if editor_spec.kind != "vim":
        pytest.skip("Neovim has none of its own")
    editor = start_editor(service=service)
    editor.keys(":CodeStatsHealth<CR>")
    editor.wait_screen(r"Vim's own Python: .*\([+-]python3")


def test_a_free_threaded_python_is_called_so(monkeypatch, service, tmp_path):
    monkeypatch.setattr("sysconfig.get_config_var", lambda name: 1 if name == "Py_GIL_DISABLED" else None)
    findings = core_check.collect(Settings(api_url=service.url), tmp_path)
    assert any("(free-threaded)" in text for _, text, _ in findings)


def test_the_command_shows_it(start_editor, service):
    token = service.token()
    editor = start_editor(service=service, variables={"codestats_api_key": token, **SLOW}, rows=60, cols=120)
    editor.keys(":CodeStatsHealth<CR>", settle=False)
    editor.wait_screen("is accepted", timeout=30)
    screen = editor.screen_text()
    for section in SECTIONS:
        assert section in screen
    assert token not in "\n".join(editor.lines())


def test_checkhealth(start_editor, editor_spec, service):
    if editor_spec.kind != "nvim":
        pytest.skip(":checkhealth is Neovim's")
    editor = start_editor(variables={"codestats_api_url": service.url, **SLOW}, rows=60, cols=120)
    editor.keys(":checkhealth codestats<CR>", settle=False)
    editor.wait_screen("Service", timeout=30)
    text = "\n".join(editor.lines())
    assert "WARNING not set: XP is kept, not sent" in text
    assert ":CodeStatsLogin" in text


def test_checkhealth_tells_what_it_knows_when_the_service_is_silent(start_editor, editor_spec):
    if editor_spec.kind != "nvim":
        pytest.skip(":checkhealth is Neovim's")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        editor = start_editor(variables={"codestats_api_url": url, **SLOW}, rows=60, cols=120)
        editor.keys(":checkhealth codestats<CR>", settle=False)
        editor.wait_screen("Python gave no answer within 5 s", timeout=30)
        assert "typed keys can be seen" in "\n".join(editor.lines())


def test_every_warning_has_its_command(start_editor, service, home):
    home.data_dir.mkdir(parents=True)
    (home.data_dir / "token").write_text("SFMyNTY.secret.token")
    (home.data_dir / "handover").mkdir()
    (home.data_dir / "handover" / "x.broken").write_text("")
    editor = start_editor(
        home=home,
        variables={
            "codestats_api_url": service.url,
            "codestats_nonsense": 1,
            "codestats_api_key_command": "false",
        },
    )
    editor.command("CodeStatsPause")
    editor.command("call codestats#token#find()")
    editor.wait_until("codestats#token#find().state ==# 'failed'")
    entries = check(editor)
    found = problems(entries)
    for part in (
        "counting is paused",
        "ended with status 1",
        "set aside",
        "unknown option nonsense",
    ):
        assert part in found
    assert all(advice for level, _, advice in entries if level in ("warn", "error"))
    assert "secret" not in json.dumps(entries)


def test_refused_token(start_editor, service):
    entries = check(
        start_editor(variables={"codestats_api_url": service.url, "codestats_api_key": "SFMyNTY.wrong.token"})
    )
    assert "is refused" in problems(entries)
    assert ":CodeStatsLogin" in problems(entries)


def test_no_service(start_editor):
    with Service() as service:
        url = service.url
    entries = check(
        start_editor(variables={"codestats_api_url": url, "codestats_api_key": "SFMyNTY.some.token"})
    )
    assert f"{url} cannot be used" in problems(entries)


def test_a_service_that_says_nothing_is_given_up(start_editor, raw_service):
    editor = start_editor(
        variables={
            "codestats_api_url": raw_service,
            "codestats_api_key": "SFMyNTY.some.token",
            "codestats_request_timeout": 1,
        }
    )
    assert "cannot be used" in problems(check(editor))


def test_no_python(start_editor, service):
    """No Python that runs, and none inside the editor."""
    vimrc = "let $PATH = '/nonexistent'"
    entries = check(start_editor(service=service, variables={"codestats_host": "channel"}, vimrc=vimrc))
    assert "no Python here can run" in problems(entries)
    assert ":CodeStatsInstall" in problems(entries)


@pytest.fixture
def dotfiles():
    """A directory that everybody can look into; pytest closes those that it makes whenever it starts."""
    with tempfile.TemporaryDirectory(prefix="cs-") as directory:
        Path(directory).chmod(0o755)
        yield Path(directory)


def test_token_in_files_of_others_and_of_git(start_editor, service, dotfiles):
    token = service.token()
    (dotfiles / "secrets.vim").write_text(f"let g:codestats_api_key = '{token}'\n")
    (dotfiles / "secrets.vim").chmod(0o644)
    git = ["git", "-C", str(dotfiles), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *command], check=True, capture_output=True)
    variables = {"codestats_api_url": service.url}
    editor = start_editor(variables=variables, vimrc=f"source {dotfiles}/secrets.vim")
    found = problems(check(editor))
    assert f"others on this machine can read the token in {dotfiles}/secrets.vim" in found
    if editor.eval("executable('git')"):
        assert f"git tracks {dotfiles}/secrets.vim" in found
    assert token not in found


@pytest.fixture
def raw_service():
    """An address that takes connections and never answers."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


# -- in the shell and by itself ----------------------------------------------------


def shell(home, service, *arguments, **env):
    command = [sys.executable, "-m", "codestats", "health", *arguments]
    environment = {**home.env, "PYTHONPATH": str(REPO / "python3"), "CODESTATS_API_URL": service.url, **env}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=30)


def test_shell(home, service):
    token = service.token()
    done = shell(home, service, CODESTATS_API_KEY=token)
    assert (done.returncode, done.stderr) == (0, "")
    assert "is accepted" in done.stdout
    assert token not in done.stdout
    refused = shell(home, service, "--json", CODESTATS_API_KEY="SFMyNTY.wrong.token")
    assert refused.returncode == 1
    assert ["error", ":CodeStatsLogin with a new token"] in [
        [entry[0], entry[2]] for entry in json.loads(refused.stdout)
    ]


@pytest.mark.parametrize(
    "skew, says", [(0, "agree to "), (-7200, "behind the service's"), (600, "ahead of the service's")]
)
def test_clock_skew(monkeypatch, service, skew, says):
    settings, _ = Settings.from_mapping({"api_url": service.url}, {})
    monkeypatch.setattr(health_service, "time", SimpleNamespace(time=lambda: time.time() + skew))
    entries = health_service.service_findings(settings)
    assert says in texts(entries, "ok", "warn")
    assert all(advice for level, _, advice in entries if level == "warn")


def test_a_part_that_breaks_leaves_the_others(monkeypatch, service, tmp_path):
    settings, _ = Settings.from_mapping({"api_url": service.url, "api_key": "SFMyNTY.secret.token"}, {})

    def broken(*_):
        raise RuntimeError("a bug with SFMyNTY.secret.token in it")

    monkeypatch.setattr(core_check, "data_findings", broken)
    entries = core_check.collect(settings, tmp_path)
    assert "this could not be checked: RuntimeError" in texts(entries, "error")
    assert [text for level, text, _ in entries if level == "start"] == [
        "Python",
        "Data",
        "Secrets",
        "Service",
    ]
    assert "secret" not in json.dumps(entries)
