"""One session of an editor in a trapped directory, in which it starts every kind of process that the plugin has."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from codestats.server import Service
from editors import BUILD, CHROOT_RUN, REPO, find, lay_packages
from support import wheelhouse
from support.editor.driver import Editor
from support.editor.home import Home
from support.editor.programs import program
from support.editor.terminal import wait_for
from support.trapped.hostile import Environment
from support.trapped.trap import Trap

UV = BUILD / "uv" / "bin" / "uv"
BROKEN = {
    "project": {
        "json.py": "raise RuntimeError('a module of the project')",
        "queue.py": "x = 1",
        "tests.py": "",
    },
    "exits": {"sitecustomize.py": "import os\nos._exit(3)"},
    "aborts": {"sitecustomize.py": "import os\nos.abort()"},
    "hangs": {"sitecustomize.py": "import time\nwhile True:\n    time.sleep(1)"},
    "prints": {
        "sitecustomize.py": "import os\nos.write(1, b'hello from site\\n')\nos.write(2, b'and again\\n')"
    },
}


@dataclass(frozen=True, slots=True)
class Way:
    """An editor and how it runs Python."""

    editor: str
    host: str

    @property
    def name(self) -> str:
        return f"{self.editor} ({self.host})"


class Session:
    """Home, trap and service; `typed` and the service's total are to be equal in the end."""

    def __init__(self, way: Way, environment: Environment, directory: Path, service: Service) -> None:
        self.way = way
        self.environment = environment
        self.home = Home.make(directory / "home")
        self.trap = Trap(self.home.work, directory / "marks")
        self.typed = 0
        self.opened = directory / "opened"
        self._service = service
        self._scratch = self._lay_scratch(directory / "scratch")
        self._lay_home(directory)

    def _lay_scratch(self, scratch: Path) -> Path:
        for name, files in BROKEN.items():
            (scratch / name).mkdir(parents=True)
            for file, text in files.items():
                (scratch / name / file).write_text(text + "\n")
        if "venv" in str(self.environment.variables):
            subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(scratch / "venv")], check=True)
        return scratch

    def _lay_home(self, directory: Path) -> None:
        """What the user has: urllib3 for the system's Python, an index, a browser, a command with the token."""
        lay_packages(self.home.path, BUILD / "pylib")
        wheels = wheelhouse.fill(directory / "wheels")
        for name, text in {
            "uv/uv.toml": f"no-index = true\nfind-links = ['{wheels}']\n",
            "pip/pip.conf": f"[global]\nno-index = true\nfind-links = {wheels}\n",
        }.items():
            (self.home.config / name).parent.mkdir(parents=True, exist_ok=True)
            (self.home.config / name).write_text(text)
        self.programs = self.home.path / "programs"
        self._places = directory / "places"
        note = f'echo "${{0##*/}} $(pwd -P)" >> {self._places}'
        program(self.programs / "xdg-open", f'{note}\necho "$1" > {self.opened}')
        program(self.programs / "my-token", f"{note}\ncat {self.home.path}/secret")
        real = sys.executable if self.way.editor in ("nvim", "nvim-0.11") else "/usr/bin/python3"
        self._python = program(self.programs / "my-python", f'{note}\nexec {real} "$@"')
        (self.home.path / "secret").write_text(self._service.token() + "\n")
        if UV.exists():
            (self.programs / "uv").symlink_to(UV)

    def start(self) -> Editor:
        spec = find(self.way.editor)
        variables = {
            "codestats_host": self.way.host,
            "codestats_api_url": self._service.url,
            "codestats_api_key_command": ["my-token", "of", "mine"],
            "codestats_pulse_interval": 3600,
            "codestats_notify_level_up": 0,
            "codestats_python": self._python if self.environment.records else "",
        }
        # The editor's own programs are not what is tried: /bin/sh for what it asks itself, and no swap file questions.
        vimrc = ["set noswapfile viminfo=", self.environment.vimrc]
        env, bare = self.variables(), replace(spec, env={})
        if str(CHROOT_RUN) in spec.command:  # shell scripts start that one: they are not what is tried
            hostile = {name: env[name] for name in self.environment.variables}
            vimrc = [f"let ${name} = '{value}'" for name, value in hostile.items()] + vimrc
            env = {**env, **{name: self.before().get(name, "") for name in hostile}}
        return Editor.start(bare, self.home, vimrc=vimrc, variables=variables, env=env, args=["a.py"])

    def variables(self) -> dict[str, str]:
        """The user's environment, with what is hostile in it."""
        before = self.before()
        return {**before, **self.environment.over(before, str(self._scratch))}

    def before(self) -> dict[str, str]:
        """That without what is hostile."""
        spec = find(self.way.editor)
        usual = {**self.home.env, **spec.env}
        if spec.packages:  # once more where they are found without the user's own
            usual["PYTHONPATH"] = str(spec.packages)
        return {**usual, "PATH": f"{self.programs}:{usual['PATH']}"}

    def type(self, editor: Editor, letters: int) -> None:
        editor.keys("i" + "x" * letters + "<Esc>")
        self.typed += letters

    def use_everything(self, editor: Editor) -> None:
        """The host, and with it the trial, the token's command; then export, import, browser, health and its git."""
        self.type(editor, 5)
        editor.command("call codestats#flush()")
        editor.wait_until("codestats#status().unsent == 0", timeout=60)
        exported = self.home.path / "exported.csv"
        editor.command(f"CodeStatsExport {exported}")
        editor.wait_until(exported.exists, timeout=30)
        editor.wait_until("execute('messages') =~# 'exported\\|rows\\|written'", timeout=30)
        editor.command(f"CodeStatsImport {exported}")
        editor.command("CodeStatsProfile")
        editor.wait_screen("Overview", timeout=30)
        editor.keys("o")
        editor.wait_until(self.opened.exists, timeout=30)
        editor.keys("q")
        self.check_health(editor)

    def check_health(self, editor: Editor) -> None:
        """With a settings file in the trapped directory that has the token in it: git is asked about that."""
        self.trap.lay_git()
        settings = self.home.work / "token.vim"
        settings.write_text(f"let g:mine = '{(self.home.path / 'secret').read_text().strip()}'\n")
        editor.command(f"source {settings}")
        number = editor.eval("codestats#health#start()")
        editor.wait_until(f"!empty(codestats#health#result({number}))", timeout=30)

    def install(self, editor: Editor) -> None:
        editor.command("CodeStatsInstall")
        ended = "len(filter(codestats#log#entries(), {_, line -> line =~# 'install: \\(Ready\\|codestats:\\)'})) > 0"
        editor.wait_until(ended, timeout=100)

    def install_from_a_shell(self) -> bool:
        """Whether the command ended well, run in the directory by a Python that has nothing of it."""
        path = f"import sys; sys.path.insert(0, {str(REPO / 'python3')!r})"
        code = f"{path}; from codestats.cli import main; sys.exit(main())"
        command = [sys.executable, "-I", "-c", code, "install", "--data-dir", str(self.home.data_dir)]
        done = subprocess.run(
            command, cwd=self.home.work, env=self.variables(), check=False, capture_output=True
        )
        python = self.home.data_dir / "venv" / "bin" / "python"
        subprocess.run([python, "-I", "-c", "import urllib3"], check=True)
        return done.returncode == 0

    def leave(self, editor: Editor) -> None:
        self.type(editor, 3)
        editor.quit(timeout=20)
        editor.wait_alone()

    def leave_before_the_host_is_up(self) -> None:
        """What was just typed is carried home by a process of its own."""
        with self.start() as editor:
            editor.wait_until("!empty(codestats#token#find().token)")
            self.type(editor, 4)
            editor.quit(timeout=20)
            editor.wait_alone()

    def places(self) -> set[str]:
        """Programs of the user's own that were started, each with the directory it was started in."""
        return set(self._places.read_text().splitlines())

    def arrived(self) -> int:
        """XP at the service; waited for, since what is left is sent after the editor has gone."""
        wait_for(
            lambda: self._service.total() >= self.typed, timeout=30, what=f"{self.typed} XP at the service"
        )
        return self._service.total()
