"""Unusual places to open a window from, and unusual options: no error reaches the user, and nothing is lost."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from codestats import paths
from editors import REPO
from support.editor.programs import program
from support.editor.terminal import wait_for

STATUS = ":CodeStatsStatus<CR>"
SHOWN = r"Nothing to send yet"


def quiet(editor):
    """The messages, which have no error in them."""
    messages = editor.messages()
    assert not re.search(r"\bE\d+:", messages), messages
    return messages


@pytest.fixture
def calm(start_editor, service):
    """An editor with a file."""
    return start_editor(service=service, args=["a.py"], files={"a.py": "one\ntwo\n"}, rows=30, cols=90)


# -- windows ----------------------------------------------------------------------


def test_a_window_in_another_tab_page_is_gone_to(calm):
    calm.keys(STATUS)
    calm.wait_screen(SHOWN)
    calm.keys(":tabnew<CR>" + STATUS)
    calm.wait_until("tabpagenr() == 1 && &filetype ==# 'codestats'")
    calm.keys("r")
    calm.wait_screen(SHOWN)
    calm.keys("q")
    assert (
        calm.eval("len(filter(getbufinfo(), {_, b -> getbufvar(b.bufnr, '&filetype') ==# 'codestats'}))") == 0
    )
    quiet(calm)


def test_an_answer_finds_its_window_in_another_tab_page(calm):
    calm.keys(STATUS + ":tabnew<CR>")
    calm.wait_until("codestats#host#state() ==# 'up'")
    calm.keys("gt")
    calm.wait_screen(SHOWN)
    calm.resize(25, 70)
    calm.wait_until("winwidth(0) <= 70")
    calm.keys("r")
    quiet(calm)


@pytest.mark.parametrize("keys", ["i<C-o>" + STATUS, "i<F2>", "V<F2>"])
def test_a_window_opens_in_normal_mode(keys, calm):
    calm.command("noremap <F2> <Cmd>CodeStatsStatus<CR>")
    calm.command("inoremap <F2> <Cmd>CodeStatsStatus<CR>")
    calm.keys(keys)
    calm.wait_screen(SHOWN)
    assert calm.eval("mode()") == "n"
    calm.keys("q")
    assert calm.eval("[&filetype, mode()]") == ["python", "n"]
    quiet(calm)


def test_in_the_command_line_window_a_sentence_says_why_not(calm):
    calm.keys("q:" + STATUS)
    calm.wait_screen(r"close the command-line window first")
    calm.keys("<CR>")
    assert calm.eval("winnr('$')") == 1
    quiet(calm)


def test_nor_is_an_open_window_gone_to_from_there(calm):
    calm.keys(STATUS)
    calm.wait_screen(SHOWN)
    calm.keys("<C-w>pq:" + STATUS)
    calm.wait_screen(r"close the command-line window first")
    quiet(calm)


@pytest.mark.parametrize("is_open", [False, True])
def test_where_windows_are_locked_a_sentence_says_so(is_open, calm):
    calm.command("nnoremap <expr> gz execute('CodeStatsStatus') .. 'l'")
    if is_open:
        calm.keys(STATUS)
        calm.wait_screen(SHOWN)
        calm.keys("<C-w>p")
    calm.keys("gz")
    sentence = "codestats: no window here: E565: Not allowed to change text or change window"
    calm.wait_until(lambda: calm.messages().strip().splitlines()[-1:] == [sentence])


def test_the_only_window_shows_a_file_when_it_is_closed(calm):
    calm.keys(STATUS)
    calm.wait_screen(SHOWN)
    calm.command("only" if calm.eval("has('nvim')") == 0 else "wincmd p")
    calm.keys("q" if calm.eval("&filetype ==# 'codestats'") else ":only<CR>")
    assert calm.eval("[winnr('$'), &filetype, &wrap]") == [1, "python", 1]
    quiet(calm)


def test_other_windows_keep_their_sizes(calm):
    calm.command("split")
    calm.command("vsplit")
    calm.command("resize 5")
    before = calm.eval("[winrestcmd(), win_getid()]")
    calm.keys(STATUS)
    calm.wait_screen(SHOWN)
    calm.keys("q")
    assert calm.eval("[winrestcmd(), win_getid()]") == before


def test_a_resize_is_answered_once(calm):
    calm.keys((STATUS + "q") * 3)
    assert calm.eval(r"count(execute('autocmd codestats_window VimResized'), 's:resized')") <= 1


def test_columns_of_the_users_do_not_narrow_a_window(start_editor, service):
    editor = start_editor(service=service, vimrc="set foldcolumn=4 cursorcolumn number signcolumn=yes\n")
    editor.keys(STATUS)
    editor.wait_screen(SHOWN)
    assert editor.eval("getwininfo(win_getid())[0].textoff") == 0


def test_the_health_window_can_ask_again_and_be_resized(calm):
    calm.keys(":CodeStatsHealth<CR>")
    calm.wait_screen("Editor")
    calm.keys("osSr")
    calm.wait_screen("Editor")
    calm.resize(20, 60)
    quiet(calm)


def test_a_window_from_a_session_does_no_harm(calm, home):
    if calm.eval("has('nvim')"):
        pytest.skip("Neovim keeps no floats in a session")
    calm.keys(STATUS)
    calm.wait_screen(SHOWN)
    calm.command(f"mksession! {home.path}/s.vim")
    calm.keys("q")
    calm.command(f"source {home.path}/s.vim")
    calm.command("wincmd b")
    calm.keys("rosSq")
    assert calm.eval("[winnr('$'), &filetype]") == [1, "python"]
    quiet(calm)


def test_without_python_a_window_does_not_load_forever(start_editor):
    vimrc = "let $PATH = '/nonexistent'\nlet g:codestats_host = 'channel'\n"
    editor = start_editor(vimrc=vimrc)
    editor.keys(":CodeStatsProfile<CR>")
    editor.wait_screen(r"XP counted in this session")
    quiet(editor)


def test_the_web_page_is_opened(calm, home):
    program(home.path / "bin" / "xdg-open", f'echo "$1" > {home.path}/opened')
    calm.command(f"let $PATH = '{home.path}/bin:' .. $PATH")
    calm.keys(":CodeStatsProfile<CR>")
    calm.wait_screen("1 Overview")
    calm.keys("o")
    calm.wait_until((home.path / "opened").exists)
    quiet(calm)


# -- options ----------------------------------------------------------------------


def test_wildignore_forbids_no_directory(start_editor):
    vimrc = "set wildignore=*/work/*,*/.local/*\nlet g:codestats_data_dir = '~/work/xp'\n"
    editor = start_editor(vimrc=vimrc)
    assert editor.eval("codestats#config#data_dir()") == editor.eval("$HOME .. '/work/xp'")


@pytest.mark.shared
@pytest.mark.parametrize(
    "env",
    [
        {},
        {"XDG_STATE_HOME": ""},
        {"XDG_STATE_HOME": "relative"},
        {"CODESTATS_DATA_DIR": "~/my xp/"},
        {"CODESTATS_DATA_DIR": "/there/xp"},
    ],
    ids=lambda env: " ".join(env.values()),
)
def test_editor_and_shell_mean_the_same_directory(start_editor, home, env):
    editor = start_editor(home=home, env=env)
    code = "import os; from codestats.paths import data_dir; print(data_dir('', os.environ))"
    command = [sys.executable, "-c", code]
    environ = {**home.env, **env, "PYTHONPATH": str(REPO / "python3")}
    shell = subprocess.run(command, env=environ, check=True, capture_output=True, text=True).stdout
    assert editor.eval("codestats#config#data_dir()") == shell.strip()


def test_with_ignorecase_a_name_can_get_another_case(start_editor, service):
    editor = start_editor(service=service, vimrc="set ignorecase\n", args=["a.py"])
    for name in ("foo", "FOO"):
        editor.keys(f":CodeStatsLanguage {name}<CR>")
        editor.wait_until(lambda name=name: f"codestats: {name} until you quit" in editor.messages())


def test_a_pattern_that_is_none_is_told_once(start_editor):
    editor = start_editor(
        vimrc="let g:codestats_exclude = ['{foo', 'secret']\n", files={"secret/b.py": ""}, args=["a.py"]
    )
    editor.wait_until(lambda: "'{foo' is no path pattern" in editor.messages())
    editor.keys(":edit secret/b.py<CR>ihello<Esc>")
    assert editor.eval("codestats#status().session") == 0
    assert editor.messages().count("is no path pattern") == 1


def test_a_start_leaves_the_last_error_alone(editor):
    editor.keys("ix<Esc>")
    editor.wait_until("codestats#status().unsent == 0 || codestats#status().session == 1")
    assert editor.eval("v:errmsg") == ""


def test_in_latin1_names_arrive_as_they_are(start_editor, service):
    environment = {"LC_ALL": "C", "LANG": "C"}
    editor = start_editor(service=service, env=environment, args=["a.py"])
    editor.command("let b:codestats_language = 'Café'")
    editor.keys("ihello<Esc>")
    editor.command("call codestats#flush()")
    service.wait_for_total(5)
    assert [pulse.xps for pulse in service.pulses()] == [{"Café": 5}]
    quiet(editor)


def test_compatible_is_told_in_one_line(start_editor):
    editor = start_editor(vimrc="silent! set compatible\n")
    if editor.eval("has('nvim')"):
        pytest.skip("Neovim has no 'compatible'")
    editor.keys("ihello<Esc>")
    editor.wait_until(lambda: "nothing is counted here" in quiet(editor))


def test_restricted_mode_is_left_alone(start_editor, editor_spec):
    if editor_spec.kind == "nvim":
        pytest.skip("Neovim has no restricted mode")
    editor = start_editor(
        args=["-Z"],
        vimrc="set laststatus=2 statusline=xp:%{CodeStatsXp()}:%{exists(':CodeStatsFlush')}",
        wait=False,
    )
    editor.wait_screen("Press ENTER")  # our way of asking it things is forbidden there
    editor.terminal.write(b"\r")
    editor.wait_screen("xp::0")
    assert "codestats" not in "\n".join(editor.terminal.lines())


def test_a_reload_by_lazy_nvim_loses_nothing(start_editor, editor_spec, service):
    """What its `:Lazy reload` does: forget modules and g:loaded_…, source plugin/ and each autoload script again."""
    if editor_spec.kind != "nvim":
        pytest.skip("lazy.nvim is Neovim's")
    ours = "filter(luaeval('vim.tbl_keys(package.loaded)'), {_, it -> it =~# '^codestats'})"
    forget = (
        f"for name in {ours} | call luaeval('(function() package.loaded[_A] = nil end)()', name) | endfor"
    )
    editor = start_editor(service=service, variables={"codestats_pulse_interval": 3600})
    at_start = ["buffers", "counts", "run"]
    assert editor.eval(f"sort({ours})") == [
        "codestats.tracker",
        *(f"codestats.tracker.{it}" for it in at_start),
    ]
    editor.command(forget)
    editor.keys("iab<Esc>")
    editor.command("call codestats#flush()")
    service.wait_for_total(2)
    editor.keys("icde<Esc>")
    editor.command(forget)
    editor.command("unlet g:loaded_codestats | runtime! plugin/codestats.vim")
    scripts = "filter(getscriptinfo(), {_, it -> it.name =~# '/autoload/codestats'})"
    editor.command(f"for script in {scripts} | execute 'source' script.name | endfor")
    editor.keys("ifghi<Esc>")
    editor.paste("jkl")
    assert editor.eval("codestats#status().session") == 2 + 3 + 4 + 1
    editor.command("call codestats#flush()")
    service.wait_for_total(10)
    assert len(editor.children()) == 1
    quiet(editor)


def test_an_autocommand_of_the_users_that_fails_is_told_once(start_editor, service):
    editor = start_editor(service=service, vimrc="let g:fired = 0")
    editor.command("autocmd User CodeStatsPulseSent let g:fired += 1 | call NoSuchFunction()")
    for total in (2, 4):
        editor.keys("iab<Esc>:CodeStatsFlush<CR>")
        service.wait_for_total(total)
        editor.wait_until(f"g:fired == {total // 2}")
    editor.wait_until(lambda: "an autocommand for CodeStatsPulseSent failed" in editor.messages())
    assert editor.messages().count("E117") == 1


def test_handing_over_leaves_no_timers_behind(start_editor):
    editor = start_editor()
    for _ in range(5):
        editor.keys("iab<Esc>")
        editor.command("call codestats#pulse#hand_over()")
    editor.keys("ic<Esc>")
    timers = editor.eval("len(filter(timer_info(), {_, it -> string(it.callback) =~# '_tick'}))")
    assert timers == 1


def test_a_wild_menu_stays(start_editor):
    vimrc = "set laststatus=2 wildmenu wildoptions= statusline=%{codestats#statusline()}\n"
    editor = start_editor(vimrc=vimrc)
    editor.keys("ihello<Esc>")
    editor.keys(":CodeStats<Tab>", settle=False)
    editor.wait_until("codestats#statusline() =~# '5'")
    editor.wait_screen("CodeStatsCancel +CodeStatsExport")
    editor.keys("<C-c>")
    editor.wait_screen(r"C::S 5")


# -- other things -----------------------------------------------------------------


@pytest.mark.parametrize("menu", ["pick one:", r"apples\npears\nplums\npick one:"])
def test_a_menu_that_a_script_echoes_stays(menu, start_editor):
    editor = start_editor(
        vimrc=[
            "set laststatus=2 statusline=%{codestats#statusline()}",
            f'nnoremap gz :echo "{menu}"<Bar>call getchar()<CR>',
        ]
    )
    editor.keys("iabc<Esc>gz", settle=False)
    editor.wait_screen("pick one:")
    with pytest.raises(TimeoutError):
        wait_for(lambda: "pick one:" not in "\n".join(editor.terminal.lines()), timeout=1.5, what="it to go")
    editor.keys("q<CR>")
    editor.wait_screen("C::S 3")


def test_events_may_be_had_by_a_pattern(calm, service):
    calm.command("autocmd User CodeStatsPulse* let g:got = expand('<amatch>')")
    calm.keys("ihello<Esc>:CodeStatsFlush<CR>")
    calm.wait_until("get(g:, 'got', '') ==# 'CodeStatsPulseSent'")
    quiet(calm)


def test_an_export_can_be_cancelled_before_it_begins(calm):
    calm.keys("ihello<Esc>:CodeStatsExport out.csv | CodeStatsCancel<CR>")
    calm.wait_until(lambda: "Export cancelled" in calm.messages())
    calm.keys(":CodeStatsExport out.csv<CR>")
    calm.wait_until("filereadable('out.csv')")
    quiet(calm)


def test_a_hand_over_file_names_the_machine_as_the_core_does(start_editor, tmp_path):
    """Where machines share a home, each takes in its own. The editor's /etc may be another than this process's."""
    editor = start_editor()
    source = tmp_path / "machine-id"
    if identity := editor.eval("filereadable('/etc/machine-id') ? readfile('/etc/machine-id')[0] : ''"):
        source.write_text(identity + "\n")
    editor.command("call codestats#handover#write('x-0.json', [], '')")
    written = json.loads((editor.home.data_dir / "handover" / "x-0.json").read_text())
    assert written["machine"] == paths.machine_key(str(source))
