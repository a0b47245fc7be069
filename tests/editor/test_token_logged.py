"""The token is in none of the files that people attach to a bug report, however much is written into them."""

from __future__ import annotations

import pytest

from support.editor.programs import program
from support.editor.terminal import wait_for

# At 15 and more each line of a script is written down too, and with it `let g:codestats_api_key = '…'` of a vimrc.
MOST = {"option": 14, "environment": 20, "command": 20, "login": 20}
HOSTS = {"vim": ("embedded", "channel"), "nvim": ("remote", "channel")}


@pytest.fixture(params=["own", "channel"])
def host(request, editor_spec):
    return HOSTS[editor_spec.kind][request.param == "channel"]


@pytest.fixture
def written_down(start_editor, editor_spec, tmp_path, service, host):
    """Starts an editor that writes down all it can, with the token from {source}."""
    token = service.token()
    logs = tmp_path / "logs"
    logs.mkdir()

    def start(source):
        variables = {
            "codestats_api_url": service.url,
            "codestats_host": host,
            "codestats_pulse_interval": 3600,
        }
        env = {
            "NVIM_LOG_FILE": str(logs / "nvim"),
            "NVIM_PYTHON_LOG_FILE": str(logs / "python"),
            "NVIM_PYTHON_LOG_LEVEL": "DEBUG",
        }
        if source == "option":
            variables["codestats_api_key"] = token
        elif source == "environment":
            env["CODESTATS_API_KEY"] = token
        elif source == "command":
            variables["codestats_api_key_command"] = [program(tmp_path / "prints", f"echo {token}")]
        vimrc = [f"set verbosefile={logs / 'verbose'} verbose={MOST[source]}"]
        # What is typed is in the channels' log, key by key: :help codestats-token.
        if editor_spec.kind == "vim" and source != "login":
            vimrc.append(f"call ch_logfile('{logs / 'channel'}', 'w')")
        return start_editor(variables=variables, vimrc=vimrc, env=env)

    def found():
        """Places with the token, or with enough of it."""
        pieces = {token, *(part for part in token.split(".") if len(part) > 8)}
        texts = {
            path.name: path.read_bytes().decode(errors="replace")
            for path in logs.rglob("*")
            if path.is_file()
        }
        assert any("codestats#" in text for text in texts.values())
        return [
            (name, line[:300])
            for name, text in texts.items()
            for line in text.splitlines()
            if any(p in line for p in pieces)
        ]

    return start, found, token


@pytest.mark.shared
@pytest.mark.parametrize("source", MOST)
def test_it_is_in_no_log(source, written_down, service):
    start, found, token = written_down
    editor = start(source)
    editor.keys("ihello<Esc>")
    if source == "login":
        editor.keys(":CodeStatsLogin<CR>", settle=False)
        editor.burst(token + "<CR>")
    editor.keys(":CodeStatsFlush<CR>")
    service.wait_for_total(5)
    assert service.total() == 5
    editor.keys(":CodeStatsHealth<CR>")
    wait_for(lambda: any("Service" in line for line in editor.lines()), timeout=20, what="the health check")
    editor.keys("q")
    editor.command("set nomodified")
    editor.keys(":enew!<CR>ihello<Esc>")
    editor.quit()
    service.wait_for_total(10)
    editor.wait_alone()
    assert service.total() == 10
    assert found() == []


def test_without_a_host_neither(written_down, service):
    """What carries home gets the token, too."""
    start, found, _ = written_down
    editor = start("option")
    editor.keys("ihello<Esc>")
    editor.quit()
    service.wait_for_total(5)
    editor.wait_alone()
    assert service.total() == 5
    assert found() == []
