"""Hand-over files where users meet: `sudo -E`, directories of another user's, and what root left in somebody's home.

Real users, so these are for root. Ada is 65534.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from editors import REPO, ROOTS
from support.editor.driver import wait_alone
from support.editor.home import Home

ADA = 65534
# In a mount namespace where everybody may enter the directories of the repository and of Python; the driver's socket,
# which root made, is named on Neovim's command line or in the vimrc of Vim.
AS_ADA = """
mkdir -p "$OPENED" && mount -t tmpfs opened "$OPENED" && cd "$OPENED" || exit 1
for closed in $CLOSED; do
  mkdir -p ".$closed/upper" ".$closed/work"
  mount -t overlay -o "lowerdir=$closed,upperdir=.$closed/upper,workdir=.$closed/work" overlay "$closed"
  chmod 755 "$closed"
done
cd - >/dev/null
for directory in $(printf "%s " "$@" | cat - ~/.vimrc 2>/dev/null | grep -o "/tmp/cs-[A-Za-z0-9_]*"); do
  chown -R nobody "$directory"
done
exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
"""
# In a mount namespace where root lives elsewhere.
AS_ROOT = 'mount --bind "$PASSWD" /etc/passwd; exec "$@"'
IN_NAMESPACE = ("unshare", "--mount", "sh", "-c")
OFFLINE = {"codestats_api_key": ""}


def closed():
    """Directories that others may not enter, above what an editor needs of ours."""
    needed = [REPO, Path(sys.executable).resolve(), Path(shutil.which("nvim") or "/").resolve()]
    parents = {parent for path in needed for parent in path.parents}
    return " ".join(sorted(str(parent) for parent in parents if not parent.stat().st_mode & 0o001))


def _can_be_ada():
    if os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as directory:
        command = ["env", f"CLOSED={closed()}", f"OPENED={directory}", *IN_NAMESPACE, AS_ADA, "sh", "true"]
        return not subprocess.run(command, check=False, capture_output=True).returncode


pytestmark = pytest.mark.skipif(not _can_be_ada(), reason="only root can be two users")


def owners(home):
    """Of all that the plugin may have made in that home."""
    tops = [*home.state.glob("codestats*"), *home.path.glob(".codestats*"), *home.path.glob("kept*")]
    made = [path for top in tops for path in [top, *top.rglob("*")]]
    return {path.stat().st_uid for path in [home.path, home.state, *made]}


@pytest.fixture
def ground():
    """A directory below one that everybody may enter."""
    directory = Path(tempfile.mkdtemp(prefix="owners-", dir="/tmp"))
    directory.chmod(0o755)
    yield directory
    wait_alone(Home(directory / "ada"), 90)
    shutil.rmtree(directory)


@pytest.fixture
def home(ground):
    """Ada's."""
    home = Home.make(ground / "ada")
    for path in [home.path, *home.path.rglob("*")]:
        os.chown(path, ADA, ADA)
    return home


@pytest.fixture
def root_home(ground):
    """Root's."""
    return Home.make(ground / "root")


@pytest.fixture
def session(ground, home, root_home, start_editor, editor_spec):
    """Type so many keys in an editor of ada's, or of root with ada's environment, and leave it."""
    if str(ROOTS) in " ".join(editor_spec.command):
        pytest.skip("the matrix's editors live in a root of their own")
    passwd = ground / "passwd"
    lines = Path("/etc/passwd").read_text().splitlines(keepends=True)
    lines[:] = [
        f"root:x:0:0::{root_home.path}:/bin/sh\n",
        *(line for line in lines if not line.startswith("root:")),
    ]
    passwd.write_text("".join(lines))
    users = {"ada": AS_ADA, "root": AS_ROOT}

    def session(user, keys, service=None, **options):
        command = (*IN_NAMESPACE, users[user], "sh", *editor_spec.command)
        env = {**editor_spec.env, "CLOSED": closed(), "OPENED": str(ground / "opened"), "PASSWD": str(passwd)}
        spec = dataclasses.replace(editor_spec, command=command, env=env)
        # What the editor itself keeps in a home users share no better.
        alone = ["set noswapfile", "set shada=" if spec.kind == "nvim" else "set viminfo="]
        editor = start_editor(spec=spec, home=home, service=service, vimrc=alone, **options)
        editor.keys("i" + "x" * keys + "<Esc>")
        return editor

    return session


def leave(editor):
    assert editor.quit() == 0
    editor.wait_alone()


def total(service, expected):
    service.wait_for_total(expected)
    return service.total()


def test_what_root_types_with_anothers_environment_makes_nothing_in_his_home(
    session, home, root_home, service
):
    before = owners(home)
    leave(session("root", 3, service))
    assert total(service, 3) == 3
    assert owners(home) == before == {ADA}
    assert root_home.data_dir.is_dir()


def test_after_a_session_of_root_nothing_of_five_quick_ones_is_lost(session, home, service):
    leave(session("root", 7, variables=OFFLINE))
    assert owners(home) == {ADA}
    for _ in range(5):
        leave(session("ada", 3, variables=OFFLINE))
    editor = session("ada", 0, service)
    editor.command("call codestats#flush()")
    assert total(service, 15) == 15
    leave(editor)
    editor = session("root", 0, service)
    editor.command("call codestats#flush()")
    assert total(service, 22) == 22


def spoiled(home, what):
    """What a session of root's, or an unpacked archive, left in ada's data directory."""
    path = home.data_dir / what
    path.mkdir(parents=True)
    for parent in (home.data_dir, path):
        parent.chmod(0o700)
        os.chown(parent, *((0, 0) if parent == path else (ADA, ADA)))
    return path


@pytest.mark.parametrize("what", ["handover", "."])
def test_where_the_first_place_refuses_there_is_a_second(session, home, service, what):
    path = spoiled(home, what)
    for _ in range(3):
        leave(session("ada", 2, variables=OFFLINE))
    os.chown(path, ADA, ADA)
    editor = session("ada", 1, service)
    editor.command("call codestats#flush()")
    assert total(service, 7) == 7


def test_what_belongs_to_another_is_told_with_the_command_that_gives_it_back(session, home, service):
    path = spoiled(home, "handover")
    batch = {"id": "x-1", "at": int(path.stat().st_mtime), "xp": {"c": 4}}
    (path / "x-0.json").write_text(json.dumps({"version": 1, "batches": [batch]}))
    (path / "x-0.json").chmod(0o600)
    editor = session("ada", 2, service)
    editor.command("call codestats#flush()")
    command = f"sudo chown -R nobody {path}"
    editor.wait_until(lambda: command in editor.messages().replace("\n", ""))
    assert total(service, 2) == 2
    editor.command("CodeStatsHealth")
    editor.wait_until(lambda: any(command in line for line in editor.lines()), timeout=30)
    told = " ".join(map(str.strip, editor.lines()))
    assert re.search(r"what is left at the end is kept in \S+-handover", told)
    subprocess.run(command.removeprefix("sudo ").split(), check=True)
    editor.command("call codestats#flush()")
    assert total(service, 6) == 6


def test_a_place_that_root_was_given_but_is_anothers_stays_as_it_is(session, home, root_home, service):
    directory = home.path / "kept"
    directory.mkdir()
    os.chown(directory, ADA, ADA)
    editor = session("root", 3, service, variables={"codestats_data_dir": str(directory)})
    editor.command("call codestats#flush()")
    editor.wait_until(lambda: "belongs to another user" in editor.messages())
    editor.command("CodeStatsPause")
    editor.command("CodeStatsResume")
    leave(editor)
    assert owners(home) == {ADA}
    assert list(root_home.path.glob(".codestats-handover/*.json*"))
