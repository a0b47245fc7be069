"""Several real processes on one spool: one sends at a time, and one that is killed or stopped loses that right."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from codestats import paths
from support.fakes import rows, sums, wait_until

PYTHON3 = str(Path(paths.__file__).parents[1])

# An editor's host: messages come and go as lines of JSON. A view keeps the recorder busy, as a long history does.
HOST = """
import json, sys, threading, time
from codestats.delivery.backoff import Backoff
from codestats.engine.engine import Engine
lock = threading.Lock()
def deliver(message):
    with lock:
        print(json.dumps(message), flush=True)
    if message["type"] == "view":
        time.sleep(9)
engine = Engine(deliver, backoff=Backoff(0.05, 0.3))
for line in sys.stdin:
    engine.receive(json.loads(line))
"""


class Web:
    """A service that counts what arrives and how many pulses are on their way at once; `gate` holds answers back."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.gate = threading.Event()
        self.gate.set()
        self.arrived = threading.Event()
        self.is_up = True
        self.xp = self.now = self.most = 0
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.answer(404, {"error": "User not found or private."})

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if not web.is_up:
                    self.answer(503, {"error": "down"})
                    return
                with web.lock:
                    web.now += 1
                    web.most = max(web.most, web.now)
                    web.xp += sum(entry["xp"] for entry in body["xps"])
                web.arrived.set()
                web.gate.wait(30)
                with web.lock:
                    web.now -= 1
                self.answer(201, {"ok": "Great success!"})

            def answer(self, status, document):
                content = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):  # a killed client
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    def close(self) -> None:
        self.gate.set()
        self.server.shutdown()
        self.server.server_close()


class Host:
    """A host process, and the editor's memory of what it has not acknowledged."""

    def __init__(self, web, data_dir) -> None:
        self.settings = {
            "api_key": "t.o.ken",
            "api_url": web.url,
            "data_dir": str(data_dir),
            "request_timeout": 20,
        }
        self.unacknowledged = {}
        self.status = {}
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOST], env={"PYTHONPATH": PYTHON3}, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.messages = queue.SimpleQueue()
        threading.Thread(target=self.read, args=(self.process, self.messages), daemon=True).start()
        self.send({"type": "configure", "settings": self.settings})
        if self.unacknowledged:
            self.send({"type": "record", "batches": list(self.unacknowledged.values())})

    @staticmethod
    def read(process, messages) -> None:
        with process.stdout:
            for line in process.stdout:
                messages.put(line)

    def send(self, message) -> None:
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def record(self, identity: str, xp: int) -> None:
        batch = {"id": identity, "at": int(time.time()), "xp": {"c": xp}}
        self.unacknowledged[identity] = batch
        self.send({"type": "record", "batches": [batch]})

    def look(self) -> None:
        while not self.messages.empty():
            try:
                message = json.loads(self.messages.get())
            except ValueError:  # cut off by a kill
                continue
            if message["type"] == "recorded":
                for identity in message["ids"]:
                    self.unacknowledged.pop(identity, None)
            elif message["type"] == "status":
                self.status = message["status"]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.look()

    def end(self) -> None:
        self.process.send_signal(signal.SIGCONT)
        self.kill()


@pytest.fixture
def web():
    web = Web()
    yield web
    web.close()


@pytest.fixture
def hosts(web, tmp_path):
    made = []

    def make():
        made.append(Host(web, tmp_path / "data"))
        return made[-1]

    yield make
    for host in made:
        host.end()


@pytest.fixture
def database(tmp_path):
    return paths.database_file(tmp_path / "data")


def recorded(host) -> bool:
    host.look()
    return not host.unacknowledged


def one_in_a_request_and_one_that_waits(web, hosts):
    web.gate.clear()
    first = hosts()
    first.record("stuck", 1)
    assert web.arrived.wait(30)
    wait_until(lambda: recorded(first))
    second = hosts()  # not before: it would send the first one's pulse if it were quicker
    second.record("waiting", 10)
    wait_until(lambda: recorded(second))
    return first, second


def is_locked(database) -> bool:
    connection = sqlite3.connect(database, timeout=1.0, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return True
    finally:
        connection.close()
    return False


def meet(host, fate) -> None:
    """Send the signal, and wait until no thread runs any more: a stop reaches one after the other."""
    os.kill(host.process.pid, fate)

    def runs() -> bool:
        states = []
        for stat in Path(f"/proc/{host.process.pid}/task").glob("*/stat"):
            with contextlib.suppress(OSError):
                states.append(stat.read_text().rpartition(")")[2].split()[0])
        return any(state not in "TZX" for state in states)

    wait_until(lambda: not runs())


@pytest.mark.parametrize("fate", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stopped"])
def test_the_right_to_send_passes_on_within_seconds(web, hosts, database, fate):
    first, _ = one_in_a_request_and_one_that_waits(web, hosts)
    meet(first, fate)
    while is_locked(database):  # stopped in mid-transaction: that is another fault
        os.kill(first.process.pid, signal.SIGCONT)
        time.sleep(0.02)
        meet(first, fate)
    begin = time.monotonic()
    web.gate.set()
    wait_until(lambda: sums(database) == {"sent": 11})
    assert time.monotonic() - begin < 15
    assert web.xp == 1 + 10 + 1, (
        "the answer of the pulse in doubt was lost: it arrived twice, and no other did"
    )
    assert rows(database, "SELECT sum(xp) FROM ledger WHERE doubt") == [(1,)]


@pytest.mark.parametrize("is_busy", [False, True], ids=["idle", "busy"])
def test_a_request_longer_than_a_lease_keeps_it(web, hosts, database, is_busy):
    first, _ = one_in_a_request_and_one_that_waits(web, hosts)
    if is_busy:
        first.send({"type": "view", "id": 1, "name": "log", "args": {}, "width": 80, "height": 24})
    end = time.monotonic() + 8
    while time.monotonic() < end:  # longer than a lease: nothing may happen, so there is nothing to wait for
        assert web.most == 1
        time.sleep(0.1)
    web.gate.set()
    wait_until(lambda: sums(database) == {"sent": 11})
    assert (web.xp, web.most) == (11, 1)


def test_many_editors_killed_at_random_while_the_service_comes_and_goes(web, hosts, database):
    dice = random.Random(1)
    editors = [hosts() for _ in range(4)]
    typed = 0
    for number in range(60):
        editor = dice.choice(editors)
        editor.record(f"batch {number}", 1)
        typed += 1
        web.is_up = dice.random() < 0.7
        if dice.random() < 0.15:
            editor.kill()
            editor.start()
        time.sleep(dice.random() / 20)  # a typist's pace
    web.is_up = True
    wait_until(lambda: all(recorded(editor) for editor in editors))
    editors[0].send({"type": "flush"})
    wait_until(lambda: sums(database) == {"sent": typed})
    assert web.most == 1
    [(doubted,)] = rows(database, "SELECT coalesce(sum(xp), 0) FROM ledger WHERE doubt")
    assert typed <= web.xp <= typed + doubted
