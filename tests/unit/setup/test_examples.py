"""The examples of doc/examples that set a machine up, each run as it is, with stand-ins for the system's programs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from support import standins

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = ROOT / "doc" / "examples"
KEYRINGS = (EXAMPLES / "keyrings.md").read_text()
PROGRAMS = ("secret-tool", "pass", "security")


@pytest.fixture
def env(home, service, tmp_path):
    """Of somebody with both editors, cron, git, a Python and keyrings."""
    binaries = tmp_path / "bin"
    for name in ("vim", "nvim"):
        standins.program(binaries, name, "")
    for name in PROGRAMS:
        standins.program(binaries, name, standins.KEYRING)
    standins.program(binaries, "crontab", standins.CRONTAB)
    standins.program(binaries, "git", standins.GIT)
    (binaries / "python3").write_text(f'#!/bin/sh\nexec {sys.executable} -B "$@"\n')
    (binaries / "python3").chmod(0o755)
    more = {
        "STANDIN_STATE": str(tmp_path),
        "STANDIN_REPO": str(ROOT),
        "CODESTATS_API_URL": service.url,
        "USER": "ada",
    }
    return {**home.env, **more, "PATH": f"{binaries}:/usr/bin:/bin"}


def sh(text, env, given=""):
    return subprocess.run(
        ["/bin/sh", "-c", text], input=given, env=env, text=True, check=True, capture_output=True
    )


def scripts(home):
    return [home.path / ".vim/plugin/codestats_setup.vim", home.config / "nvim/plugin/codestats_setup.vim"]


def test_dotfiles(env, home, service, tmp_path):
    token = service.token()
    (tmp_path / "keyring").write_text(f"{token}\n")
    for _ in range(2):
        done = sh(f"exec /bin/sh {EXAMPLES}/dotfiles.sh", env)
        assert done.stdout + done.stderr == ""
        assert (home.data_dir / "token").read_text() == f"{token}\n"
    assert all(path.exists() for path in scripts(home))
    assert (tmp_path / "crontab").read_text().count(": begin") == 1


def test_ansible(env, home, service, tmp_path):
    token = service.token()
    [play] = yaml.safe_load((EXAMPLES / "ansible.yml").read_text())
    get, run = play["tasks"]
    checkout = get["ansible.builtin.git"]
    sh(f"git clone --quiet {checkout['repo']} {checkout['dest']}", env)
    task = run["ansible.builtin.command"]
    assert run["no_log"] is True
    directory = Path(task["chdir"].replace("~", str(home.path), 1))
    assert task["stdin"] == "{{ codestats_token }}"
    told = []
    for _ in range(2):
        argv = [env["PATH"].split(":")[0] + "/python3", *task["argv"][1:]]
        done = subprocess.run(
            argv, input=token, cwd=directory, env=env, check=True, capture_output=True, text=True
        )
        told.append([change["action"] for change in json.loads(done.stdout)["changes"]])
    assert [any(action != "none" for action in actions) for actions in told] == [True, False]
    assert list(home.path.rglob("ledger*")) == []
    assert str(home.path / "backups") in (tmp_path / "crontab").read_text()


def test_devcontainer(env, home, service):
    told = json.loads((EXAMPLES / "devcontainer.json").read_text())
    assert told["remoteEnv"] == {"CODESTATS_API_KEY": "${localEnv:CODESTATS_API_KEY}"}
    sh(told["postCreateCommand"], {**env, "CODESTATS_API_KEY": service.token()})
    assert all(path.exists() for path in scripts(home))
    assert not (home.data_dir / "token").exists()


def blocks(language):
    found = re.findall(rf"```{language}\n(.*?)```", KEYRINGS, re.DOTALL)
    return {name: next(text for text in found if name in text) for name in PROGRAMS}


@pytest.mark.parametrize("program", PROGRAMS)
def test_keyring(program, env, home, service, tmp_path):
    token = service.token()
    keep, run = blocks("sh")[program].splitlines()
    sh(keep, env, f"{token}\n")
    sh(run, {**env, "PYTHONPATH": str(ROOT / "python3")})
    assert len(service.pulses()) == 1
    texts = {path: path.read_bytes() for path in home.path.rglob("*") if path.is_file()}
    assert not [path for path, text in texts.items() if token.encode() in text]
    command = blocks("vim")[program]
    words = re.findall(r"'([^']*)'", command)
    for script in scripts(home):
        assert f"get(g:, 'codestats_api_key_command', '{' '.join(words)}')" in script.read_text()
    assert os.access(tmp_path / "keyring", os.R_OK)
