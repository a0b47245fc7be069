"""The token: where it comes from, that it takes effect at once, and that it is seen nowhere."""

from __future__ import annotations

import json
import os
import stat
import time
from pathlib import Path

import pytest

from codestats import mask
from codestats.credentials import owner_of
from support.editor.terminal import wait_for
from support.editor.token_forms import FORMS

SLOW = {"codestats_pulse_interval": 3600}


def start_without_token(start_editor, service, **more):
    variables = {
        "codestats_api_key": "",
        "codestats_api_url": service.url,
        **SLOW,
        **more.pop("variables", {}),
    }
    editor = start_editor(variables={k: v for k, v in variables.items() if v != ""}, **more)
    editor.keys("ihello<Esc>")
    return editor


def flush(editor):
    editor.command("call codestats#flush()")


def source(editor):
    return editor.eval("codestats#token#find().source")


def token_of(editor):
    """As the core gets it."""
    editor.command("let g:holder = {} | call codestats#mask#lend(g:holder)")
    token = editor.eval("codestats#token#find().token")
    return mask.unmasked(token, editor.eval("g:holder")) if token else ""


def log_in(editor, token):
    """Type the command, wait for its question, and paste the token as a person does."""
    editor.keys(":CodeStatsLogin<CR>", settle=False)
    editor.wait_screen("Code::Stats token")
    editor.burst(token.encode() + b"\r")


def everywhere(editor):
    """All that is to be seen: messages, screen, history, registers, log, processes."""
    texts = [
        editor.messages(),
        editor.screen_text(),
        editor.eval("execute('history all')"),
        editor.eval("execute('registers')"),
    ]
    texts += [json.dumps(editor.eval("codestats#log#entries()")), *editor.children()]
    texts.append(json.dumps(editor.eval("codestats#status()")))
    return texts


def files_with(directory, token):
    wanted = token.encode()
    return [path for path in Path(directory).rglob("*") if path.is_file() and wanted in path.read_bytes()]


def own_config(editor):
    return {editor.home.path / ".vimrc", editor.home.config / "nvim" / "init.vim"}


# -- where it comes from ----------------------------------------------------


def test_option_goes_before_environment_before_command_before_file(start_editor, service):
    tokens = [service.token() for _ in range(4)]
    editor = start_editor(
        variables={"codestats_api_url": service.url, "codestats_api_key": tokens[0], **SLOW},
        env={"CODESTATS_API_KEY": tokens[1]},
    )
    editor.command(f"let g:codestats_api_key_command = ['echo', '{tokens[2]}']")
    seen = [editor.eval("codestats#token#find().source")]
    editor.command("unlet g:codestats_api_key")
    seen.append(source(editor))
    editor.command("unlet $CODESTATS_API_KEY")
    editor.wait_until(lambda: token_of(editor) == tokens[2])
    seen.append(source(editor))
    editor.command("unlet g:codestats_api_key_command")
    seen.append(source(editor))
    log_in(editor, tokens[3])
    editor.wait_until(lambda: source(editor) == "file")
    seen.append(source(editor))
    assert seen == ["option", "environment", "command", "", "file"]
    assert token_of(editor) == tokens[3]


def test_environment(start_editor, service):
    editor = start_without_token(start_editor, service, env={"CODESTATS_API_KEY": service.token()})
    flush(editor)
    service.wait_for_total(5)


@pytest.mark.parametrize("form", ["list", "string"])
def test_command(start_editor, service, home, form):
    home.work.mkdir(exist_ok=True)
    (home.work / "secret").write_text(f"  {service.token()} \r\nlogin: me\n")
    command = (
        ["cat", str(home.work / "secret")]
        if form == "list"
        else f"cat '{home.work}/secret' | head -n 2; true"
    )
    editor = start_without_token(
        start_editor, service, home=home, variables={"codestats_api_key_command": command}
    )
    flush(editor)
    service.wait_for_total(5)
    assert "no token" not in editor.messages()


@pytest.mark.shared
@pytest.mark.parametrize(
    "shell, after", [("/bin/sh", ""), ("/bin/sh -e", ""), ("/bin/sh", "; sleep 60 >/dev/null & sleep 60 &")],
    ids=["plainly", "by a shell with an argument", "leaving agents in the background"],
)  # fmt: skip
def test_a_command_that_a_shell_runs(start_editor, service, shell, after):
    editor = start_editor(
        vimrc=f"let &shell = '{shell}'",
        variables={
            "codestats_api_url": service.url,
            "codestats_api_key_command": f"echo {service.token()}{after}",
            "codestats_api_key_timeout": 30,
            **SLOW,
        },
    )
    editor.wait_until(lambda: token_of(editor) == service.token())


def test_command_runs_once_and_not_at_start(start_editor, service, home):
    token, ran = service.token(), home.path / "ran"
    editor = start_editor(
        home=home,
        variables={
            "codestats_api_url": service.url,
            "codestats_api_key_command": f"echo x >> {ran}; echo {token}",
            **SLOW,
        },
    )
    assert not ran.exists()
    editor.keys("ihello<Esc>")
    flush(editor)
    service.wait_for_total(5)
    editor.keys("ihello<Esc>")
    flush(editor)
    service.wait_for_total(10)
    assert ran.read_text() == "x\n"


@pytest.mark.shared
@pytest.mark.parametrize(
    "command, says",
    [
        ("echo s3cret-on-stderr >&2; exit 3", "ended with status 3"),
        ("true", "printed no token"),
        ("echo 'two words'", "printed no token"),
        (["no-such-program-anywhere"], "could not be started"),
    ],
)
def test_command_that_fails_is_said_once_and_clearly(start_editor, service, command, says):
    editor = start_without_token(start_editor, service, variables={"codestats_api_key_command": command})
    for _ in range(2):
        editor.command("call codestats#pulse#hand_over()")
        editor.wait_until("codestats#token#find().state ==# 'failed'")
    editor.wait_until(lambda: "api_key_command" in editor.messages())
    whole = " ".join(editor.eval("codestats#log#entries()"))
    assert says in whole
    assert "s3cret" not in whole + editor.messages()
    assert editor.messages().count("api_key_command") == 1
    editor.wait_until("codestats#status().state ==# 'no_token'")


def test_command_that_hangs_is_given_up(start_editor, service):
    variables = {"codestats_api_key_command": ["sleep", "30"], "codestats_api_key_timeout": 1}
    editor = start_without_token(start_editor, service, variables=variables)
    flush(editor)
    editor.wait_until("codestats#token#find().state ==# 'failed'")
    wait_for(
        lambda: not any("sleep" in line for line in editor.children()), timeout=10, what="sleep to be ended"
    )


def test_failed_command_runs_again_when_asked(start_editor, service, home):
    home.path.mkdir(exist_ok=True)
    file = home.path / "later"
    variables = {"codestats_api_key_command": ["cat", str(file)]}
    editor = start_without_token(start_editor, service, home=home, variables=variables)
    flush(editor)
    editor.wait_until("codestats#token#find().state ==# 'failed'")
    file.write_text(service.token())
    flush(editor)
    service.wait_for_total(5)


# -- a change takes effect ------------------------------------------------------


def test_a_new_token_releases_what_was_held(start_editor, service):
    editor = start_without_token(
        start_editor, service, variables={"codestats_api_key": "SFMyNTY.wrong.token"}
    )
    flush(editor)
    editor.wait_until("codestats#status().state ==# 'unauthorized'")
    editor.command(f"let g:codestats_api_key = '{service.token()}'")
    editor.keys("ix<Esc>")
    editor.command("call codestats#pulse#hand_over()")
    service.wait_for_total(6)


def test_login_releases_what_was_kept(start_editor, service):
    editor = start_without_token(start_editor, service)
    flush(editor)
    editor.wait_until("codestats#status().state ==# 'no_token' && codestats#status().queued == 5")
    log_in(editor, service.token())
    service.wait_for_total(5)
    editor.wait_until(lambda: "First XP sent to 127.0.0.1" in editor.messages())
    editor.keys("ahello<Esc>")
    flush(editor)
    service.wait_for_total(10)
    assert editor.messages().count("First XP sent") == 1


def test_login_of_another_editor_is_noticed(start_editor, service):
    first = start_without_token(start_editor, service)
    second = start_editor(home=first.home, variables={"codestats_api_url": service.url, **SLOW})
    flush(first)
    first.wait_until("codestats#status().state ==# 'no_token'")
    log_in(second, service.token())
    flush(first)
    service.wait_for_total(5)


# -- login and logout -------------------------------------------------------------


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_login_keeps_the_token_from_others(start_editor, service, home, umask):
    home.data_dir.mkdir(parents=True)
    home.data_dir.chmod(0o755)
    old = os.umask(umask)
    try:
        editor = start_editor(home=home, variables={"codestats_api_url": service.url, **SLOW})
    finally:
        os.umask(old)
    token = service.token()
    log_in(editor, token)
    editor.wait_until(lambda: "token of demo" in editor.messages())
    file = home.data_dir / "token"
    assert file.read_text() == token + "\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.data_dir.stat().st_mode) == 0o700
    assert "state/codestats/token" in editor.messages()
    assert list(home.data_dir.glob("*.tmp")) == []


def test_login_refuses_a_directory_of_someone_else(start_editor, service, home):
    """A plain file in the directory's place stands for all that can't be written to (root may write anywhere)."""
    home.data_dir.parent.mkdir(parents=True, exist_ok=True)
    home.data_dir.write_text("")
    editor = start_editor(home=home, variables={"codestats_api_url": service.url, **SLOW})
    log_in(editor, service.token())
    editor.wait_until(lambda: "cannot keep the token" in editor.messages())


@pytest.mark.shared
@pytest.mark.parametrize(
    "typed, says", [("", "Nothing changed"), ("short", "too short"), ("two words here", "blanks")]
)
def test_login_with_no_token_changes_nothing(start_editor, service, typed, says):
    editor = start_editor(variables={"codestats_api_url": service.url, **SLOW})
    token = service.token()
    log_in(editor, token)
    log_in(editor, typed)
    editor.wait_until(lambda: says in editor.messages())
    assert token_of(editor) == token


def test_login_takes_what_was_typed_ahead_and_no_key_too_many(start_editor, service):
    editor = start_editor(variables={"codestats_api_url": service.url, **SLOW})
    token = service.token()
    editor.burst(b":CodeStatsLogin\r" + token.encode() + b"\rihello")
    editor.keys("<Esc>")
    assert token_of(editor) == token
    assert editor.lines() == ["hello"]


def test_login_can_be_given_up(start_editor, service):
    editor = start_editor(variables={"codestats_api_url": service.url, **SLOW})
    editor.keys(":CodeStatsLogin<CR>", settle=False)
    editor.wait_screen("Code::Stats token")
    editor.keys("abc<Esc>")
    editor.wait_until("mode() ==# 'n'")
    assert token_of(editor) == ""
    assert "Error" not in editor.messages()


def test_login_says_what_goes_before_it(start_editor, service):
    editor = start_editor(service=service, variables=SLOW, cols=200)
    log_in(editor, service.token())
    editor.wait_until(lambda: "g:codestats_api_key goes before it" in editor.messages())


def test_logout_removes_the_file(start_editor, service):
    editor = start_editor(variables={"codestats_api_url": service.url, **SLOW})
    log_in(editor, service.token())
    editor.command("CodeStatsLogout")
    editor.wait_until(lambda: "/my/machines" in editor.messages())
    assert not (editor.home.data_dir / "token").exists()
    assert source(editor) == ""
    editor.command("CodeStatsLogout")
    editor.wait_until(lambda: "there is no" in editor.messages())


def test_the_file_is_not_read_at_start(start_editor, service, home):
    home.data_dir.mkdir(parents=True)
    (home.data_dir / "token").write_text(service.token())
    editor = start_editor(home=home, variables={"codestats_api_url": service.url, **SLOW})
    assert not editor.eval("exists('*codestats#token#find')")


# -- its form, and secrecy ---------------------------------------------------------


def test_owner_is_read_as_by_the_core(start_editor):
    editor = start_editor(variables=SLOW)
    for token in FORMS:
        editor.command(f"let g:codestats_api_key = {json.dumps(token, ensure_ascii=False)}")
        assert editor.eval("codestats#token#owner()") == owner_of(token)


def test_secrecy_of_an_option(start_editor, service):
    token = service.token()
    editor = start_without_token(start_editor, service, variables={"codestats_api_key": token})
    flush(editor)
    service.wait_for_total(5)
    for command in ("CodeStatsStatus", "CodeStatsLog"):
        editor.command(command)
        editor.wait_until("line('$') > 4")
        assert token not in "\n".join(editor.lines())
        editor.command("close")
    assert not any(token in text for text in everywhere(editor))
    editor.quit()
    assert set(files_with(editor.home.path, token)) <= own_config(editor)


def test_secrecy_of_a_login(start_editor, service):
    token = service.token()
    editor = start_without_token(start_editor, service)
    log_in(editor, token)
    service.wait_for_total(5)
    assert not any(token in text for text in everywhere(editor))
    editor.quit()
    assert files_with(editor.home.path, token) == [editor.home.data_dir / "token"]


def test_secrecy_of_a_refused_token(start_editor, service):
    token = service.token()[:-4] + "oops"
    editor = start_without_token(start_editor, service, variables={"codestats_api_key": token})
    flush(editor)
    editor.wait_until("codestats#status().state ==# 'unauthorized'")
    assert not any(token in text for text in everywhere(editor))
    editor.quit()
    assert set(files_with(editor.home.path, token)) <= own_config(editor)


def test_secrecy_of_leaving(start_editor, service, monkeypatch):
    """What is carried home after the editor left has no token in the process list."""
    token = service.token()
    editor = start_without_token(start_editor, service, variables={"codestats_api_key": token})
    editor.quit()
    seen = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if _readable(path)]
    assert not any(token.encode() in line for line in seen)
    service.wait_for_total(5)


def _readable(path):
    try:
        path.read_bytes()
    except OSError:
        return False
    return True


def test_leaving_waits_for_no_command(start_editor, service, tmp_path):
    started = tmp_path / "started"
    command = f"trap '' TERM; touch {started}; sleep 4; echo x"
    editor = start_without_token(start_editor, service, variables={"codestats_api_key_command": command})
    flush(editor)
    wait_for(started.exists, timeout=10, what="the command to run")
    before = time.monotonic()
    editor.quit()
    assert time.monotonic() - before < 1.5


def test_leaving_starts_no_command(start_editor, service, tmp_path):
    state = tmp_path / "state"
    editor = start_without_token(
        start_editor,
        service,
        variables={"codestats_api_key_command": "sleep 4; echo x"},
        vimrc=f"autocmd VimLeave * call writefile([codestats#token#find().state], '{state}')",
    )
    editor.quit()
    assert state.read_text() == "none\n"
