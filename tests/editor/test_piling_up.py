"""Editors left one after another, and a service that is slow or away: what they leave running does not pile up."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from support.editor.driver import left_behind, wait_alone
from support.editor.home import Home
from support.editor.terminal import wait_for

EDITORS = 10
FEW = 3  # one that sends, one that is next, and one that only finds that out


@contextmanager
def slow_service(delay):
    """Takes pulses {delay} seconds each; yields its address and the XP so far."""
    received = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            time.sleep(delay)
            received.extend(entry["xp"] for entry in body["xps"])
            self.answer(201, {"ok": "Great success!"})

        def do_GET(self):
            self.answer(404, {"error": "User not found or private."})

        def answer(self, status, content):
            text = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", received
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def leave_many(start_editor, tmp_path):
    home = Home.make(tmp_path / "home")

    def leave_many(url):
        variables = {
            "codestats_api_url": url,
            "codestats_api_key": "SFMyNTY.a.b",
            "codestats_request_timeout": 20,
        }
        most = 0
        for _ in range(EDITORS):
            editor = start_editor(home=home, variables=variables)
            editor.keys("ixxx<Esc>")
            assert editor.quit(timeout=30) == 0
            with_time = time.monotonic() + 20
            wait_for(
                lambda end=with_time: len(left_behind(home)) <= FEW or time.monotonic() > end,
                timeout=30,
                what="the others to go",
            )
            most = max(most, len(left_behind(home)))
        return home, most

    return leave_many


@pytest.mark.shared
def test_with_a_slow_service(leave_many):
    with slow_service(4) as (url, received):
        home, most = leave_many(url)
        assert most <= FEW
        wait_alone(home, 90)
        assert sum(received) == 3 * EDITORS


@pytest.mark.shared
def test_without_a_service(leave_many):
    _, most = leave_many("http://127.0.0.1:9")
    assert most <= FEW
