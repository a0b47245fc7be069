"""SOAK=1: minutes of eight editors that type, are killed and started again, while the service comes and goes."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from support.faults.crowd import Crowd
from support.faults.oddities import ODDITIES
from support.faults.scenario import FILES

SECONDS = float(os.environ.get("SOAK_SECONDS", "600"))

pytestmark = [
    pytest.mark.skipif(not os.environ.get("SOAK"), reason="takes ten minutes: SOAK=1 runs it"),
    pytest.mark.timeout(int(SECONDS) * 2 + 400),
]


def test_soak(scene, verdict, record_property):
    crowd = Crowd(scene, list(FILES), random.Random(scene.carrier.name), ODDITIES)
    begin, samples = time.monotonic(), []
    while time.monotonic() - begin < SECONDS:
        crowd.work(min(15.0, SECONDS / 8))
        samples.append(sample(scene))
    crowd.end()
    scene.recover()
    _, arrived, lost, twice = scene.counts()
    early, late = samples[len(samples) // 3], samples[-1]
    record_property(
        "note",
        f"soak in {scene.carrier.name}, {SECONDS:.0f} s: {crowd.keys} XP typed, {arrived} arrived, {lost} lost, {twice}"
        f" twice;"
        f" {crowd.kills} kills, {crowd.outages} outages, {crowd.odd_answers} times of odd answers,"
        f" {scene.weather.requests} requests, at most"
        f" {scene.weather.most_in_flight} pulse in flight; largest process {early[0]:.0f} → {late[0]:.0f} MB,"
        f" most open files {early[1]} → {late[1]}, data directory at most {max(s[2] for s in samples):.0f} kB",
    )  # fmt: skip
    verdict(
        scene, f"soak, {SECONDS:.0f} s, 8 editors, {crowd.kills} kills, {crowd.outages} outages, odd answers"
    )
    assert scene.weather.most_in_flight <= 1
    assert late[0] < early[0] + 8
    assert late[1] < early[1] + 8
    assert max(size for _, _, size in samples) < 8_000


def sample(scene):
    """The largest process's memory (MB) and the most open files of one, the data directory's size (kB)."""
    memory, files = [0.0], [0]
    for pid in scene.processes():
        try:
            memory.append(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 1e6)
            files.append(len(list(Path(f"/proc/{pid}/fd").iterdir())))
        except OSError:
            continue
    size = sum(file.stat().st_size for file in scene.home.data_dir.rglob("*") if file.is_file())
    return max(memory), max(files), size / 1000
