"""Hosts die, hang, rest and outlive their editors, and every XP arrives once."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest

from editors import REPO
from support.editor.programs import program

CARRIERS = {"own": {"vim": "embedded", "nvim": "remote"}, "channel": {"vim": "channel", "nvim": "channel"}}
PROCESSES = ("hosts.remote", "hosts.channel", "drain")


@pytest.fixture(params=CARRIERS)
def options(request, editor_spec):
    """Options for a carrier: inside the editor or by its own protocol, and the channel."""
    return {"codestats_host": CARRIERS[request.param][editor_spec.kind]}


@pytest.fixture
def process_options(options, editor_spec):
    """Only carriers that have a process of their own."""
    if options["codestats_host"] == "embedded":
        pytest.skip("Vim's own Python is in Vim")
    return options


def type_letters(editor, letters):
    editor.keys("i" + "x" * letters + "<Esc>")


def all_sent(editor, timeout=30):
    editor.command("call codestats#flush()")
    editor.wait_until("codestats#status().unsent == 0", timeout=timeout)


def hosts(data_dir):
    """Processes of ours that belong to this home."""
    home = f"HOME={data_dir.parents[2]}".encode()
    found = []
    for directory in Path("/proc").iterdir():
        try:
            command = (directory / "cmdline").read_bytes()
            if (
                re.search(rb"codestats\.hosts\.(channel|remote) import", command)
                and home in (directory / "environ").read_bytes()
            ):
                found.append(int(directory.name))
        except OSError:
            continue
    return found


def test_a_host_keeps_no_directory_busy(process_options, start_editor, home, service):
    editor = start_editor(service=service, home=home, variables=process_options)
    type_letters(editor, 5)
    all_sent(editor)
    assert {Path(f"/proc/{host}/cwd").readlink() for host in hosts(home.data_dir)} == {Path("/")}


def test_a_relative_data_directory_stays_where_it_was(options, start_editor, home, service):
    # Others' plugins go to a project's root as soon as a buffer is there.
    root = f"autocmd BufEnter * cd {home.path}"
    editor = start_editor(
        service=service, home=home, vimrc=[root], variables={**options, "codestats_data_dir": "xp"}
    )
    type_letters(editor, 5)
    all_sent(editor)
    assert list((home.work / "xp").glob("spool-*.sqlite3"))
    assert not (home.path / "xp").exists()


def test_killed_host_comes_back(process_options, start_editor, home, service):
    editor = start_editor(service=service, home=home, variables=process_options)
    type_letters(editor, 5)
    all_sent(editor)
    for host in hosts(home.data_dir):
        os.kill(host, signal.SIGKILL)
    editor.wait_until("codestats#host#state() !=# 'up'")
    type_letters(editor, 4)
    editor.command("call codestats#pulse#hand_over()")
    service.wait_for_total(9)
    editor.wait_until("codestats#status().unsent == 0")
    assert service.total() == 9
    assert editor.messages() == ""


def test_what_nobody_acknowledged_is_handed_over_again(process_options, start_editor, home, service):
    editor = start_editor(service=service, home=home, variables=process_options)
    type_letters(editor, 5)
    all_sent(editor)
    (host,) = hosts(home.data_dir)
    os.kill(host, signal.SIGSTOP)
    for _ in range(3):
        type_letters(editor, 2)
        editor.command("call codestats#pulse#hand_over()")
    assert editor.eval("len(codestats#pulse#outstanding())") == 3
    os.kill(host, signal.SIGKILL)
    service.wait_for_total(11)
    editor.wait_until("codestats#status().unsent == 0")
    assert service.total() == 11


def test_killed_again_and_again(process_options, start_editor, home, service):
    """With a pause that grows, and what was typed meanwhile is all there."""
    editor = start_editor(service=service, home=home, variables=process_options)
    for _ in range(3):
        type_letters(editor, 2)
        editor.command("call codestats#flush()")
        editor.wait_until(lambda: hosts(home.data_dir))
        for host in hosts(home.data_dir):
            os.kill(host, signal.SIGKILL)
        editor.wait_until("index(['resting', 'down', 'starting'], codestats#host#state()) >= 0")
    type_letters(editor, 1)
    all_sent(editor)
    assert service.total() == 7


def test_rests_and_comes_back(process_options, start_editor, home, tmp_path, service):
    """A host with ten minutes made short goes away by itself; the next XP starts another."""
    impatient = tmp_path / "python"
    impatient.write_text(
        "#!/usr/bin/env python3\nimport sys\n"
        f"sys.path.insert(0, {str(REPO / 'python3')!r})\nsys.dont_write_bytecode = True\n"
        "import codestats.hosts.lifecycle\ncodestats.hosts.lifecycle.REST = 1.0\n"
        "code = sys.argv[2]\nsys.argv = ['-c', *sys.argv[3:]]\nexec(code)\n"
    )
    impatient.chmod(0o755)
    editor = start_editor(
        service=service, home=home, variables={**process_options, "codestats_python": str(impatient)}
    )
    type_letters(editor, 3)
    all_sent(editor)
    editor.wait_until("codestats#host#state() ==# 'down'", timeout=20)
    type_letters(editor, 4)
    all_sent(editor)
    assert service.total() == 7
    assert not any("ended with status" in line for line in editor.eval("codestats#log#entries()"))


def test_host_outlives_the_editor_and_goes(options, start_editor, home, service):
    editor = start_editor(service=service, home=home, variables=options)
    type_letters(editor, 5)
    all_sent(editor)
    type_letters(editor, 3)
    editor.quit()
    service.wait_for_total(8)
    editor.wait_alone(20)
    assert service.total() == 8
    assert not list((home.data_dir / "handover").glob("*"))


def test_left_before_the_host_was_up(options, start_editor, home, service):
    editor = start_editor(service=service, home=home, variables=options)
    type_letters(editor, 5)
    editor.command("call codestats#pulse#hand_over()")
    editor.quit()
    service.wait_for_total(5)
    assert service.total() == 5


def test_editor_without_xp_leaves_no_process(start_editor, home, service):
    editor = start_editor(service=service, home=home)
    editor.keys("jkl")
    editor.quit()
    assert hosts(home.data_dir) == []
    assert not home.data_dir.exists()


def test_killed_editor_keeps_what_was_handed_over(options, start_editor, home, service):
    editor = start_editor(service=service, home=home, variables=options)
    type_letters(editor, 5)
    all_sent(editor)
    type_letters(editor, 2)
    editor.kill()
    later = start_editor(service=service, home=home, variables=options)
    type_letters(later, 1)
    all_sent(later)
    assert service.total() == 6


def test_hanging_service_holds_nobody_up(options, start_editor, home):
    """A service that accepts connections and says nothing: typing, handing over and leaving go on."""
    with socket.socket() as hanging:
        hanging.bind(("127.0.0.1", 0))
        hanging.listen(50)
        url = f"http://127.0.0.1:{hanging.getsockname()[1]}"
        variables = {
            **options,
            "codestats_api_url": url,
            "codestats_api_key": "a.b.c",
            "codestats_request_timeout": 3,
        }
        editor = start_editor(home=home, variables=variables)
        type_letters(editor, 5)
        editor.command("call codestats#flush()")
        editor.wait_until("codestats#status().pending == 0")
        editor.keys(":qa!", settle=False)
        started = time.monotonic()
        editor.terminal.write(b"\r")
        editor.wait_exit()
        # Vim takes 0.1 s to leave without any plugin; the rest is for a busy machine.
        assert time.monotonic() - started < 2
        end = time.monotonic() + 40
        while hosts(home.data_dir) and time.monotonic() < end:
            time.sleep(0.05)
        assert hosts(home.data_dir) == []


@pytest.mark.faults
@pytest.mark.timeout(240)
def test_twenty_editors_at_once(options, start_editor, home, service):
    editors = [start_editor(service=service, home=home, variables=options) for _ in range(20)]
    for number, editor in enumerate(editors):
        type_letters(editor, 1 + number % 3)
    for editor in editors:
        editor.command("call codestats#flush()")
    for editor in editors:
        editor.wait_until("codestats#status().unsent == 0", timeout=60)
    expected = sum(1 + number % 3 for number in range(20))
    service.wait_for_total(expected)
    assert service.total() == expected
    assert all(editor.messages() == "" for editor in editors)


@pytest.mark.faults
def test_no_trouble_after_the_patience_is_over(start_editor, tmp_path, service):
    """A timer of a candidate that had already ended threw (seen 20 s after the last one was rejected)."""
    editor = start_editor(
        service=service,
        variables={"codestats_python": program(tmp_path / "python", "exit 1"), "codestats_host": "channel"},
        vimrc=f"let $PATH = '{tmp_path}'",
    )
    type_letters(editor, 3)
    editor.command("call codestats#flush()")
    editor.wait_until("codestats#host#state() ==# 'failed'")
    editor.command("let g:since = reltime()")
    editor.wait_until("reltimefloat(reltime(g:since)) > 21", timeout=30)
    assert editor.messages().count("\n") == 0


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system has no /proc")
def test_what_is_started_as_the_editor_is_left_has_left_its_session_at_once(start_editor, editor_spec):
    """A terminal's first process ends what is still of its session: on one processor, all that has just begun."""
    taskset = shutil.which("taskset")
    if taskset is None:
        pytest.skip("no taskset here")
    editor = start_editor(spec=replace(editor_spec, command=(taskset, "-c", "0", *editor_spec.command)))
    sleep = [shutil.which("sleep"), "1"]
    pid = "job_info(g:job.handle).process" if editor_spec.kind == "vim" else "jobpid(g:job.handle)"
    start = [
        f"let g:job = codestats#job#start({sleep}, {{'outlives': 1, 'is_last': 1}})",
        f"let [g:pid, g:stat] = [{pid}, readfile('/proc/' .. {pid} .. '/stat')[0]]",
        "let g:session = split(g:stat[strridx(g:stat, ')') + 2 :])[3]",
    ]
    for _ in range(5):
        editor.eval(f"execute({start!r})")
        assert int(editor.eval("g:session")) == editor.eval("g:pid")
