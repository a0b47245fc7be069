"""Every document that code, tests and other documents name is there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMENT = {
    ".py": r'#.*|"""(?:.|\n)*?"""',
    ".vim": r'(?m)^\s*["#].*',
    ".lua": r"--.*",
    ".md": r"(?:.|\n)+",
    "": r"#.*",
}
DOCUMENT = re.compile(r"(?<![\w./*{-])((?:[\w.-]+/)*[\w-]+\.md)\b")


def tracked():
    names = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    return [name for name in names if Path(name).suffix in COMMENT and (ROOT / name).is_file()]


@pytest.mark.parametrize("name", tracked())
def test_documents_named_in_comments_are_there(name):
    path = ROOT / name
    places = (ROOT, path.parent, ROOT / "doc", ROOT / "doc" / "dev")
    comments = "\n".join(re.findall(COMMENT[path.suffix], path.read_text(encoding="utf-8", errors="replace")))
    named = {found for found in DOCUMENT.findall(comments) if not found.startswith(".build/")}
    missing = {found for found in named if not any((where / found).is_file() for where in places)}
    if name == "CHANGELOG.md":
        missing = set()  # it tells of files that were
    assert missing == set()
