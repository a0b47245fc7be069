"""The status line's text: its fields, levels as they happen, and that nothing in it is ever interpreted."""

from __future__ import annotations

import json
import re

import pytest

from editors import REPO
from support.editor.earning import earn
from support.editor.terminal import wait_for

SLOW = {"codestats_pulse_interval": 3600}
AIRLINE = REPO / ".build" / "airline"
SHOW = ["set laststatus=2", "set statusline=%{codestats#statusline()}"]
HOSTILE = '%{system("touch cracked")}%#Error#%9999(%*'


def start(start_editor, service, text, **more):
    """An editor that shows this format."""
    variables = {"codestats_statusline_format": text, **SLOW, **more.pop("variables", {})}
    more.setdefault("vimrc", SHOW)
    return start_editor(service=service, variables=variables, **more)


def shows(editor, text):
    editor.wait_until(f"codestats#statusline() ==# {json.dumps(text, ensure_ascii=False)}")


def flush(editor):
    editor.command("call codestats#flush()")
    editor.wait_until("codestats#status().unsent == 0")


# -- fields ---------------------------------------------------------------------


def test_counts(start_editor, service):
    editor = start(start_editor, service, "p{pending} u{unsent} s{session} t{today}")
    editor.keys("ihello<Esc>")
    shows(editor, "p5 u5 s5 t5")
    flush(editor)
    shows(editor, "p0 u0 s5 t5")
    editor.wait_screen("p0 u0 s5 t5")


def test_levels_are_the_profile_and_what_was_counted_since(start_editor, service):
    token = service.token()
    earn(service, token, {"Python": 1590, "Lua": 6400 - 1590})
    editor = start(
        start_editor, service, "{language} {language_level} {language_xp} | {level} {xp} {progress}% {bar}",
        variables={"codestats_api_key": token}, files={"a.py": "", "b.lua": ""}, args=["a.py"],
    )  # fmt: skip
    shows(editor, "Python 0 1590 | 2 6400 0% ░░░░░░░░")
    editor.keys("i" + "x" * 12 + "<Esc>")
    flush(editor)
    shows(editor, "Python 1 1602 | 2 6412 0% ░░░░░░░░")
    editor.command("edit! b.lua")
    shows(editor, "Lua 1 4810 | 2 6412 0% ░░░░░░░░")


def test_bar_in_both_alphabets(start_editor, service):
    token = service.token()
    earn(service, token, {"Python": 4000})
    editor = start(start_editor, service, "{bar} {progress}", variables={"codestats_api_key": token})
    shows(editor, "████░░░░ 50")
    editor.command("let g:codestats_ascii = 1")
    editor.command("call codestats#session#changed()")
    shows(editor, "####.... 50")


def test_streak_and_goal(start_editor, service):
    editor = start(
        start_editor, service, "{streak} {goal} {goal_bar}", variables={"codestats_daily_goal": 10}
    )
    editor.keys("ihello<Esc>")
    flush(editor)
    shows(editor, "1 50 ████░░░░")


def test_unknown_fields_stay_and_empty_ones_leave_no_gap(start_editor):
    editor = start_editor(
        variables={
            "codestats_statusline_format": "{level} C::S {nonsense} {state}{xp} {session} {language}!",
            **SLOW,
        }
    )
    line = editor.wait_until("codestats#statusline()")
    assert re.fullmatch(
        r"C::S \{nonsense\}( no token)? 0( Plain text)?!", line
    )  # with Python, a second later


@pytest.mark.parametrize("ascii_only", [0, 1])
def test_states_have_words_and_signs(start_editor, service, ascii_only):
    editor = start(start_editor, service, "{icon} [{state}]", variables={"codestats_ascii": ascii_only})
    seen = [editor.wait_until("codestats#statusline()")]
    editor.command("CodeStatsPause")
    seen.append(editor.eval("codestats#statusline()"))
    editor.command("CodeStatsResume")
    editor.command("let g:codestats_api_key = 'SFMyNTY.wrong.token'")
    editor.keys("ix<Esc>")
    editor.command("call codestats#flush()")
    editor.wait_until("codestats#status().state ==# 'unauthorized'")
    seen.append(editor.eval("codestats#statusline()"))
    assert seen == (
        ["- []", "= [paused]", "x [token rejected]"]
        if ascii_only
        else ["○ []", "‖ [paused]", "✗ [token rejected]"]
    )


def test_evaluation_is_a_look_at_a_variable(start_editor):
    editor = start_editor()
    editor.eval("codestats#statusline()")
    body = editor.eval("execute('function codestats#statusline')")
    statements = re.findall(r"^\d+ +(\S.*)", body, re.MULTILINE)
    assert statements == ["let g:codestats#status#is_shown = 1", "return g:codestats#status#text"]


COUNT_DRAWINGS = """
function Drawn()
  let g:drawn += 1
  return ''
endfunction
let &statusline = '%{Drawn()}'
""".splitlines()


def test_what_nobody_shows_is_not_drawn(start_editor):
    """Whoever has no such status line pays for none; from its first look on it follows."""
    editor = start_editor(vimrc=["set laststatus=2", "let g:drawn = 0", *COUNT_DRAWINGS])
    editor.keys("ihello<Esc>")
    editor.wait_until("codestats#statusline() =~# '5'")
    editor.drawn()
    editor.command("let g:drawn = 0 | let g:codestats#status#is_shown = 0")
    editor.command("call codestats#counter#call('pause', v:true) | call codestats#status#pause(1)")
    assert editor.eval("g:drawn") == 0
    editor.command("let &statusline = '%{Drawn()}%{codestats#statusline()}' | redrawstatus!")
    editor.wait_screen("paused")
    editor.command("call codestats#counter#call('pause', v:false) | call codestats#status#pause(0)")
    editor.wait_screen(r"C::S 5 *$")


# -- hostile names ----------------------------------------------------------------


@pytest.mark.parametrize(
    "item", ["%{codestats#statusline()}", "%{%codestats#statusline()%}", "%!codestats#statusline()"]
)
def test_names_are_never_interpreted(start_editor, service, item):
    editor = start(
        start_editor, service, "<{language}>",
        vimrc=["set laststatus=2", f"let &statusline = '{item}'", "let b:codestats_language = " + json.dumps(HOSTILE)],
    )  # fmt: skip
    editor.command("call codestats#status#refresh()")
    editor.wait_screen("<\uff05{system")
    assert not (editor.home.work / "cracked").exists()
    assert "Error" not in editor.messages()


def test_control_characters_are_left_out(start_editor):
    editor = start_editor(variables={"codestats_statusline_format": "{language}", **SLOW})
    editor.command('let b:codestats_language = "a\\nb\\<Esc>[31mc"')
    editor.command("call codestats#status#refresh()")
    assert editor.eval("codestats#statusline()") == "ab[31mc"


# -- plugins of others ----------------------------------------------------------------


def test_airline(start_editor, service):
    """Debian's vim-airline, for real."""
    assert AIRLINE.is_dir(), "vim-airline is missing: run scripts/setup.py test where there is apt-get"
    editor = start_editor(
        service=service,
        cols=120,
        vimrc=[
            f"set runtimepath+={AIRLINE}",
            "set noshowmode",
            "let g:airline_section_y = '%{codestats#statusline()}'",
        ],
    )
    editor.wait_screen("C::S 0")
    editor.keys("ihello<Esc>")
    editor.wait_screen("C::S 5")


LIGHTLINE = """
function! Line()
  return '%{' .. g:lightline.component_function.codestats .. '()}'
endfunction
let g:lightline = {'active': {'right': [['codestats']]}, 'component_function': {'codestats': 'codestats#statusline'}}
set laststatus=2 statusline=%!Line()
"""


def test_lightline(start_editor, service):
    """As lightline calls a component_function: by its name, inside %{…} (:help g:lightline.component_function)."""
    editor = start_editor(service=service, vimrc=LIGHTLINE)
    editor.wait_screen("C::S 0")
    editor.keys("ihello<Esc>")
    editor.wait_screen("C::S 5")


LUALINE = """
lua << EOF
-- lualine.component as its wiki describes it to writers of components: a class with extend(), whose objects are made
-- by calling it with options, and whose update_status() returns what goes into 'statusline'.
local Class = {}
Class.__index = Class
function Class:extend()
  local class = setmetatable({}, { __index = self, __call = function(class, options)
    local object = setmetatable({}, { __index = class })
    object:init(options)
    return object
  end })
  class.super = self
  return class
end
function Class:init(options) self.options = options or {} end
package.preload['lualine.component'] = function() return Class:extend() end
local component
function Line()
  component = component or require('lualine.components.codestats')({ section = 'x' })
  return component:update_status()
end
EOF
set laststatus=2 statusline=%!v:lua.Line()
"""


def test_lualine(start_editor, editor_spec, service):
    if editor_spec.kind != "nvim":
        pytest.skip("lualine is Neovim's")
    editor = start_editor(
        service=service, vimrc=LUALINE, variables={"codestats_statusline_format": "100% {session}"}
    )
    editor.wait_screen("100% 0")
    editor.keys("ihello<Esc>")
    editor.wait_screen("100% 5")


# -- levels and goal as they are reached ---------------------------------------------------

NOTE = [
    "let g:seen = []",
    "autocmd User CodeStatsLevelUp call add(g:seen, [g:codestats_event.language, g:codestats_event.level])",
    "autocmd User CodeStatsGoalReached call add(g:seen, [g:codestats_event.goal, g:codestats_event.today])",
]


def level_up(start_editor, service, **variables):
    token = service.token()
    earn(service, token, {"Python": 1597, "Lua": 10})
    editor = start_editor(
        service=service,
        variables={"codestats_api_key": token, **SLOW, **variables},
        vimrc=NOTE,
        files={"a.py": ""},
        args=["a.py"],
    )
    editor.keys("ix<Esc>")
    flush(editor)
    editor.wait_until("codestats#level#xp('Python') == 1598")
    return editor


def test_level_up(start_editor, service):
    editor = level_up(start_editor, service)
    editor.keys("axx<Esc>")
    flush(editor)
    editor.wait_until("g:seen ==# [['Python', 1]]")
    editor.wait_screen(r"Python level 1!")
    editor.keys("axx<Esc>")
    flush(editor)
    assert editor.eval("g:seen") == [["Python", 1]]
    assert not editor.eval("exists('g:codestats_event')")


def test_a_level_shows_in_insert_mode_before_anything_is_handed_over(start_editor, service):
    """With 'showmode', which wipes a message at once."""
    editor = level_up(start_editor, service)
    editor.command("set showmode")
    editor.keys("axx", settle=False)
    editor.wait_screen(r"Python level 1!")
    editor.wait_until("mode() ==# 'i'")
    editor.wait_screen(r"INSERT")
    editor.keys("<Esc>")
    editor.wait_until("g:seen ==# [['Python', 1]]")
    editor.wait_until(lambda: "Python level 1!" not in editor.screen_text())


def test_a_level_reached_before_the_profile_was_known_is_said(start_editor, service):
    token = service.token()
    earn(service, token, {"Python": 1597, "Lua": 10})
    editor = start_editor(
        service=service,
        variables={"codestats_api_key": token, **SLOW},
        vimrc=NOTE,
        files={"a.py": ""},
        args=["a.py"],
    )
    editor.keys("ixxxx<Esc>")
    flush(editor)
    editor.wait_until("g:seen ==# [['Python', 1]]")
    editor.wait_screen(r"Python level 1!")


def test_a_goal_reached_before_the_first_hand_over_is_said(start_editor, service):
    editor = start_editor(service=service, variables={"codestats_daily_goal": 3, **SLOW}, vimrc=NOTE, cols=24)
    editor.keys("ixxxx<Esc>")
    flush(editor)
    editor.wait_screen(r"│ Daily goal +│\n.*│ reached: 3 XP! +│|│ Daily goal reached: │\n.*│ 3 XP! +│")


def test_level_up_without_a_message(start_editor, service):
    editor = level_up(start_editor, service, codestats_notify_level_up=0)
    editor.keys("axx<Esc>")
    flush(editor)
    editor.wait_until("g:seen ==# [['Python', 1]]")
    assert "level" not in editor.messages()


def test_level_of_all_together(start_editor, service):
    token = service.token()
    earn(service, token, {"Python": 800, "Lua": 797})
    editor = start_editor(service=service, variables={"codestats_api_key": token, **SLOW}, vimrc=NOTE)
    editor.keys("ix<Esc>")
    flush(editor)
    editor.wait_until("codestats#level#xp() == 1598")
    editor.keys("axx<Esc>")
    flush(editor)
    editor.wait_until("g:seen ==# [['', 1]]")


def test_levels_at_their_borders(start_editor):
    editor = start_editor()
    xps = [0, 1, 1599, 1600, 6399, 6400, 14400, 14399, 1600 * 997**2, 1600 * 997**2 - 1, 10**12]
    from codestats.levels import level_of, progress

    assert [editor.eval(f"codestats#level#of({xp})") for xp in xps] == [level_of(xp) for xp in xps]
    for xp in xps:
        assert editor.eval(f"codestats#level#progress({xp})") == pytest.approx(progress(xp))


def test_goal_is_reached_once_a_day_in_all_editors(start_editor, service):
    def run(home=None):
        return start_editor(
            home=home, service=service, variables={"codestats_daily_goal": 6, **SLOW}, vimrc=NOTE
        )

    first = run()
    first.keys("ixxx<Esc>")
    flush(first)
    assert first.eval("g:seen") == []
    second = run(first.home)
    second.keys("ix<Esc>")
    flush(second)
    first.keys("axxx<Esc>")
    flush(first)
    first.wait_until("g:seen ==# [[6, 7]] || g:seen ==# [[6, 6]]")
    first.wait_screen(r"Daily goal reached: [\d,]+ XP!")
    second.keys("axxx<Esc>")
    flush(second)
    second.wait_until("codestats#status().today >= 10")
    assert second.eval("g:seen") == []
    assert "goal" not in second.messages()


# -- pausing -------------------------------------------------------------------------------


def gain_focus(editor):
    """Vim 9.0 asks no terminal for focus reports by itself, so there it is told as its GUI tells it."""
    if editor.eval("has('nvim')"):
        editor.focus(gained=True)
    else:
        editor.command("doautocmd <nomodeline> FocusGained")


def test_pause_lasts_over_sessions_and_reaches_others(start_editor, service):
    first = start_editor(service=service)
    other = start_editor(service=service, home=first.home)
    first.command("CodeStatsPause")
    gain_focus(other)
    other.wait_until("codestats#status().paused")
    other.keys("ixxx<Esc>")
    assert other.eval("codestats#status().session") == 0
    other.quit()
    third = start_editor(service=service, home=first.home)
    third.wait_until("codestats#status().state ==# 'paused'")
    assert "paused" in third.eval("codestats#statusline()")
    third.command("CodeStatsResume")
    assert list(first.home.data_dir.glob("paused")) == []
    gain_focus(first)
    first.wait_until("!codestats#status().paused")
    first.keys("ixx<Esc>")
    assert first.eval("codestats#status().session") == 2


def test_pause_of_another_is_noticed_at_a_hand_over(start_editor, service):
    first = start_editor(service=service, variables={"codestats_pulse_interval": 1})
    first.keys("ix<Esc>")
    first.home.data_dir.mkdir(parents=True, exist_ok=True)
    (first.home.data_dir / "paused").write_text("")
    first.wait_until("codestats#status().paused")


def test_resume_of_another_is_noticed_without_focus(start_editor, service):
    first = start_editor(service=service)
    first.command("CodeStatsPause")
    (first.home.data_dir / "paused").unlink()
    wait_for(lambda: not first.eval("codestats#status().paused"), timeout=15, what="the pause to end")


def test_what_was_counted_before_a_pause_goes_out(start_editor, service):
    editor = start_editor(service=service, variables=SLOW)
    editor.keys("ihello<Esc>")
    editor.command("CodeStatsPause")
    editor.keys("aworld<Esc>")
    editor.command("call codestats#flush()")
    service.wait_for_total(5)
    editor.wait_until("codestats#status().unsent == 0")
    assert service.total() == 5
