"""The help has a tag for everything a user can name, each once, and no reference leads nowhere."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from codestats.views import GROUPS

ROOT = Path(__file__).resolve().parents[2]
HELP = (ROOT / "doc" / "codestats.txt").read_text()
TAGS = Counter(re.findall(r"(?<!\S)\*([^*\s|]+)\*(?!\S)", HELP))
VIMSCRIPT = {path: path.read_text() for path in [*ROOT.glob("plugin/*.vim"), *ROOT.glob("autoload/**/*.vim")]}
# Called by the plugin's own parts, although they stand beside the public functions.
INTERNAL = {f"codestats#{name}" for name in ("start", "changed", "look", "leave", "tracker", "xp")}


def found(pattern):
    return {name for text in VIMSCRIPT.values() for name in re.findall(pattern, text, re.MULTILINE)}


def test_every_tag_stands_once():
    assert [tag for tag, times in TAGS.items() if times > 1] == []


def test_every_command_has_a_tag():
    commands = found(r"^command .*?(CodeStats\w+)")
    assert "CodeStatsProfile" in commands
    assert {f":{name}" for name in commands} - TAGS.keys() == set()


def test_every_public_function_has_a_tag():
    functions = set(
        re.findall(
            r"^function!? (codestats#[\w#]+)", VIMSCRIPT[ROOT / "autoload" / "codestats.vim"], re.MULTILINE
        )
    )
    assert "codestats#statusline" in functions
    assert {f"{name}()" for name in functions - INTERNAL} - TAGS.keys() == set()


def test_every_option_has_a_tag():
    options = set(
        re.findall(
            r"^ +\\ '(\w+)': \[\[s:", VIMSCRIPT[ROOT / "autoload" / "codestats" / "config.vim"], re.MULTILINE
        )
    )
    assert "api_key" in options
    assert {f"g:codestats_{name}" for name in options} - TAGS.keys() == set()


def test_every_event_has_a_tag():
    events = found(r"publish\('(CodeStats\w+)'")
    assert "CodeStatsPulseSent" in events
    assert events - TAGS.keys() == set()


@pytest.mark.parametrize("document", ["README.md", "doc/codestats.txt"])
def test_the_status_line_has_the_words_of_the_documents(document):
    words = set(
        re.findall(r"'\w+': \['([\w ]+)', ", VIMSCRIPT[ROOT / "autoload" / "codestats" / "status.vim"])
    )
    text = (ROOT / document).read_text()
    said = re.findall(r"`C::S … (.+?)`", text) + re.findall(
        r"^The status line says .*\n`(.+?)`", text, re.MULTILINE
    )
    assert len(said) >= 2
    assert set(said) <= words


def test_the_highlight_groups_are_those_of_the_table():
    assert re.findall(r"^    (CodeStats\w+) +(\w+)  +(.+)$", HELP, re.MULTILINE) == list(GROUPS)


def test_the_health_check_draws_with_groups_of_the_table():
    """It is drawn without Python, too."""
    drawn = set(
        re.findall(r"'(CodeStats\w+)'", VIMSCRIPT[ROOT / "autoload" / "codestats" / "health" / "window.vim"])
    )
    assert "CodeStatsOk" in drawn
    assert drawn <= {group.name for group in GROUPS}


def test_no_reference_leads_nowhere():
    references = set(re.findall(r"(?<!\S)\|((?:codestats|:CodeStats|[gb]:codestats)[^|\s]*)\|", HELP))
    assert "codestats-options" in references
    assert references - TAGS.keys() == set()


def test_lines_fit_the_help_window():
    too_long = [line for line in HELP.splitlines() if len(line) > 78 and "http" not in line]
    assert too_long == []
