"""Messages: each once, with one prefix, and never in the way."""

from __future__ import annotations

import pytest

LONG = "word " * 80 + "end"


def say(editor, text, key="test", level="warning"):
    editor.command(f"call codestats#message#{level}('{key}', '{text}')")


def is_asking(editor):
    return "ENTER" in editor.screen_text() or "-- More --" in editor.screen_text()


def count(editor, text):
    return editor.messages().count(text)


def test_prefix_and_once_per_key(start_editor):
    editor = start_editor()
    for _ in range(3):
        say(editor, "one thing")
    editor.wait_until(lambda: count(editor, "codestats: one thing") == 1)
    say(editor, "another")
    say(editor, "one thing")
    editor.wait_until(lambda: count(editor, "codestats: one thing") == 2)
    editor.command("call codestats#message#forget('test')")
    say(editor, "one thing")
    editor.wait_until(lambda: count(editor, "codestats: one thing") == 3)


@pytest.mark.shared
@pytest.mark.parametrize("cols", [20, 40, 80])
@pytest.mark.parametrize(
    "setting", ["", "set cmdheight=2", "set laststatus=2 ruler showcmd", "set laststatus=0 noruler noshowcmd"]
)
def test_long_texts_ask_for_no_enter(start_editor, cols, setting):
    editor = start_editor(cols=cols, vimrc=setting)
    say(editor, LONG)
    editor.wait_until(lambda: LONG in editor.messages().replace("\n", ""))
    assert not is_asking(editor)
    editor.keys("ihello<Esc>")
    assert editor.lines() == ["hello"]


def test_several_at_once_ask_for_no_enter(start_editor):
    editor = start_editor(cols=60)
    for number in range(6):
        say(editor, f"{number} {LONG}", key=f"key {number}")
    editor.wait_until(lambda: count(editor, "codestats: ") == 6)
    assert not is_asking(editor)
    editor.keys("ihello<Esc>")
    assert editor.lines() == ["hello"]


def test_at_start_up_no_enter_is_asked_for(start_editor):
    editor = start_editor(
        variables={
            "codestats_nonsense": 1,
            "codestats_api_url": "ftp://nowhere",
            "codestats_exclude": "no list at all",
        },
        files={"a_file_with_quite_a_long_name_to_show.txt": "x\n" * 50},
        args=["a_file_with_quite_a_long_name_to_show.txt"],
        cols=50,
    )
    editor.keys("ihello<Esc>")
    editor.wait_until(lambda: count(editor, "codestats: ") >= 1)
    assert not is_asking(editor)
    assert editor.lines()[0] == "hellox"


def test_said_before_the_editor_has_started(start_editor):
    editor = start_editor(vimrc="call codestats#message#error('early', 'too early')", plugin="rtp")
    editor.wait_until(lambda: count(editor, "codestats: too early") == 1)
    assert not is_asking(editor)


@pytest.mark.shared
@pytest.mark.parametrize(
    "opening, closing",
    [
        (":echo 1", "<C-u><Esc>"),
        (":let x = input('Name: ')<CR>abc", "<CR>"),
        (":call confirm('Sure?')<CR>", "<CR>"),
        ("/patt", "<Esc>"),
    ],
)
def test_nothing_is_said_during_a_prompt(start_editor, opening, closing):
    editor = start_editor()
    editor.command("call timer_start(300, {-> codestats#message#warning('test', 'in the way')})")
    editor.keys(opening, settle=False)
    editor.command("let g:waited = 0")
    editor.command("call timer_start(600, {-> execute('let g:waited = 1')})")
    editor.wait_until("g:waited")
    assert "in the way" not in "\n".join(editor.terminal.lines())
    editor.keys(closing)
    editor.wait_until(lambda: "codestats: in the way" in editor.messages())
    assert not is_asking(editor)


def test_after_a_prompt_only_the_last_word_is_said(start_editor):
    editor = start_editor()
    editor.keys(":echo", settle=False)
    later = "call timer_start({0}, {{-> codestats#message#info('work', '{0} done')}})"
    for number in (1, 20, 40, 60):
        editor.command(later.format(number))
    with pytest.raises(TimeoutError):
        editor.wait_until(lambda: "codestats" in editor.messages(), timeout=1.3)
    editor.keys("<Esc>")
    editor.wait_until(lambda: count(editor, "codestats: 60 done") == 1)
    assert count(editor, "codestats: ") == 1


def test_in_insert_mode_typing_goes_on(start_editor):
    editor = start_editor()
    editor.command("call timer_start(100, {-> codestats#message#warning('test', 'by the way')})")
    editor.keys("i" + "x" * 20)
    editor.wait_until(lambda: "by the way" in editor.messages())
    editor.keys("y<Esc>")
    assert editor.lines() == ["x" * 20 + "y"]


def test_no_message_line_at_all(start_editor, editor_spec):
    """'cmdheight' of 0 is Neovim's."""
    if editor_spec.kind != "nvim":
        pytest.skip("Vim has no 'cmdheight' of 0 before 9.1.1300")
    editor = start_editor(vimrc="set cmdheight=0")
    for text in (
        "short",
        LONG,
    ):  # asking for the messages would itself ask for <Enter>, without a line for them
        say(editor, text)
        editor.wait_screen("codestats: " + text[:20])
        assert not editor.control.request("nvim_get_mode")["blocking"]
    editor.keys("ihello<Esc>")
    assert editor.lines() == ["hello"]
    editor.wait_until("len(nvim_list_wins()) == 1")
    assert LONG in editor.eval("codestats#log#entries()")[-1]


def test_a_notification_plugin_gets_them(start_editor, editor_spec):
    if editor_spec.kind != "nvim":
        pytest.skip("vim.notify is Neovim's")
    editor = start_editor(vimrc="lua vim.notify = function(...) vim.g.got = { ... } end")
    say(editor, LONG, level="error")
    editor.wait_until("exists('g:got')")
    assert editor.eval("g:got") == ["codestats: " + LONG, 4, {"title": "codestats"}]


def test_the_user_settings_are_left_as_they_are(start_editor):
    editor = start_editor(vimrc="set more")
    settings = "[&more, exists('+messagesopt') ? &messagesopt : '']"
    before = editor.eval(settings)
    say(editor, LONG)
    editor.wait_until(lambda: count(editor, "codestats: ") == 1)
    assert editor.eval(settings) == before
    assert before[0] == 1
