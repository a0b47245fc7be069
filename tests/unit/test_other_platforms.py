"""The core where modules and functions of POSIX are missing, as on Windows, or are named otherwise, as on macOS.

In a process of its own, from which they are taken away. What only those systems can show is in CONTRIBUTING.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PYTHON3 = str(Path(__file__).parents[2] / "python3")

HIDDEN = """
import asyncio, logging, os, pathlib, shutil, socket, sqlite3, ssl, subprocess, sys, sysconfig, tempfile
import types, zoneinfo
platform = sys.argv.pop(1)
sysconfig.get_config_vars()
if platform == "win32":
    import fcntl
    class Posix(types.ModuleType):
        name = "posix"
        __getattr__ = staticmethod(lambda name: getattr(os, name))
    for module in [module for name, module in sys.modules.items() if name.partition(".")[0] == "pathlib"]:
        module.os = Posix("os")  # paths of this system go on working
    os.name = "nt"
    sys.modules["msvcrt"] = msvcrt = types.ModuleType("msvcrt")
    msvcrt.LK_NBLCK, msvcrt.LK_UNLCK = fcntl.LOCK_EX | fcntl.LOCK_NB, fcntl.LOCK_UN
    msvcrt.locking = lambda descriptor, mode, _, flock=fcntl.flock: flock(descriptor, mode)
    for name in ("fcntl", "pwd", "grp", "termios", "tty", "resource", "pty", "syslog"):
        sys.modules[name] = None
    gone = (
        "fork", "getuid", "geteuid", "getgid", "getegid", "fchmod", "fchown", "chown", "lchown", "uname", "setsid",
        "killpg", "getpgid", "sysconf", "statvfs", "mkfifo", "lockf", "sched_getaffinity", "O_NOFOLLOW", "O_NONBLOCK",
        "O_DIRECTORY",
    )
    for name in gone:
        if hasattr(os, name):
            delattr(os, name)
else:
    sys.modules["_scproxy"] = proxies = types.ModuleType("_scproxy")  # what macOS says of proxies
    proxies._get_proxy_settings = proxies._get_proxies = dict
sys.platform = platform
sys.path.insert(0, {path!r})
"""
SESSION = """
import json, threading, time
from codestats.engine.engine import Engine
said = []
engine = Engine(said.append)
engine.receive({"type": "configure", "settings": json.loads(sys.argv[1])})
at = int(time.time())
engine.receive({"type": "record", "batches": [{"id": "a", "at": at, "xp": {"python": 5}}]})
engine.receive({"type": "view", "id": 1, "name": "status", "args": {}, "width": 80, "height": 24})
done = engine.drain(20)
engine.stop()
print(json.dumps([done, [message for message in said if message["type"] == "message"]]))
"""
SHELL = """
import contextlib, io, json
from codestats.cli import main
results = []
for command in json.loads(sys.argv[1]):
    printed, complained = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(complained):
        code = main(command.split())
    for stream in (printed, complained):
        stream.flush()
    results.append([command, code, printed.buffer.getvalue().decode(), complained.buffer.getvalue().decode()])
print(json.dumps(results))
"""
COMMANDS = [
    "status", "stats all", "stats all --plain", "export -", "export {home}/xp.csv",
    "report --offline -o {home}/xp.html", "backup {home}/backups", "import {home}/xp.csv", "health", "drain", "profile",
]  # fmt: skip


@pytest.fixture(params=["win32", "darwin"])
def run(request, home):
    """Run a program there, with arguments; its result."""

    def run(program, *arguments, **environment):
        code = HIDDEN.format(path=PYTHON3) + program
        env = {**home.env, "LOCALAPPDATA": str(home.path / "AppData"), **environment}
        return subprocess.run(
            [sys.executable, "-c", code, request.param, *arguments],
            env=env, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    return run


def test_xp_is_recorded_and_delivered(run, service, home):
    settings = {"api_url": service.url, "api_key": service.token()}
    done = run(SESSION, json.dumps(settings))
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == [True, []]
    assert service.total() == 5
    assert list(home.path.rglob("spool-*.sqlite3"))


def test_every_command(run, service, home):
    settings = {"CODESTATS_API_URL": service.url, "CODESTATS_API_KEY": service.token()}
    run(SESSION, json.dumps({"api_url": service.url, "api_key": service.token()}))
    commands = [command.format(home=home.path) for command in COMMANDS]
    done = run(SHELL, json.dumps(commands), **settings)
    assert (done.returncode, done.stderr) == (0, "")
    results = json.loads(done.stdout)
    assert [command for command, *_ in results] == commands
    for command, code, printed, complained in results:
        assert (code, complained) == (0, ""), (command, printed)
        assert printed or command.startswith("backup"), command
