"""One browser for all pages that are looked at."""

from __future__ import annotations

import pytest

from support.browser import Browser, find


@pytest.fixture(scope="package")
def browser():
    program = find()
    if program is None:
        pytest.fail("no chromium here; install it with: sudo apt-get install chromium", pytrace=False)
    running = Browser(program)
    yield running
    running.close()
