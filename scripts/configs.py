#!/usr/bin/env python3
"""Whole configurations as people run them: is what is counted what was typed?

    make test-configs CONFIGS=DIRECTORY               every configuration
    make test-configs CONFIGS=DIRECTORY ARGS=amix     only those with this word in configuration or editor

DIRECTORY has the git repositories of the configurations and of all their plugins, as owner+name or owner+name/repo; no
network is asked. Each is put into a fresh home as its documentation says. Then some 200 keys are typed at a person's
pace, with pauses to think; after each the text of all buffers is compared with what it was before: one that changed it
is worth 1 XP. That is held against the XP at the service. Exit status 1 if a number differs or a configuration could
not be set up: each says what of it has to be there after the keys.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPO / name) for name in ("scripts", "tests", "python3")]

from codestats.server import Service  # noqa: E402 - found by the line above, as are the others
from editors import BUILD, find  # noqa: E402
from support.editor.control import ControlError  # noqa: E402
from support.editor.driver import Editor  # noqa: E402
from support.editor.home import Home  # noqa: E402
from support.editor.keys import parse  # noqa: E402
from support.fuzzing.case import split  # noqa: E402
from support.fuzzing.comparison import Comparison  # noqa: E402
from support.fuzzing.mirror import mirror  # noqa: E402

TABLE_FILE = BUILD / "configs.md"
_LONGEST = 400
_TIMEOUTLEN = 3
PAUSE = 0.12
"""Seconds between keys: what a key does by and by is its work, too."""
THOUGHT, THOUGHTFUL = 0.7, 15
"""Seconds longer than 'updatetime', after every so many keys."""
TEXT = 'def first(alpha, beta):\n    return alpha + beta\n\n\nclass Foo:\n    bar = {"one": 1}\n'
SESSION = (
    "Go<CR>def second(alpha):<CR>total = alpha * (2 + 1)<CR>return total<Esc>"
    'o<CR>print("hello", first(1, 2))<Esc>kddjp'
    "ggciwasync def<Esc>uA  # note<Esc>0wdwPxu<C-r>"
    "ofir<C-n><C-y>(3)<Esc>oalp<C-n><C-n><C-e><Esc>dd"
    "jVjd.uyypJ5x~>>v$y$pvlldwcwnew<BS><BS><Esc>"
    "ito<Tab>[1, 2<Esc>:%s/alpha/gamma/ge<CR>Go{x: (y)<CR><Esc>ggI<C-t><C-d><Esc>qqA!<Esc>jq@qu/foo<CR>"
)
_AMIX = ("basic", "filetypes", "plugins_config", "extended")
# NvChad 2.5 as of 2024 asks for modules that the main branch has no more, and warns of what is deprecated.
_OLD_TREESITTER = (
    '{ \\"nvim-treesitter/nvim-treesitter\\", branch = \\"master\\", '
    "opts = function() return {} end, init = function() vim.deprecate = function() end end }"
)
_PAIRS = "exists('g:AutoPairsLoaded')"
_LAZY = (
    'git clone -q https://github.com/{starter} "$HOME/.config/whole" && '
    'cd "$HOME/.config/whole" && mkdir -p lua/plugins && '
    'echo "return {{ {{ dir = \\"{repo}\\", lazy = false }}, {more} }}" > lua/plugins/codestats.lua'
)


@dataclass(frozen=True, slots=True)
class Configuration:
    """`place` is a shell command run in the home, `vimrc` the user's own in Vim; `installs`: at its first start.

    `present`: Vim expressions that are true after the keys, or with `lua:` modules that are loaded.
    """

    name: str
    editors: tuple[str, ...]
    place: str
    present: tuple[str, ...]
    vimrc: str = ""
    installs: bool = False


def packs(*repositories: str) -> str:
    """Shell commands that put plugins where Vim has its packages."""
    directory = '"$HOME/.vim/pack/all/start"'
    return f"mkdir -p {directory} && cd {directory} && " + " && ".join(
        f"git clone -q {'-b release ' if name.endswith('coc.nvim') else ''}https://github.com/{name}"
        for name in repositories
    )


VIMS, NVIMS = ("vim-9.1", "vim-9.2"), ("nvim-0.11", "nvim-0.12")
CONFIGURATIONS = (
    Configuration(
        "amix/vimrc",
        VIMS,
        'git clone -q https://github.com/amix/vimrc "$HOME/.vim_runtime"',
        (_PAIRS, "exists('g:loaded_ale')", "exists('g:loaded_surround')"),
        "set runtimepath+=~/.vim_runtime\n"
        + "\n".join(f"source ~/.vim_runtime/vimrcs/{name}.vim" for name in _AMIX),
    ),
    Configuration(
        "auto-pairs + surround + ALE",
        VIMS,
        packs("jiangmiao/auto-pairs", "tpope/vim-surround", "dense-analysis/ale"),
        (_PAIRS, "exists('g:loaded_ale')", "exists('g:loaded_surround')"),
        "set updatetime=300",
    ),
    Configuration(
        "coc + auto-pairs + surround + ALE",
        VIMS,
        'cp "$(command -v node)" "$HOME/node" && '  # the matrix's editors see no other
        + packs("neoclide/coc.nvim", "jiangmiao/auto-pairs", "tpope/vim-surround", "dense-analysis/ale"),
        (_PAIRS, "exists('g:loaded_ale')", "exists('g:loaded_surround')", "coc#rpc#ready()"),
        "set updatetime=300 | let g:coc_node_path = expand('~/node')",
    ),
    Configuration(
        "SpaceVim",
        VIMS,
        'git clone -q https://github.com/SpaceVim/SpaceVim "$HOME/.SpaceVim" && mkdir -p "$HOME/.SpaceVim.d" && '
        'printf "[options]\\ncheckinstall = false\\n" > "$HOME/.SpaceVim.d/init.toml"',
        ("exists('g:spacevim_version')", "exists('g:loaded_delimitMate')"),
        "source ~/.SpaceVim/vimrc",
    ),
    *(
        Configuration(
            name, NVIMS[:1], _LAZY.format(starter=starter, repo=REPO, more=more), present, installs=True
        )
        for name, starter, present, more in (
            (
                "LazyVim",
                "LazyVim/starter",
                ("lua:blink.cmp", "lua:noice", "lua:snacks", "lua:mini.pairs"),
                "",
            ),
            ("AstroNvim", "AstroNvim/template", ("lua:astrocore", "lua:blink.cmp", "lua:nvim-autopairs"), ""),
            ("NvChad", "NvChad/starter", ("lua:nvchad", "lua:cmp", "lua:nvim-autopairs"), _OLD_TREESITTER),
        )
    ),
    Configuration(
        "kickstart.nvim",
        NVIMS[1:],
        # The matrix's editors see no git, by which this one installs.
        'cp -R "$(git --exec-path)" "$HOME/git" && mkdir "$HOME/bin" && '
        """printf '#!/bin/sh\\nGIT_EXEC_PATH=~/git exec ~/git/git "$@"\\n' > "$HOME/bin/git" && """
        'chmod +x "$HOME/bin/git" && '
        'git clone -q https://github.com/nvim-lua/kickstart.nvim "$HOME/.config/whole" && '
        # Parsers would come from the network.
        """sed -i 's/^\\( *local [a-z_]*parsers\\) = .*/\\1 = {}/' "$HOME/.config/whole/init.lua" && """
        f'mkdir -p "$HOME/.local/share/whole/site/pack/own/start" && '
        f'ln -s {REPO} "$HOME/.local/share/whole/site/pack/own/start/codestats.vim"',
        ("lua:blink.cmp", "lua:which-key", "lua:telescope"),
        installs=True,
    ),
)


@dataclass(slots=True)
class Run:
    """One configuration in one editor."""

    configuration: Configuration
    editor: str
    keys: int = 0
    worth: int = 0
    counted: int = 0
    problem: str = ""

    @property
    def is_right(self) -> bool:
        """Exact, and something was typed at all."""
        return not self.problem and self.worth == self.counted > 0


def lay_github(sources: Path, directory: Path) -> str:
    """Every repository of DIRECTORY at its address, as git's configuration says it."""
    for path in sources.iterdir():
        owner, plus, name = path.name.partition("+")
        if plus:
            target = path / "repo" if (path / "repo").exists() else path
            for place in {directory / owner, directory / owner.lower()}:  # GitHub takes both
                place.mkdir(parents=True, exist_ok=True)
                (place / f"{name}.git").symlink_to(target)
                (place / name).symlink_to(target)
    return f'[url "file://{directory}/"]\n\tinsteadOf = https://github.com/\n[safe]\n\tdirectory = *\n'


def play(run: Run, sources: Path, git_config: str, directory: Path) -> None:
    """Set it up, type, compare."""
    home = Home.make(Path(tempfile.mkdtemp(dir=directory)))
    (home.path / ".gitconfig").write_text(git_config)
    env = {
        "CHROOT_ALSO": str(sources),
        "GIT_ALLOW_PROTOCOL": "file",
        "GIT_TERMINAL_PROMPT": "0",
        "NVIM_APPNAME": "whole",
        "PATH": f"{home.path}/bin:{home.env['PATH']}",
    }
    shell = {"env": {**home.env, **env}, "cwd": home.path, "capture_output": True, "text": True}
    done = subprocess.run(["/bin/sh", "-c", run.configuration.place], check=False, **shell)  # type: ignore[call-overload]
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    spec = find(run.editor)
    if run.configuration.installs:
        install = [*spec.command, "--headless", "-c", "sleep 90", "-c", "qa!"]
        subprocess.run(install, check=False, timeout=300, **shell)  # type: ignore[call-overload]
    with Service() as service:
        variables = {
            "codestats_api_url": service.url,
            "codestats_api_key": service.token(),
            "codestats_pulse_interval": 3600,
        }
        own = [
            argument
            for name, value in variables.items()
            for argument in ("--cmd", f"let g:{name} = {value!r}")
        ]
        with Editor.start(
            spec,
            home,
            vimrc=run.configuration.vimrc,
            files={"a.py": TEXT},
            args=[*own, "a.py"],
            env=env,
            plugin="pack" if spec.kind == "vim" else None,
            rows=30,
            cols=100,
        ) as editor:
            time.sleep(5)  # servers and plugins that start later
            type_session(run, editor)
            if missing := [name for name in run.configuration.present if not is_present(editor, name)]:
                raise RuntimeError(f"it is not whole: without {', '.join(missing)}")
            editor.command("call codestats#flush()")
            editor.wait_until("codestats#status().unsent == 0", timeout=60)
            run.counted = service.total()


def type_session(run: Run, editor: Editor) -> None:
    """Each key, and whether the text is another after it."""
    seen = Comparison(mirror(editor))
    for key in split(SESSION):
        editor.press(parse(key)[0])
        time.sleep(PAUSE if run.keys % THOUGHTFUL else THOUGHT)
        if editor.spec.kind == "vim":  # the key may begin a mapping, and be put in with the next one
            with contextlib.suppress(TimeoutError):
                editor.wait_until("state('m') == ''", timeout=_TIMEOUTLEN)
        run.worth += seen.changed() is not None
        run.keys += 1
    editor.sync()


def is_present(editor: Editor, name: str) -> bool:
    """Is what `present` names there?"""
    module = name.removeprefix("lua:")
    asked = name if module == name else f"luaeval('package.loaded[_A] ~= nil', '{module}')"
    return bool(editor.eval(asked))


def go(run: Run, sources: Path, git_config: str, directory: Path) -> None:
    """Play, and keep what went wrong."""
    try:
        play(run, sources, git_config, directory)
    except (ControlError, OSError, RuntimeError, subprocess.SubprocessError) as error:
        run.problem = " / ".join(line.strip() for line in str(error).splitlines() if line.strip())[:_LONGEST]
    result = run.problem or f"worth {run.worth}, counted {run.counted}"
    print(
        f"{'ok    ' if run.is_right else 'WRONG '} {run.editor:9} {run.configuration.name}: {result}",
        flush=True,
    )


def markdown(runs: list[Run]) -> str:
    """The table, ready to be quoted."""
    rows = [
        f"| {run.configuration.name} | {run.editor} | {run.keys} | "
        + (f"{run.problem} | |" if run.problem else f"{run.worth} | {run.counted} |")
        for run in runs
    ]
    return "\n".join(
        ["| configuration | editor | keys | worth | counted |", "|---|---|---|---|---|", *rows, ""]
    )


def main() -> int:
    """Exit status 1 if anything is wrong, or nothing was tried."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--from", dest="sources", default=os.environ.get("CONFIGS", ""), metavar="DIRECTORY")
    parser.add_argument("words", nargs="*", help="for example: coc vim-9.1")
    options = parser.parse_args()
    if not Path(options.sources or "/nonexistent").is_dir():
        print("configs: CONFIGS=DIRECTORY says where the repositories are", file=sys.stderr)
        return 1
    runs = [
        Run(configuration, editor)
        for configuration in CONFIGURATIONS
        for editor in configuration.editors
        if all(word.lower() in f"{configuration.name} {editor}".lower() for word in options.words)
    ]
    with tempfile.TemporaryDirectory(prefix="cs-configs-", dir="/tmp", ignore_cleanup_errors=True) as name:
        sources = Path(options.sources).resolve()
        git_config = lay_github(sources, Path(name, "github"))
        for run in runs:
            go(run, sources, git_config, Path(name))
    text = markdown(runs)
    print(text)
    TABLE_FILE.write_text(text)
    return int(not runs or not all(run.is_right for run in runs))


if __name__ == "__main__":
    sys.exit(main())
