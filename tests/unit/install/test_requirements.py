"""What a Python has to have is said alike wherever it is said."""

from __future__ import annotations

import re
from pathlib import Path

from codestats.install.requirements import LACKS, OLDEST

ROOT = Path(__file__).resolve().parents[3]
PROJECT = (ROOT / "pyproject.toml").read_text()
PYTHON = (ROOT / "autoload" / "codestats" / "python.vim").read_text()


def dotted(version):
    return ".".join(map(str, version))


def test_packages_and_their_oldest_versions():
    named = dict(re.findall(r'"(\w+)>=([\d.]+)"', PROJECT))
    assert named == {package: dotted(version) for package, version in OLDEST.items()}
    adapter = (ROOT / "python3" / "codestats" / "hosts" / "embedded.py").read_text()
    assert f'"urllib3": "urllib3 {named["urllib3"]}"' in adapter


def test_exit_statuses():
    said = {int(status): words.split() for status, words in re.findall(r"'(7\d)': '([^']+)'", PYTHON)}
    assert said.pop(71)[0] == "Python"
    assert {words[0]: status for status, words in said.items()} == LACKS
    assert said[LACKS["urllib3"]][1] == dotted(OLDEST["urllib3"])


def test_oldest_python():
    oldest = re.search(r'requires-python = ">=([\d.]+)"', PROJECT)[1]
    assert f"sys.version_info < ({oldest.replace('.', ', ')}) and sys.exit(71)" in PYTHON
    assert f"'71': 'Python {oldest}'" in PYTHON
