"""What README and help show is done here as a reader would do it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys

import pytest

from codestats.cli import main
from editors import REPO
from support import documented, standins, wheelhouse
from support.editor.programs import program

PULSES = """sent_at;sent_at_local;tz_offset;language;machine;amount
2017-11-27 23:00:00Z;2017-11-28 00:00:00;60;elixir;test_machine;7
"""

WRITTEN = "filereadable('xp.csv') && readfile('xp.csv')[-1] =~# ';Python;.*;5$'"

# Command: what it comes to, as an expression that becomes true, or as /a pattern on the screen/.
EX_COMMANDS = {
    "CodeStatsCancel": "/Nothing to cancel",
    "CodeStatsExport xp.csv": WRITTEN,
    "CodeStatsExport xp.csv month": WRITTEN,
    "CodeStatsExport! xp.csv": WRITTEN,
    "CodeStatsExport! xp.csv month": WRITTEN,
    "CodeStatsFlush": "codestats#status().sent == 5",
    "CodeStatsHealth": "/is accepted",
    "CodeStatsImport xp.csv": "/Imported 7 XP",
    "CodeStatsImport xp.csv Elm": "/Imported 7 XP",
    "CodeStatsImport ~/Downloads/pulses.csv": "/Imported 7 XP",
    "CodeStatsInstall": "/Ready: ",
    "CodeStatsInstall!": "/Ready: ",
    "CodeStatsLanguage": "/Python: the table's name for filetype 'python'",
    "CodeStatsLanguage Elm": "/Elm until you quit",
    "CodeStatsLanguage!": "/Python: the table's name for filetype 'python'",
    "CodeStatsLog": "/sent 5 XP .Python 5., typed",
    "CodeStatsLogin": "/Code::Stats token",
    "CodeStatsLogout": "/g:codestats_api_key still gives a token",
    "CodeStatsPause": "codestats#status().state ==# 'paused'",
    "CodeStatsProfile": r"/1,5\d\d to 1",
    "CodeStatsProfile ada bob": r"/Code::Stats · ada, bob",
    "CodeStatsProfile demo": r"/1,5\d\d to 1",
    "CodeStatsReport": "filereadable(codestats#config#data_dir() .. '/codestats.html')",
    "CodeStatsReport xp.csv": "filereadable('xp.csv')",
    "CodeStatsReport ~/me.html": "filereadable($HOME .. '/me.html')",
    "CodeStatsResume": "!codestats#status().paused",
    "CodeStatsShare": "filereadable('codestats.svg')",
    "CodeStatsShare xp.csv": "filereadable('xp.csv')",
    "CodeStatsShare!": "filereadable('codestats.svg')",
    "CodeStatsShare! xp.csv": "filereadable('xp.csv')",
    "CodeStatsStats": r"/Python[^\n]* 5 ",
    "CodeStatsStats month": r"/Python[^\n]* 5 ",
    "CodeStatsStatus": "/Everything is sent",
}


def test_the_table_has_every_command_that_is_shown():
    assert set(EX_COMMANDS) == documented.ex_commands()


def index(directory):
    """An environment where packages come from a directory, by the quickest of the ways to install them."""
    uv = standins.program(directory / "bin", "uv", standins.UV)
    path = f"{uv.parent}:{os.environ['PATH']}"
    wheels = wheelhouse.environment(wheelhouse.fill(directory / "wheels"))
    return {**wheels, "PATH": path, "STANDIN_STATE": str(directory)}


@pytest.mark.shared
@pytest.mark.timeout(180)
@pytest.mark.parametrize("command", EX_COMMANDS)
def test_a_command(command, start_editor, service, home, tmp_path):
    (home.path / "Downloads").mkdir()
    (home.path / "Downloads" / "pulses.csv").write_text(PULSES)
    files = {"a.py": ""} | ({"xp.csv": PULSES} if "!" in command or "Import" in command else {})
    env = {}
    if "Install" in command:
        env = index(tmp_path)
    editor = start_editor(home=home, service=service, files=files, args=["a.py"], rows=50, cols=100, env=env)
    if "Report" in command:  # no browser of whoever runs this
        program(home.path / "bin" / "xdg-open", "exit 0")
        editor.command(f"let $PATH = '{home.path}/bin:' .. $PATH")
    editor.keys("ihello<Esc>")
    if command not in ("CodeStatsFlush", "CodeStatsCancel"):
        editor.command("call codestats#flush()")
        editor.wait_until("codestats#status().sent == 5")
    editor.keys(f":{command}<CR>", settle=False)
    outcome = EX_COMMANDS[command]
    if outcome.startswith("/"):
        editor.wait_screen(outcome[1:], timeout=150 if "Install" in command else 10)
    else:
        editor.wait_until(outcome)


def test_the_help_is_found_at_once(start_editor, service, tmp_path):
    """As after a plain `git clone`: its tags are in the repository, and a manager's :helptags changes nothing."""
    shutil.copy(REPO / "doc" / "codestats.txt", tmp_path)
    editor = start_editor(service=service)
    editor.command("help :CodeStatsProfile")
    assert "*:CodeStatsProfile*" in editor.eval("getline('.')")
    editor.command(f"helptags {tmp_path}")
    assert (tmp_path / "tags").read_bytes() == (REPO / "doc" / "tags").read_bytes()


# -- what is to be put into a vimrc ---------------------------------------------

# What a status line plugin does with the component, by its documentation.
LUALINE = """
package.preload['lualine.component'] = function()
  local Component = { init = function() end }
  Component.__index = Component
  function Component:extend()
    return setmetatable({ super = self }, { __index = self })
  end
  return Component
end
package.preload.lualine = function()
  return { setup = function(config)
    local name = config.sections.lualine_x[1]
    Line = function() return require('lualine.components.' .. name):update_status() end
    vim.o.statusline = '%!v:lua.Line()'
  end }
end
"""


def settings(editor_spec):
    """Every example that is no command of ours, no shell's, and of this editor."""
    vim = [text for text in documented.blocks("vim") if not text.startswith(":")]
    lua = documented.blocks("lua")
    for text in documented.help_blocks():
        if text.startswith("require"):
            lua.append(text)
        elif not text.startswith((":", "python3 ")):
            vim.append(text)
    assert len(vim) > 4
    assert len(lua) > 2
    if editor_spec.kind == "vim":
        lua = []
    return [*vim, *(f"lua << EOF\n{LUALINE}\n{text}\nEOF\n" for text in lua)]


def test_settings(start_editor, editor_spec, service):
    """All in one vimrc: nothing is complained of, and the status line shows what it should."""
    editor = start_editor(service=service, vimrc=["set laststatus=2", *settings(editor_spec)])
    editor.wait_screen("C::S 0")
    editor.keys("ihello<Esc>")
    editor.wait_screen("C::S 5")
    assert editor.eval("codestats#settings#problems()") == []
    assert editor.messages() == ""


# -- the shell --------------------------------------------------------------------

# Command: its exit code and a part of what it prints.
SHELL_COMMANDS = {
    "codestats backup backups": (0, ""),
    "codestats backup --every 1d --install ~/backups": (0, "by a line of the crontab"),
    "codestats jobs": (0, "No backup is scheduled"),
    "codestats setup": (2, "there is no terminal to ask at"),
    "codestats setup --yes --token-stdin --backup ~/backups": (0, ""),
    "codestats drain": (0, "Sent 0 XP, 0 XP wait."),
    "codestats drain --others": (0, "Sent 0 XP, 0 XP wait."),
    "codestats export": (0, ";Python;"),
    "codestats export --format jsonl": (0, '"Python"'),
    "codestats export --period month": (0, ";Python;"),
    "codestats export --period month --format jsonl": (0, '"Python"'),
    "codestats export xp.csv": (0, "Exported 5 XP"),
    "codestats export xp.csv --format jsonl": (0, "Exported 5 XP"),
    "codestats export xp.csv --period month": (0, "Exported 5 XP"),
    "codestats export xp.csv --period month --format jsonl": (0, "Exported 5 XP"),
    "codestats health": (0, "is accepted"),
    "codestats import xp.csv": (0, "Imported 7 XP"),
    "codestats install": (0, "Ready: "),
    "codestats profile": (0, "5 XP"),
    "codestats profile demo": (0, "5 XP"),
    "codestats report -o xp.html": (0, "xp.html"),
    "codestats report -o xp.html --card xp.svg": (0, "xp.svg"),
    "codestats serve": (0, "Ctrl-C ends it."),
    "codestats stats": (0, "5 XP"),
    "codestats stats month": (0, "5 XP"),
    "codestats stats month --by weekday --percent": (0, "Python "),
    "codestats stats week": (0, "5 XP"),
    "codestats status": (0, "Today:     5 XP"),
}


def test_the_table_has_every_shell_command_that_is_shown():
    assert set(SHELL_COMMANDS) == documented.shell_commands()


@pytest.fixture
def shell(home, service, monkeypatch):
    """Environment and directory of a user who has typed 5 XP of Python, which arrived."""
    monkeypatch.setenv("CODESTATS_API_URL", service.url)
    monkeypatch.setenv("CODESTATS_API_KEY", service.token())
    batch = '{"version": 1, "batches": [{"id": "a", "at": %d, "xp": {"python": 5}}]}'
    handover = home.data_dir / "handover"
    handover.mkdir(parents=True)
    home.data_dir.chmod(0o700)
    (handover / "a.json").write_text(batch % handover.stat().st_mtime)
    assert main(["drain"]) == 0
    return {
        "env": {**os.environ, "PYTHONPATH": str(REPO / "python3")},
        "cwd": home.work,
        "text": True,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.STDOUT,
        "stdin": subprocess.DEVNULL,
    }


@pytest.mark.parametrize("command", SHELL_COMMANDS)
def test_a_shell_command(command, shell, home, tmp_path):
    if "import" in command:
        (home.work / "xp.csv").write_text(PULSES)
    if "install" in command:
        shell["env"].update(index(tmp_path))
    for name, source in {"crontab": standins.CRONTAB, "systemctl": standins.SYSTEMCTL}.items():
        standins.program(tmp_path / "bin", name, source)
    shell["env"].update(STANDIN_STATE=str(tmp_path), PATH=f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    line = f"{sys.executable} -m {command}"
    if "--token-stdin" in command:
        line = f'echo "$CODESTATS_API_KEY" | {line}'
    code, says = SHELL_COMMANDS[command]
    if command.endswith("serve"):
        with subprocess.Popen(["/bin/sh", "-c", f"exec {line} --port 0"], **shell) as process:
            assert any(says in text for text in process.stdout)
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == code
        return
    done = subprocess.run(["/bin/sh", "-c", line], **shell, check=False, timeout=100)
    assert done.returncode == code, done.stdout
    assert says in done.stdout


@pytest.mark.parametrize("target", sorted(documented.make_targets()))
def test_a_target_of_make(target):
    done = subprocess.run(
        ["make", "--dry-run", target], cwd=REPO, capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 0, done.stderr
