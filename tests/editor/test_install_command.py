""":CodeStatsInstall, from "no Python can run this" to XP at the service, in one command."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from support import wheelhouse
from support.editor.programs import program
from support.editor.terminal import wait_for

SUFFICIENT = {"vim": "channel", "nvim": "remote"}


@pytest.fixture
def bare(tmp_path):
    """An interpreter without any packages, as a fresh machine has."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "bare")], check=True)
    return str(tmp_path / "bare" / "bin" / "python")


@pytest.fixture
def fresh_machine(start_editor, editor_spec, service, home, tmp_path, bare):  # noqa: PLR0917
    """Starts an editor where no Python has what is needed, whatever this machine's own have."""
    old = tmp_path / "old"
    for package in ("urllib3", "pynvim"):
        (old / package).mkdir(parents=True)
        (old / package / "__init__.py").write_text("raise ImportError('too old to be imported')")
        (old / f"{package}-0.1.dist-info").mkdir()
    spec = replace(editor_spec, packages=old)
    wheels = wheelhouse.fill(tmp_path / "wheels")
    path = f"{Path(bare).parent}"
    env = {"PYTHONPATH": str(old), "PATH": path, **wheelhouse.environment(wheels)}
    variables = {"codestats_python": bare}
    return lambda: start_editor(service=service, spec=spec, home=home, variables=variables, env=env)


def told(editor):
    return [line for line in editor.messages().splitlines() if line.startswith("codestats: ")]


@pytest.mark.timeout(180)
def test_install(fresh_machine, editor_spec, home, service):
    editor = fresh_machine()
    editor.keys("ihello<Esc>")
    editor.command("call codestats#flush()")
    editor.wait_until("codestats#host#state() ==# 'failed'")
    editor.wait_until(lambda: told(editor))  # at its next idle moment
    assert len(told(editor)) == 1
    assert told(editor)[0].startswith("codestats: type :CodeStatsInstall")
    editor.command("CodeStatsInstall")
    editor.keys("ixyz<Esc>")  # nobody waits
    editor.wait_until("codestats#host#state() ==# 'up'", timeout=150)
    service.wait_for_total(8)
    assert editor.eval("codestats#host#carrier()") == SUFFICIENT[editor_spec.kind]
    assert any("Ready: pynvim" in line for line in editor.eval("codestats#log#entries()"))
    assert (home.data_dir / "venv").is_dir()
    assert editor.eval("codestats#status().error") == ""


@pytest.mark.shared
def test_installation_that_fails_says_what_to_do(fresh_machine, tmp_path, home):
    editor = fresh_machine()
    for wheel in (tmp_path / "wheels").iterdir():
        wheel.unlink()
    editor.command("CodeStatsInstall")
    editor.wait_until("codestats#log#entries()->filter('v:val =~# \"package index\"')->len() > 0", timeout=50)
    editor.wait_until("execute('messages') =~# 'codestats: the package index cannot be reached'")
    assert sorted(path.name for path in home.data_dir.iterdir()) == ["install.lock"]


def test_an_answer_that_is_being_read_stays(start_editor, tmp_path):
    text = 'until [ -e "$0.go" ]; do sleep 0.02; done\necho one\ntouch "$0.said"\nsleep 9'
    maker = program(tmp_path / "maker", text)
    editor = start_editor(variables={"codestats_python": maker})
    editor.keys(":CodeStatsInstall<CR>:echo 'first line'|echo 'second line'<CR>", settle=False)
    editor.wait_screen("first line")
    (tmp_path / "maker.go").touch()
    wait_for((tmp_path / "maker.said").exists, timeout=10, what="a word about the progress")
    with pytest.raises(TimeoutError):
        wait_for(lambda: "first line" not in "\n".join(editor.terminal.lines()), timeout=0.6, what="it to go")
    editor.keys("<CR>")
    editor.wait_screen("codestats: one")
