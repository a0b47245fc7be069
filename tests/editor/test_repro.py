"""The files that the issue form asks to start from: they count, and touch nothing of the user's."""

from __future__ import annotations

from editors import REPO


def test_repro_counts_and_keeps_to_itself(start_editor, editor_spec, home):
    script = REPO / "scripts" / ("repro.lua" if editor_spec.kind == "nvim" else "repro.vim")
    editor = start_editor(home=home, plugin=None, vimrc=f"source {script}")
    editor.keys("ihello<Esc>")
    editor.wait_until("codestats#status().session == 5")
    assert editor.eval("g:codestats_data_dir") != str(home.data_dir)
    assert not home.data_dir.exists()
