"""The driver itself, with no plugin: what is typed, pasted, drawn and asked is what the editor has."""

from __future__ import annotations

import pytest

from support.editor.control import ControlError, EditorGoneError
from support.editor.keys import parse


@pytest.fixture
def plain(start_editor):
    return start_editor(plugin=None)


def test_typing_one_key_at_a_time(plain):
    plain.keys("ihello<CR>wörld 漢<lt>C-x><Esc>gg0x")
    assert plain.lines() == ["ello", "wörld 漢<C-x>"]
    assert plain.eval("mode()") == "n"


def test_each_key_arrives_alone(start_editor):
    editor = start_editor(plugin=None, vimrc="inoremap jk <Esc>\nset showcmd")
    editor.keys("iabjk")
    assert editor.eval("mode()") == "n"
    assert editor.lines() == ["ab"]


def test_an_unfinished_mapping_is_waited_for(start_editor):
    editor = start_editor(plugin=None, vimrc="inoremap jk <Esc>\nset timeoutlen=200")
    editor.keys("iabj")
    assert editor.lines() == ["abj"]
    editor.keys("k")
    assert editor.lines() == ["abjk"]


def test_escape_is_a_key_of_its_own(start_editor):
    editor = start_editor(plugin=None, vimrc="inoremap <M-j> ALT\nnnoremap <M-j> iALT<Esc>")
    for _ in range(5):
        editor.keys("ia<Esc>jo<Esc>k")
    assert "ALT" not in "".join(editor.lines())


def test_keys_are_pressed_and_waited_for_without_a_pace(plain):
    plain.keys("i" + "abcdefghij" * 20 + "<Esc>", pace=0)
    assert plain.lines() == ["abcdefghij" * 20]


def test_special_keys(plain):
    plain.keys("iabc<BS>d<Left><Left>X<Home>1<End>2<Up><Down><Del><C-o>0y<Esc>")
    assert plain.lines() == ["y1aXbd2"]


def test_a_command_half_typed_is_left_as_it_is(plain):
    plain.keys("ione two<Esc>0")
    plain.keys("d", settle=False)
    plain.keys("w")
    assert plain.lines() == ["two"]


def test_typing_on_a_command_line_and_completion(start_editor):
    editor = start_editor(plugin=None, files={"a.txt": "foobar\n"}, args=["a.txt"])
    editor.keys("ofo<C-n>")
    assert editor.eval("pumvisible()") or editor.lines() == ["foobar", "foobar"]
    editor.keys(" <Esc>:let g:typed = 42<CR>")
    assert editor.lines() == ["foobar", "foobar "]
    assert editor.eval("g:typed") == 42


def test_many_keys_in_one_write(plain):
    plain.keys("i")
    plain.burst(b"x" * 200)
    plain.keys("<Esc>")
    assert plain.lines() == ["x" * 200]


def test_a_burst_longer_than_any_queue(plain):
    plain.keys("i")
    plain.burst(b"abcdefghi\r" * 2000)
    plain.keys("<Esc>")
    assert plain.lines() == ["abcdefghi"] * 2000 + [""]


@pytest.mark.parametrize("before", ["i", ""], ids=["insert", "normal"])
def test_paste(plain, before):
    plain.keys(before)
    plain.paste("one\n  two\n")
    assert plain.lines()[:2] == ["one", "  two"]


def test_screen_and_colours(start_editor):
    vimrc = "highlight Marked ctermfg=1 ctermbg=2 cterm=bold guifg=#cc0000 guibg=#00cc00 gui=bold"
    editor = start_editor(plugin=None, vimrc=vimrc, rows=10, cols=60)
    editor.keys("ihere it is<Esc>")
    editor.command("call matchadd('Marked', 'it')")
    editor.command("redraw")
    screen = editor.screen()
    assert len(screen) == 10
    assert screen[0] == "here it is"
    editor.wait_until(lambda: editor.cell(0, 5).bold)
    marked, plain = editor.cell(0, 5), editor.cell(0, 0)
    assert marked.text == "i"
    assert marked.fg not in ("default", plain.fg)
    assert marked.bg not in ("default", plain.bg)


def test_wait_for_the_screen(plain):
    plain.keys(":echo 'seen ' .. (6 * 7)<CR>")
    assert plain.wait_screen(r"^seen (\d+)")[1] == "42"


def test_resize(plain):
    plain.resize(30, 100)
    plain.keys("i" + "x" * 5 + "<Esc>")
    assert len(plain.screen()) == 30


def test_mouse(start_editor):
    editor = start_editor(
        plugin=None, vimrc="set mouse=a", files={"a.txt": "one\ntwo\nthree\n"}, args=["a.txt"]
    )
    editor.click(2, 1)
    editor.wait_until("line('.') == 3")


def test_asking(plain):
    assert plain.eval("{'a': [1, 'ü', v:true]}") == {"a": [1, "ü", True]}
    plain.command("let g:told = 'yes'")
    assert plain.eval("g:told") == "yes"
    plain.command("echomsg 'a message'")
    assert "a message" in plain.messages()
    with pytest.raises(ControlError, match="E121"):
        plain.eval("g:no_such_variable")
    with pytest.raises(ControlError, match="E492"):
        plain.command("NoSuchCommand")


def test_asking_does_not_disturb_insert_mode(plain):
    plain.keys("iab")
    assert plain.eval("mode()") == "i"
    plain.keys("c<Esc>u")
    assert plain.lines() == [""]


def test_waiting_for_what_does_not_come(plain):
    with pytest.raises(TimeoutError, match="1 == 2"):
        plain.wait_until("1 == 2", timeout=0.1)


def test_its_own_home(start_editor):
    editor = start_editor(plugin=None, variables={"some": {"key": "it's"}}, vimrc=["let g:more = 1"])
    assert editor.eval("$HOME") == str(editor.home.path)
    assert editor.eval("getcwd()") == str(editor.home.work)
    assert editor.eval("g:some") == {"key": "it's"}
    assert editor.eval("g:more") == 1
    assert not editor.children()


def test_two_editors_in_one_home(start_editor, home):
    first = start_editor(plugin=None, home=home)
    second = start_editor(plugin=None, home=home)
    first.keys("ione<Esc>")
    second.keys("itwo<Esc>")
    assert (first.lines(), second.lines()) == (["one"], ["two"])


def test_leaving(plain):
    assert plain.quit() == 0
    with pytest.raises(EditorGoneError):
        plain.eval("1")


def test_leaving_with_an_error(plain):
    plain.keys("iabc<Esc>")
    assert plain.quit(":cquit 3") == 3


def test_being_killed(plain):
    plain.kill()
    assert plain.exit_status
    assert not plain.children()


def test_a_start_that_fails_shows_the_screen(start_editor):
    with pytest.raises((TimeoutError, EditorGoneError), match="exit status 1"):
        start_editor(plugin=None, args=["-c", "cquit 1"])


def test_key_notation():
    assert parse("a<Esc><C-w><lt>é") == [b"a", b"\x1b", b"\x17", b"<", "é".encode()]
    with pytest.raises(ValueError, match="unknown key"):
        parse("<Nonsense>")
    with pytest.raises(ValueError, match="write <lt>"):
        parse("a < b")
