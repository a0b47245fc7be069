#!/usr/bin/env python3
"""Shows the plugin at work, on a local service and in a throw-away home; run by `make demo`.

    scripts/demo.py                 on a terminal: opens an editor to type in; elsewhere: types by itself
    scripts/demo.py --type          types by itself, in Neovim and in Vim (where there is one with Python)
    scripts/demo.py --editor NAME   in this editor only (names: scripts/editors.py)

Afterwards it prints what the service received. Exit code 1 if that is not what was typed.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPO / name) for name in ("scripts", "tests", "python3")]

from codestats.server import Service  # noqa: E402 - found by the line above, as are the others
from editors import AT_HAND, EditorSpec, MissingEditorError, find, lay_packages, lay_plugin  # noqa: E402
from setup import has_vim  # noqa: E402
from support.editor.driver import Editor, wait_alone  # noqa: E402
from support.editor.home import Home  # noqa: E402
from support.editor.keys import parse  # noqa: E402

PATIENCE = 30.0
"""Seconds that the XP may take to the service once the editor was told to send it."""

STATUSLINE = r"set laststatus=2 statusline=\ %f\ %y\ %m%=%{codestats#statusline()}\ "
LOOKS = f"set nocompatible nomodeline shortmess+=I mouse=\nfiletype plugin on\nsyntax on\n{STATUSLINE}\n"

WELCOME = """\
# Code::Stats in your editor: press i and type something below.
#
# The XP stands at the right end of the status line; every few seconds it goes to a local service.
#   :CodeStatsProfile   what the service has of you (q closes it)
#   :CodeStatsStatus    how the sending goes
#   :qa!                leave; then you see what the service received

"""

# file name → keys to type, one at a time. Each makes 1 XP, but for the i and the <Esc> around them.
SCRIPT = {
    "greet.py": "idef greet(name):<CR>return f'Hello {name}'<Esc>",
    "notes.md": "i# Notes<CR><CR>Typed by *make demo*, mistaeks<BS><BS><BS>kes included.<Esc>",
    "main.c": "iint main(void) { return 0; }<Esc>",
}
AS_TYPED = "setlocal noautoindent nocindent indentexpr= formatoptions="
"""No help from the editor: the files get what is typed and nothing else."""
EXPECTED = sum(len(parse(keys)) - 2 for keys in SCRIPT.values())


def main() -> int:
    """Chooses editors and the way of the demo; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--type", action="store_true", help="type by itself, on a terminal too")
    parser.add_argument("--editor", metavar="NAME", help="this editor only")
    options = parser.parse_args()
    try:
        editors = [find(options.editor)] if options.editor else at_hand()
    except MissingEditorError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    if options.type or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return max([type_in(spec) for spec in editors])
    return open_for_typing(editors[0])


def at_hand() -> list[EditorSpec]:
    """The editors here that can send, Neovim first. Raises MissingEditorError if there are none."""
    found = [spec for spec in map(try_to_find, AT_HAND) if spec]
    if not found:
        raise MissingEditorError(
            "no Neovim and no Vim with +python3 here; `scripts/setup.py demo` sets one up"
        )
    return found


def try_to_find(name: str) -> EditorSpec | None:
    """An editor of that name that can send."""
    try:
        return find(name) if name != "vim" or has_vim() else None
    except MissingEditorError:
        return None


# -- a person types ---------------------------------------------------------


def open_for_typing(spec: EditorSpec) -> int:
    """Opens the editor on this terminal, waits until it is left, reports."""
    with tempfile.TemporaryDirectory(prefix="codestats-demo-") as directory, Service() as service:
        home = Home.make(Path(directory))
        lay_plugin(spec.kind, home.path, home.data)
        if spec.packages:
            lay_packages(home.path, spec.packages)
        counted = home.path / "counted"
        settings = home.path / "demo.vim"
        settings.write_text(settings_for(service, counted))
        (home.work / "hello.py").write_text(WELCOME)
        run_on_terminal(spec, home, ["-u", str(settings), "+", "hello.py"])
        typed = int(counted.read_text()) if counted.exists() else 0
        print(f"You typed {typed} XP in {spec.version()}.")
        failed = report_arrival(service, typed)
        wait_alone(home)  # or its directory fills while it is removed
    return failed


def settings_for(service: Service, counted: Path) -> str:
    """The vimrc of the demo. On leaving the editor writes what it counted to a file."""
    return (
        f"let g:codestats_api_url = '{service.url}'\n"
        f"let g:codestats_api_key = '{service.token()}'\n"
        "let g:codestats_pulse_interval = 3\n"
        f"{LOOKS}"
        f"autocmd VimLeave * call writefile([codestats#status().session], '{counted}')\n"
    )


def run_on_terminal(spec: EditorSpec, home: Home, arguments: list[str]) -> None:
    """Runs the editor with the throw-away home, on our own terminal, to its end."""
    shown = {name: os.environ[name] for name in ("TERM", "COLORTERM", "TERM_PROGRAM") if name in os.environ}
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the editor's
    try:
        environment = {**home.env, **shown, **spec.env}
        subprocess.run([*spec.command, *arguments], check=False, env=environment, cwd=home.work)
    finally:
        signal.signal(signal.SIGINT, before)


# -- the demo types ---------------------------------------------------------


def type_in(spec: EditorSpec) -> int:
    """Types the script into an editor on a terminal of its own; prints what came of it."""
    print(f"── {spec.version()} " + "─" * 40)
    with tempfile.TemporaryDirectory(prefix="codestats-demo-") as directory, Service() as service:
        variables = {"codestats_api_url": service.url, "codestats_api_key": service.token()}
        home = Home.make(Path(directory))
        with Editor.start(spec, home, variables=variables, vimrc=LOOKS, rows=30, cols=100) as editor:
            for name, keys in SCRIPT.items():
                editor.keys(f":edit {name}<CR>:{AS_TYPED}<CR>{keys}:write<CR>")
            print(f"Typed: {EXPECTED} XP in {', '.join(SCRIPT)}.")
            editor.keys(":CodeStatsFlush<CR>")
            failed = report_arrival(service, EXPECTED) or show_profile(editor)
            if failed:
                print(f"Messages of the editor:\n{editor.messages()}", file=sys.stderr)
            editor.quit()
        wait_alone(home)
    return failed


def show_profile(editor: Editor) -> int:
    """Prints status line and profile window, once both have all the XP; returns 1 if they never do."""
    try:
        editor.wait_until("codestats#status().unsent == 0")
        print(f"Status line: {editor.eval('codestats#statusline()')}\n:CodeStatsProfile shows:")
        editor.keys(":CodeStatsProfile<CR>")
        editor.wait_until(lambda: f"{EXPECTED} XP" in "\n".join(editor.lines()))
    except TimeoutError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    finally:
        print("\n".join(f"  │ {line}".rstrip() for line in editor.lines()) + "\n")
    return 0


# -- the report -------------------------------------------------------------


def report_arrival(service: Service, typed: int) -> int:
    """Waits for the XP, prints the pulses; returns 1 if they are not what was typed."""
    service.wait_for_total(typed, PATIENCE)
    pulses = service.pulses()
    print(f"The service received {service.total()} XP in {len(pulses)} pulse{'s'[len(pulses) == 1 :]}:")
    for pulse in pulses:
        print(f"  {pulse.coded_at}  " + ", ".join(f"{name} +{xp}" for name, xp in pulse.xps.items()))
    if service.total() == typed:
        return 0
    print(f"demo: {typed} XP were typed, but {service.total()} arrived.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
