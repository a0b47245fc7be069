"""Programs of the system, as far as the plugin asks them: scripts of the same name in a directory of PATH."""

from __future__ import annotations

import sys
from pathlib import Path

CRONTAB = """
import os, sys
table = os.environ["STANDIN_STATE"] + "/crontab"
word = sys.argv[1]
if word == "-l":
    if not os.path.exists(table):
        sys.exit("no crontab for ada")
    sys.stdout.buffer.write(open(table, "rb").read())
elif word == "-r":
    os.unlink(table)
else:
    text = (sys.stdin.buffer if word == "-" else open(word, "rb")).read()
    if text and not text.endswith(b"\\n"):
        sys.exit("new crontab file is missing newline before EOF, can't install.")
    if os.path.exists(os.environ["STANDIN_STATE"] + "/refuse"):
        sys.exit("you are not allowed to use this program")
    open(table + ".new", "wb").write(text)
    os.rename(table + ".new", table)
"""

SYSTEMCTL = """
import os, sys
state = os.environ["STANDIN_STATE"]
words = [word for word in sys.argv[1:] if not word.startswith("--")]
open(state + "/systemctl.log", "a").write(" ".join(sys.argv[1:]) + "\\n")
units = os.path.join(os.environ.get("XDG_CONFIG_HOME") or os.environ["HOME"] + "/.config", "systemd/user")
wants = units + "/timers.target.wants"
if words[0] == "show-environment":
    if os.path.exists(state + "/chroot"):
        sys.exit(0)
    if not os.path.exists(state + "/manager"):
        sys.exit("Failed to connect to bus: No medium found")
    print("HOME=/home/ada")
elif words[0] == "enable":
    os.makedirs(wants, exist_ok=True)
    if not os.path.lexists(wants + "/" + words[1]):
        os.symlink(units + "/" + words[1], wants + "/" + words[1])
    if os.path.exists(state + "/refuse"):
        sys.exit("Created symlink. --now cannot be used when systemd is not running, refusing. Access denied")
elif os.path.exists(state + "/refuse") and words[0] == "disable":
    sys.exit("Access denied")
elif words[0] == "disable":
    if os.path.lexists(wants + "/" + words[1]):
        os.unlink(wants + "/" + words[1])
elif words[0] == "is-enabled":
    print("enabled" if os.path.lexists(wants + "/" + words[1]) else "disabled")
"""

# Makes environments as uv does: without pip, of whatever Python runs this.
UV = """
import os, subprocess, sys
words = sys.argv[1:]
open(os.environ["STANDIN_STATE"] + "/uv.log", "a").write(" ".join(words) + "\\n")
if words[0] == "venv":
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", words[-1]], check=True)
else:
    prefix = os.path.dirname(os.path.dirname(words[words.index("--python") + 1]))
    target = prefix + "/lib/python%d.%d/site-packages" % sys.version_info[:2]
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--target", target]
    sys.exit(subprocess.run([*install, *(word for word in words if ">=" in word)]).returncode)
"""


def program(directory: Path, name: str, source: str) -> Path:
    """A Python script to be found by that name in `directory`."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / name
    path.write_text(f"#!{sys.executable} -I\n{source}")
    path.chmod(0o755)
    return path


KEYRING = """
import os, sys
words = sys.argv[1:]
store = os.environ["STANDIN_STATE"] + "/keyring"
name = os.path.basename(sys.argv[0])
KEEPS = {
    "secret-tool": ["store", "--label=Code::Stats", "service", "codestats"],
    "pass": ["insert", "codestats"],
    "security": ["add-generic-password", "-a", os.environ.get("USER", ""), "-s", "codestats", "-w"],
}
TELLS = {
    "secret-tool": ["lookup", "service", "codestats"],
    "pass": ["show", "codestats"],
    "security": ["find-generic-password", "-s", "codestats", "-w"],
}
if words == KEEPS[name]:
    open(store, "w").write(sys.stdin.readline())
elif words == TELLS[name]:
    sys.stdout.write(open(store).read())
else:
    sys.exit(f"{name}: unknown words {words}")
"""

GIT = """
import os, sys
if sys.argv[1:4] != ["clone", "--quiet", "https://github.com/codestats/codestats.vim"] or len(sys.argv) != 5:
    sys.exit(f"git: unknown words {sys.argv[1:]}")
os.makedirs(os.path.dirname(sys.argv[4]), exist_ok=True)
os.symlink(os.environ["STANDIN_REPO"], sys.argv[4])
"""
