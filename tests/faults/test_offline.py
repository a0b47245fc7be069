"""Days without a network: few requests over one connection, recording as fast as ever, and little memory."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from codestats import paths
from codestats.clock import Clock
from codestats.server import Service
from codestats.storage.database import Database
from codestats.storage.spool import ResolvedBatch, Spool
from support.faults.fault_injector import service

HOURS = 7 * 24 - 2
PULSES = 60_000
LANGUAGES = ("Python", "Lua", "C", "Go", "Markdown")


@pytest.fixture
def note(record_property):
    return lambda text: record_property("note", text)


def fill(spool, count, hours, dice=None):
    """So many recorded pulses, one transaction each thousand; returns XP by language."""
    dice = dice or random.Random(6)
    now = time.time()
    typed = Counter()
    for start in range(0, count, 1000):
        entries = []
        for number in range(start, min(start + 1000, count)):
            xp = {dice.choice(LANGUAGES): dice.randint(1, 60)}
            typed.update(xp)
            entries.append(ResolvedBatch(f"batch {number}", int(now - dice.random() * hours * 3600), xp))
        spool.record(entries)
    return typed


DRAIN = """
import json, re, sys
from codestats.engine.engine import Engine
engine = Engine(lambda message: None)
engine.receive({"type": "configure", "settings": json.loads(sys.stdin.read())})
engine.receive({"type": "record", "batches": []})
assert engine.drain(100)
engine.stop()
print(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1])
"""


def drain(settings):
    """By a process of its own; returns the most memory it had, in MB."""
    env = {"PYTHONPATH": str(Path(paths.__file__).parents[1]), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-c", DRAIN], input=json.dumps(settings), env=env, check=True, capture_output=True, text=True
    )  # fmt: skip
    return int(done.stdout) / 1024


def test_a_week_of_60000_pulses(tmp_path, weather, note):
    database = Database(paths.database_file(tmp_path))
    begin = time.monotonic()
    typed = fill(Spool(database, Clock()), PULSES, HOURS)
    recording = time.monotonic() - begin
    waiting = Spool(database, Clock()).totals().pulses
    database.close()
    with service(weather) as web:
        connections = count_connections(web)
        settings = {"api_key": web.token(), "api_url": web.url, "data_dir": str(tmp_path)}
        begin = time.monotonic()
        memory = drain(settings)
        sending = time.monotonic() - begin
        assert Counter(web.xp()) == typed
        pulses = len(web.pulses())
    small = empty_drain(tmp_path / "other", weather)
    note(
        f"{PULSES} recorded pulses of a week became {waiting} and went out as {pulses} pulses in"
        f" {weather.requests} requests over {len(connections)} connection(s) in {sending:.1f} s; recorded in"
        f" {recording:.1f} s; the process had {memory:.0f} MB at most, {small:.0f} MB with one pulse"
    )  # fmt: skip
    assert pulses <= 168
    assert weather.requests <= pulses + 1
    assert len(connections) == 1
    assert memory - small < 5


def empty_drain(directory, weather):
    directory.mkdir()
    database = Database(paths.database_file(directory))
    Spool(database, Clock()).record([ResolvedBatch("one", int(time.time()), {"C": 1})])
    database.close()
    requests = weather.requests
    with service(weather) as web:
        memory = drain({"api_key": web.token(), "api_url": web.url, "data_dir": str(directory)})
    weather.requests = requests
    return memory


def count_connections(web: Service):
    connections = []
    server = web._server
    accept = server.get_request

    def get_request():
        connections.append(1)
        return accept()

    server.get_request = get_request
    return connections


def test_recording_costs_the_same_with_100000_pulses_waiting(tmp_path, note):
    """100,000 rows: pulses that cannot merge, as if each failed on its own."""
    medians = {}
    for count in (10, 100_000):
        database = Database(tmp_path / f"{count}.sqlite3")
        with database.transaction() as connection:
            connection.executemany(
                "INSERT INTO pulse(hour, offset, coded_at, failures) VALUES(?, 0, ?, 1)",
                [(f"2026-01-01T{n % 24:02}", n) for n in range(count)],
            )
            connection.execute("INSERT INTO pulse_xp SELECT id, 'C', 1 FROM pulse")
            connection.executemany("INSERT INTO batch VALUES(?, ?)", [(f"b{n}", n) for n in range(count)])
        database._connection.execute("PRAGMA synchronous = OFF")  # the disk's own speed is not what is asked
        spool = Spool(database, Clock())
        costs = []
        for number in range(400):
            begin = time.perf_counter()
            spool.record([ResolvedBatch(f"new {number}", int(time.time()), {"Python": 5})])
            costs.append(time.perf_counter() - begin)
        medians[count] = sorted(costs)[200] * 1e6
        database.close()
    ratio = medians[100_000] / medians[10]
    note(
        f"recording a batch: {medians[10]:.0f} µs (median of 400) with 10 rows waiting, {medians[100_000]:.0f} µs"
        f" with 100,000: ratio {ratio:.2f} (without the disk's own time)"
    )  # fmt: skip
    assert ratio < 3
