"""What is typed is what arrives: every situation of the table, in every editor, read at the service's end."""

from __future__ import annotations

import pytest
from editor.situations import TABLE, Situation


def expected(situation, has_key_hook):
    if situation.hookless is None or has_key_hook:
        return situation.xp
    return situation.hookless


def play(editor, situation: Situation):
    editor.command(f"setlocal filetype={situation.filetype}")
    for line in situation.setup:
        editor.command(line)
    for action in situation.actions:
        if isinstance(action, str):
            editor.keys(action)
        else:
            action(editor)


def arrived(editor, service):
    """XP by language once everything counted was delivered."""
    editor.command("call codestats#flush()")
    editor.wait_until("codestats#status().unsent == 0")
    return service.xp()


@pytest.mark.parametrize("situation", TABLE, ids=lambda situation: situation.name)
def test_worth(situation, start_editor, editor_spec, service):
    if editor_spec.kind not in situation.kinds:
        pytest.skip(f"a matter of {situation.kinds[0]} alone")
    editor = start_editor(
        service=service,
        variables={"codestats_pulse_interval": 3600},
        files={"text": situation.text, **situation.files},
        args=["text"],
    )
    play(editor, situation)
    has_key_hook = editor_spec.kind == "nvim" or bool(editor.eval("exists('##KeyInputPre')"))
    xp = arrived(editor, service)
    wanted = expected(situation, has_key_hook)
    if situation.at_most:
        assert sum(xp.values()) <= wanted
    elif isinstance(wanted, int):
        assert sum(xp.values()) == wanted
    else:
        assert xp == wanted
