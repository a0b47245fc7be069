"""How processes are started: which Pythons are tried, what is inherited, and what a bad Python can do to the editor."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from editors import BUILD, lay_packages
from support.editor.programs import program
from support.editor.terminal import wait_for

BROKEN = {
    "exits": "import os\nos._exit(3)",
    "aborts": "import os\nos.abort()",
    "prints": "import os\nos.write(1, b'hello from the site\\n')",
    "raises an exit": "raise SystemExit(9)",
}
WITHOUT = "import sys\nsys.modules['sqlite3'] = None  # as if built without it\n"


@pytest.fixture
def vim_only(editor_spec):
    if editor_spec.kind != "vim":
        pytest.skip("a matter of the Python inside Vim")


def type_and_send(editor, letters=5, timeout=60):
    editor.keys("i" + "x" * letters + "<Esc>")
    editor.command("call codestats#flush()")
    editor.wait_until("codestats#status().unsent == 0", timeout=timeout)


def site(directory, text):
    """A directory for PYTHONPATH with a sitecustomize."""
    directory.mkdir()
    (directory / "sitecustomize.py").write_text(text)
    return directory


def log_of(editor):
    return "\n".join(editor.eval("codestats#log#entries()"))


# -- the Python inside Vim ------------------------------------------------------


@pytest.fixture
def start_embedded(start_editor, service, home, editor_spec, vim_only):
    """Starts a Vim that wants its own Python, in which it would find urllib3."""
    lay_packages(home.path, BUILD / "pylib")

    def start(env=None, **more):
        variables = {"codestats_host": "embedded", **more.pop("variables", {})}
        return start_editor(service=service, home=home, variables=variables, env=env, **more)

    return start


@pytest.mark.parametrize("what", BROKEN)
def test_a_site_that_is_broken_does_not_end_vim(what, start_embedded, tmp_path, service):
    directory = site(tmp_path / "site", BROKEN[what])
    editor = start_embedded({"PYTHONPATH": str(directory)})
    type_and_send(editor)
    assert editor.eval("codestats#host#carrier()") == "channel"
    assert "the Python inside Vim cannot run the core: " in log_of(editor)
    assert service.total() == 5
    assert editor.messages() == ""
    editor.wait_screen("xxxxx")
    assert "hello from the site" not in editor.screen_text()


@pytest.mark.parametrize("home_of_python", ["/opt/houdini/python", "{tmp}"])
def test_a_pythonhome_that_is_none_does_not_end_vim(home_of_python, start_embedded, tmp_path, service):
    editor = start_embedded({"PYTHONHOME": home_of_python.format(tmp=tmp_path)})
    type_and_send(editor)
    assert editor.eval("codestats#host#carrier()") == "channel"
    assert service.total() == 5
    assert editor.messages() == ""


def test_a_library_that_is_gone_does_not_end_vim(start_embedded, tmp_path, service):
    """What Python finds by the first python3 in PATH and the pyvenv.cfg beside it is not there any more."""
    (tmp_path / "gone" / "bin").mkdir(parents=True)
    (tmp_path / "gone" / "bin" / "python3").symlink_to("/usr/bin/python3")
    (tmp_path / "gone" / "pyvenv.cfg").write_text(f"home = {tmp_path}/nowhere\n")
    env = {"PYTHONHOME": str(tmp_path / "gone"), "PATH": f"{tmp_path}/gone/bin:{os.defpath}"}
    editor = start_embedded(env)
    type_and_send(editor)
    assert editor.eval("codestats#host#carrier()") == "channel"
    assert service.total() == 5


@pytest.mark.faults
def test_a_site_that_hangs_is_given_up(start_embedded, tmp_path, service):
    directory = site(tmp_path / "site", "import time\ntime.sleep(1000)")
    editor = start_embedded({"PYTHONPATH": str(directory)})
    type_and_send(editor)
    assert "it does not start within 15 s" in log_of(editor)
    assert editor.eval("codestats#host#carrier()") == "channel"
    assert service.total() == 5


def test_a_trial_under_way_ends_with_the_editor(start_embedded, tmp_path, home, service):
    directory = site(tmp_path / "site", "import time\ntime.sleep(1000)")
    editor = start_embedded({"PYTHONPATH": str(directory)})
    editor.keys("ixxx<Esc>")
    editor.command("call codestats#pulse#hand_over()")
    editor.wait_until(lambda: any("host#trial#run" in child for child in editor.children()))
    editor.quit()
    service.wait_for_total(3)
    editor.wait_alone()


def test_a_good_trial_is_remembered_until_something_changes(start_embedded, tmp_path, home):
    directory = tmp_path / "modules"
    count = tmp_path / "count"
    directory.mkdir()
    starts = f"import os\nwith open({str(count)!r}, 'a') as file:\n    file.write(f'{{os.getpid()}}\\n')\n"
    (directory / "sitecustomize.py").write_text(starts)
    env = {"PYTHONPATH": str(directory)}

    def session(env=env):
        """In how many processes Python was started."""
        count.write_text("")
        editor = start_embedded(env)
        type_and_send(editor)
        assert editor.eval("codestats#host#carrier()") == "embedded"
        started = len(set(count.read_text().split()))
        editor.quit()
        editor.wait_alone()
        return started

    assert session() == 2
    assert session() == 2  # the first time there was no place yet to keep it
    assert session() == 1
    memory = home.data_dir / "embedded.json"
    assert memory.stat().st_mode & 0o777 == 0o600
    assert session({**env, "PYTHONDONTWRITEBYTECODE": "1"}) == 2  # another environment
    (directory / "sitecustomize.py").write_text(starts + "# changed\n")
    assert session() == 2
    memory.write_text("nonsense")
    assert session() == 2
    assert json.loads(memory.read_text())


def test_the_environment_of_other_plugins_stays(start_embedded, editor_spec):
    """Python in Vim starts without what is relative, and other plugins have it again."""
    path = editor_spec.env["PATH"]
    editor = start_embedded({"PYTHONPATH": f":{BUILD}/pylib", "PYTHONSTARTUP": "x.py", "PATH": f".:{path}"})
    type_and_send(editor)
    assert editor.eval("codestats#host#carrier()") == "embedded"
    for name in ("PYTHONPATH", "PYTHONSTARTUP", "PATH"):
        assert editor.eval(f'py3eval(\'__import__("os").environ["{name}"] \') ==# ${name}')
    assert editor.eval("$PATH").startswith(".:")
    assert str(editor.home.work) not in editor.eval("py3eval('__import__(\"sys\").path')")


# -- which Python ---------------------------------------------------------------


def test_every_python_in_path_is_tried(start_editor, tmp_path, home, service):
    """An activated environment without urllib3 stands before one that has what is needed."""
    lay_packages(home.path, BUILD / "pylib")
    subprocess.run(["/usr/bin/python3", "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True)
    program(tmp_path / "bin" / "python3", 'exec /usr/bin/python3 "$@"')
    env = {"PATH": f"{tmp_path}/venv/bin:{tmp_path}/bin:{os.defpath}", "PYTHONPATH": ""}
    editor = start_editor(service=service, home=home, env=env, variables={"codestats_host": "channel"})
    type_and_send(editor)
    assert service.total() == 5
    assert f"{tmp_path}/venv/bin/python3 cannot run the core: no urllib3 1.26" in log_of(editor)


def test_a_projects_modules_are_no_reason_to_install_python(start_editor, tmp_path, home, service):
    lay_packages(home.path, BUILD / "pylib")
    (tmp_path / "json.py").write_text("raise RuntimeError('of the project')")
    editor = start_editor(service=service, home=home, env={"PYTHONPATH": str(tmp_path)})
    type_and_send(editor)
    assert service.total() == 5
    assert editor.messages() == ""


@pytest.fixture
def lonely(start_editor, tmp_path, service, vim_only, request):
    """Starts a Vim where one program is the only Python there is, and that of Vim cannot, either."""

    def start(text):
        python = program(tmp_path / "only" / "python3", text)
        editor = start_editor(
            service=service,
            env={"PYTHONHOME": "/nowhere"},
            vimrc=f"let $PATH = '{Path(python).parent}'",
            variables={"codestats_python": python},
            rows=50,
        )
        editor.keys("ixxxxx<Esc>")
        editor.command("call codestats#flush()")
        editor.wait_until("codestats#host#state() ==# 'failed'", timeout=60)
        return editor

    return start


@pytest.mark.shared
@pytest.mark.parametrize(
    "text, says",
    [
        ("echo 'Fatal Python error: no codec' >&2; exit 1", "does not work (Fatal Python error: no codec)"),
        ("exit 74", "set g:codestats_python to a Python with sqlite3"),
        ("exit 75", "set g:codestats_python to a Python with ssl"),
        ("exit 73", "type :CodeStatsInstall: urllib3 1.26 is missing"),
        ("exit 71", "Python 3.10 or newer is missing"),
    ],
)
def test_the_true_reason_is_told(text, says, lonely):
    editor = lonely(text)
    assert says in editor.eval("codestats#status().error")
    editor.command("CodeStatsHealth")
    editor.wait_screen("no Python here can run")


def test_a_python_without_sqlite3_is_passed_over(start_editor, tmp_path, service):
    crippled = program(
        tmp_path / "crippled",
        f'exec env PYTHONPATH={site(tmp_path / "site", WITHOUT)} python3 "$@"',
    )
    variables = {"codestats_python": crippled, "codestats_host": "channel"}
    editor = start_editor(service=service, variables=variables)
    type_and_send(editor)
    assert f"{crippled} cannot run the core: no sqlite3" in log_of(editor)
    assert service.total() == 5


# -- what a process gets --------------------------------------------------------


@pytest.fixture
def locked(tmp_path, editor_spec):
    """An editor's command that holds a lock of its parent's open, in a low descriptor and in a high one."""
    lock = tmp_path / "lock"
    text = f'exec 7>"{lock}"\nflock -n 7\nexec "$@"'
    wrapper = program(tmp_path / "with-lock", text)
    high = program(
        tmp_path / "with-locks",
        f'exec {sys.executable} -c \'import os, sys; fd = os.open("{lock}2", os.O_CREAT | os.O_RDWR);'
        ' os.dup2(fd, 23); os.execv(sys.argv[1], sys.argv[1:])\' "$@"',
    )
    return lock, [wrapper, high, *editor_spec.command]


def holders(lock):
    """Processes that have one of the locks open."""
    found = set()
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(descriptor.readlink()).startswith(str(lock)):
                found.add(int(descriptor.parts[2]))
        except OSError:
            continue
    return found


@pytest.mark.parametrize("host", ["auto", "embedded", "channel"])
def test_no_process_holds_what_the_editor_had_open(host, locked, editor_spec, tmp_path, home, service):  # noqa: PLR0917
    """Host, trial, token's command, shell command, browser and drain."""
    from dataclasses import replace

    from support.editor.driver import Editor

    lock, command = locked
    waits = "sleep 30 </dev/null >/dev/null 2>&1"
    own = home.path / "programs"
    program(own / "xdg-open", waits)
    token = program(own / "my-token", f"({waits} &); echo {service.token()}")
    spec = replace(editor_spec, command=tuple(command))
    env = {"PATH": f"{own}:{editor_spec.env['PATH']}"}
    variables = {
        "codestats_api_url": service.url, "codestats_api_key_command": [token], "codestats_host": host,
    }  # fmt: skip
    with Editor.start(spec, home, variables=variables, env=env) as editor:
        type_and_send(editor)
        editor.command("CodeStatsProfile")
        editor.wait_screen("Overview")
        editor.keys("o")
        wait_for(lambda: b"xdg-open" in processes(), timeout=10, what="the browser")
        editor.command(f"CodeStatsExport {home.path}/x.csv")
        allowed = {editor.terminal.process.pid, *with_parents(editor.pid)}
        # One that is only starting has what its launcher is about to close.
        wait_for(lambda: holders(lock) <= allowed, timeout=5, what="no process of ours to hold the lock")
        service.stop()
        editor.keys("qixxx<Esc>")
        editor.quit()
        wait_for(lambda: not holders(lock), timeout=5, what="the drain to let go of the lock")


def with_parents(pid):
    """A process and those that it descends from."""
    found = []
    while pid > 1:
        found.append(pid)
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return found


def processes():
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(process.read_bytes())
        except OSError:
            continue
    return b"\n".join(found)


def test_a_token_command_by_a_relative_path_is_none(start_editor, service):
    editor = start_editor(
        files={"get-token": "#!/bin/sh\necho a.b.c\n"},
        variables={"codestats_api_url": service.url, "codestats_api_key_command": ["./get-token"]},
    )
    editor.keys("ix<Esc>")
    editor.command("call codestats#flush()")
    editor.wait_until(lambda: "g:codestats_api_key_command could not be started" in editor.messages())


def test_too_many_processes_are_not_started(start_editor):
    editor = start_editor()
    options = "{'input': 0}"
    editor.command(
        f"let g:jobs = map(range(20), {{-> codestats#job#start(['/bin/sleep', '30'], {options})}})"
    )
    assert editor.eval("len(filter(copy(g:jobs), '!empty(v:val)'))") == 16
    assert "16 processes are running" in log_of(editor)
    editor.quit()
    editor.wait_alone()


def test_a_process_that_takes_too_long_is_ended(start_editor):
    editor = start_editor()
    editor.command(
        "let g:job = codestats#job#start(['/bin/sh', '-c', 'trap \"\" TERM; while :; do sleep 1; done'],"
        " {'limit': 100, 'on_limit': {-> execute('let g:late = 1')}, 'on_exit': {s -> execute('let g:ended = s')}})"
    )
    editor.wait_until("exists('g:late') && exists('g:ended')", timeout=30)
