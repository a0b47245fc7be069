"""Environments that people have, or are given, and what of them is hostile to a plugin with Python in it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Environment:
    """Variables; "{old}" in a value stands for what was there before, "{scratch}" for a directory with a broken Python.

    `installs`: the session installs, too; `records`: the user's Python is one that writes down where it is started.
    """

    name: str
    variables: dict[str, str] = field(default_factory=dict)
    vimrc: str = ""
    installs: bool = False
    records: bool = False

    def over(self, before: dict[str, str], scratch: str) -> dict[str, str]:
        """These variables, made of those before."""
        return {
            name: value.replace("{old}", before.get(name, "")).replace("{scratch}", scratch)
            for name, value in self.variables.items()
        }


def python(name: str, **variables: str) -> Environment:
    return Environment(name, {f"PYTHON{key}": value for key, value in variables.items()})


ENVIRONMENTS = [
    Environment("nothing set", installs=True),
    python("PYTHONPATH with an empty entry first", PATH=":{old}"),
    python("PYTHONPATH with an empty entry last", PATH="{old}:"),
    python("PYTHONPATH is the current directory", PATH=".:{old}"),
    python("PYTHONPATH is relative", PATH="lib:./lib:{old}"),
    python("PYTHONPATH has a project's json.py", PATH="{scratch}/project:{old}"),
    python("PYTHONPATH has a sitecustomize that ends the process", PATH="{scratch}/exits:{old}"),
    python("PYTHONPATH has a sitecustomize that aborts", PATH="{scratch}/aborts:{old}"),
    python("PYTHONPATH has a sitecustomize that hangs", PATH="{scratch}/hangs:{old}"),
    python("PYTHONPATH has a sitecustomize that prints", PATH="{scratch}/prints:{old}"),
    python("PYTHONHOME is no Python's", HOME="/opt/houdini/python"),
    python("PYTHONHOME has no library", HOME="{scratch}"),
    python("PYTHONHOME is the current directory", HOME="."),
    python("PYTHONHOME is relative", HOME="lib"),
    python("PYTHONUSERBASE is the current directory", USERBASE="."),
    python("PYTHONUSERBASE is relative", USERBASE=".local"),
    python("PYTHONSTARTUP and PYTHONINSPECT", STARTUP="sitecustomize.py", INSPECT="1"),
    python("PYTHONSAFEPATH, PYTHONNOUSERSITE", SAFEPATH="1", NOUSERSITE="1"),
    python("PYTHONHASHSEED is wrong", HASHSEED="nonsense"),
    python("PYTHONIOENCODING is wrong", IOENCODING="nonsense"),
    python("PYTHONUTF8 is wrong", UTF8="nonsense"),
    python("PYTHONMALLOC is wrong", MALLOC="nonsense"),
    python("PYTHONMALLOC is debug, PYTHONDEVMODE", MALLOC="debug", DEVMODE="1"),
    python("PYTHONWARNINGS are errors", WARNINGS="error"),
    python("PYTHONVERBOSE", VERBOSE="1"),
    python("PYTHONPLATLIBDIR is wrong", PLATLIBDIR="lib/nowhere"),
    Environment("PATH with ./node_modules/.bin first", {"PATH": "./node_modules/.bin:{old}"}, installs=True),
    Environment("PATH with the current directory first", {"PATH": ".:{old}"}),
    Environment("PATH with an empty entry first", {"PATH": ":{old}"}),
    Environment("PATH with a relative entry first", {"PATH": "bin:{old}"}),
    Environment(
        "PATH with an activated environment without urllib3",
        {"PATH": "{scratch}/venv/bin:{old}", "VIRTUAL_ENV": "{scratch}/venv"},
    ),
    Environment("BASH_ENV, ENV and ZDOTDIR", {"BASH_ENV": "env.sh", "ENV": "./env.sh", "ZDOTDIR": "."}),
    Environment("SHELLOPTS and BASHOPTS", {"SHELLOPTS": "xtrace:verbose", "BASHOPTS": "extdebug"}),
    Environment("settings of pip and uv", {"PIP_CONFIG_FILE": "pip.conf", "UV_CONFIG_FILE": "uv.toml"}),
    Environment("XDG directories are relative", {"XDG_CACHE_HOME": ".cache", "XDG_STATE_HOME": "state"}),
    Environment("OLDPWD and CDPATH", {"CDPATH": ".", "OLDPWD": "."}),
    Environment("LANG is unknown", {"LANG": "xx_XX.UTF-8", "LC_ALL": "xx_XX.UTF-8"}),
    Environment("'shell' is fish, which is not there", vimrc="set shell=/usr/bin/fish"),
    Environment("'shell' is relative", vimrc="set shell=./sh"),
]  # fmt: skip

ALL_AT_ONCE = Environment(
    "all that is relative",
    {
        "PYTHONPATH": ":.:lib:{old}",
        "PYTHONUSERBASE": ".local",
        "PYTHONSTARTUP": "sitecustomize.py",
        "PATH": ":.:./node_modules/.bin:bin:{old}",
        "BASH_ENV": "env.sh",
        "ENV": "./env.sh",
        "PIP_CONFIG_FILE": "pip.conf",
    },
    installs=True,
    records=True,
)
