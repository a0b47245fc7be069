"""doc/messages.md names what both sides handle, and neither side handles anything else."""

from __future__ import annotations

import re
from pathlib import Path

from codestats.engine import dispatcher
from codestats.engine.profiles import ACCOUNT_ANSWER, ANSWER

ROOT = Path(__file__).resolve().parents[2]
TABLES = (ROOT / "doc" / "messages.md").read_text().split("\n## ")[1:]
# Handled before the core, or after it.
BY_HOSTS = {"hello", "stop"}
BY_CARRIERS = {"lacking"}


def named(table):
    return set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))


def test_to_the_core():
    assert named(TABLES[0]) == (dispatcher._HANDLERS.keys() - {ANSWER, ACCOUNT_ANSWER}) | BY_HOSTS


def test_to_the_editor():
    receiving = (ROOT / "autoload" / "codestats" / "receive.vim").read_text()
    handled = set(re.findall(r"'(\w+)': function\(", receiving))
    assert named(TABLES[1]) == handled | BY_CARRIERS | {"hello"}
