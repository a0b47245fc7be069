"""Machines with one machine id and one home: each has a queue of its own while both run, and finds it again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from codestats import seat

HOLD = """
import sys
from codestats import clock, seat
from pathlib import Path
boot, host, network = sys.argv[2:5]
seat.boot_name = lambda: boot
seat._network_addresses = lambda: network.split()
print(seat.seat_of(Path(sys.argv[1]), "key", host), flush=True)
sys.stdin.read()
"""
SOURCE = str(Path(seat.__file__).parents[1])


@contextmanager
def machine(directory, boot, host="box", network=""):
    """A process of a machine, which lives until the block ends; its seat."""
    command = [sys.executable, "-c", HOLD, str(directory), boot, host, network]
    env = {**os.environ, "PYTHONPATH": SOURCE}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, text=True
    ) as process:
        yield process.stdout.readline().strip()
        process.stdin.close()


def test_one_machine_has_one_queue_in_all_its_processes(tmp_path):
    with machine(tmp_path, "boot 1") as one, machine(tmp_path, "boot 1") as two:
        assert one == two == "key"


def test_after_a_reboot_it_is_the_same(tmp_path):
    with machine(tmp_path, "boot 1") as before:
        pass
    with machine(tmp_path, "boot 2") as after:
        assert before == after == "key"


@pytest.mark.parametrize("host", ["box", "other"])
def test_two_that_run_have_one_each(tmp_path, host):
    with machine(tmp_path, "boot 1") as one, machine(tmp_path, "boot 2", host) as two:
        assert one != two
        with machine(tmp_path, "boot 2", host) as again, machine(tmp_path, "boot 1") as first:
            assert (first, again) == (one, two)


def test_three_clones_of_one_name(tmp_path):
    with machine(tmp_path, "1") as one, machine(tmp_path, "2") as two, machine(tmp_path, "3") as three:
        assert len({one, two, three}) == 3


def test_the_second_finds_its_own_again(tmp_path):
    with machine(tmp_path, "boot 1", "one"), machine(tmp_path, "boot 2", "two") as before:
        pass
    with machine(tmp_path, "boot 3", "two") as after:
        assert before == after


def test_network_cards_tell_clones_of_one_name_apart(tmp_path):
    with machine(tmp_path, "boot 1", network="aa:01"), machine(tmp_path, "boot 2", network="aa:02") as before:
        pass
    with machine(tmp_path, "boot 3", network="aa:02 aa:03") as after:
        assert before == after


def test_a_renamed_machine_keeps_its_queue(tmp_path):
    with machine(tmp_path, "boot 1", "old", "aa:01"):
        pass
    with machine(tmp_path, "boot 2", "new", "aa:01") as after:
        assert after == "key"


def test_a_container_with_another_name_each_time_takes_what_is_free(tmp_path):
    for number in range(3):
        with machine(tmp_path, f"boot {number}", f"container {number}") as taken:
            assert taken == "key"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"boot": 3}'])
def test_an_owner_that_makes_no_sense_is_nobody(tmp_path, text):
    (tmp_path / "spool-key.owner").write_text(text)
    with machine(tmp_path, "boot 1") as taken:
        assert taken == "key"
    assert json.loads((tmp_path / "spool-key.owner").read_text())["boot"] == "boot 1"


def test_where_there_is_no_directory_none_is_made(tmp_path):
    assert seat.seat_of(tmp_path / "none", "key", "box") == "key"
    assert not (tmp_path / "none").exists()
