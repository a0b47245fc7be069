"""What is typed is what arrives: every situation of the table, in every editor, read at the service's end."""

from __future__ import annotations

import contextlib

import pytest

from codestats.cli import main
from support.situations.situation import Situation
from support.situations.table import TABLE

VARIABLES = {"codestats_pulse_interval": 3600}


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
    editor.sync()
    editor.command("call codestats#flush()")
    editor.wait_until("codestats#status().unsent == 0")
    return service.xp()


def arrived_after_leaving(editor, service):
    """The same when the editor has left: what it could not deliver itself, the next one does, or this command."""
    editor.wait_exit()
    editor.wait_alone()  # what it left behind may have taken the XP up and not yet sent it
    environment = {**editor.home.env, "CODESTATS_API_URL": service.url, "CODESTATS_API_KEY": service.token()}
    with pytest.MonkeyPatch.context() as context:
        for name, value in environment.items():
            context.setenv(name, value)
        assert main(["drain"]) == 0
    return service.xp()


def has_key_hook(editor):
    return editor.spec.kind == "nvim" or bool(editor.eval("exists('##KeyInputPre')"))


def judged(situation, wanted, xp):
    """What came, in the form of what was wanted, and whether it is that."""
    got = sum(xp.values()) if isinstance(wanted, int) else xp
    return got, got <= wanted if situation.at_most else got == wanted


@pytest.mark.parametrize("situation", TABLE, ids=lambda situation: situation.name)
def test_worth(situation, start_editor, editor_spec, service, record_property):
    if editor_spec.kind not in situation.kinds:
        pytest.skip(f"a matter of {situation.kinds[0]} alone")
    files = {"text": situation.text, **situation.files}
    editor = start_editor(service=service, variables=VARIABLES, files=files, args=situation.args)
    if not editor.eval(situation.needs):
        pytest.skip(f"needs {situation.needs}")
    hookless = situation.hookless is not None and not has_key_hook(editor)
    wanted = situation.hookless if hookless else situation.xp
    play(editor, situation)
    read = arrived_after_leaving if situation.leaves else arrived
    got, is_right = judged(situation, wanted, read(editor, service))
    with contextlib.suppress(TimeoutError):  # on a busy machine a paste may still be on its way to the editor
        while not (is_right or situation.leaves):
            editor.wait_until("codestats#status().unsent > 0", timeout=3)
            got, is_right = judged(situation, wanted, read(editor, service))
    record_property("rule", situation.xp)
    record_property("xp", situation.xp if is_right and not hookless else got)
    assert is_right, f"{got} XP, not {'at most ' if situation.at_most else ''}{wanted}"
