"""pip off a package index, for a Python that has none: the right one, unchanged, from a safe place, or a clear word."""

from __future__ import annotations

import hashlib

import pytest

from codestats.install import environment, pip
from codestats.install.pip import NoPipError
from support import wheelhouse

OLD = b"an old wheel"
GOOD = b"a wheel"


def anchor(version, content=GOOD, more="", directory="../../files"):
    digest = hashlib.sha256(content).hexdigest()
    name = f"pip-{version}-py3-none-any.whl"
    return f'<a href="{directory}/{name}#sha256={digest}" {more}>{name}</a><br/>\n'


@pytest.fixture
def index(httpserver, monkeypatch):
    """Serves what a test lists as pip's page, and the files that the page may name."""
    monkeypatch.setenv("PIP_INDEX_URL", httpserver.url_for("/simple/"))
    monkeypatch.delenv("PIP_NO_INDEX", raising=False)

    def serve(page, **files):
        httpserver.expect_request("/simple/pip/").respond_with_data(page, content_type="text/html")
        for version, content in files.items():
            name = f"pip-{version.strip('v').replace('_', '.')}-py3-none-any.whl"
            httpserver.expect_request(f"/files/{name}").respond_with_data(content)

    return serve


def test_the_newest_that_this_python_can_run(index, tmp_path):
    too_new = 'data-requires-python="&gt;=3.99"'
    fits = 'data-requires-python="&gt;=3.7,!=3.8.*"'
    page = (
        anchor("9.0", OLD) + anchor("24.1", GOOD, fits) + anchor("99.0", OLD, too_new)
        + anchor("98.0", OLD, 'data-yanked="broken"') + '<a href="pip-25.0.tar.gz#sha256=0">source</a>'
    )  # fmt: skip
    index(page, v24_1=GOOD, v9_0=OLD, v99_0=OLD, v98_0=OLD)
    found = pip.fetch(tmp_path)
    assert (found.name, found.read_bytes()) == ("pip-24.1-py3-none-any.whl", GOOD)


def test_what_is_not_as_listed_is_not_kept(index, tmp_path):
    index(anchor("24.1", GOOD), v24_1=b"something else")
    with pytest.raises(NoPipError, match="not the one it lists"):
        pip.fetch(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "page", ["", "<html>Log in to the hotel</html>", anchor("24.1").replace("sha256", "md5")]
)
def test_a_page_without_a_pip(index, page, tmp_path):
    index(page)
    with pytest.raises(NoPipError, match="has no pip for this Python"):
        pip.fetch(tmp_path)


@pytest.mark.parametrize("url", ["http://pypi.invalid/simple", "ftp://127.0.0.1/simple", "file:///simple"])
def test_only_by_https(url, tmp_path):
    with pytest.raises(NoPipError, match="by https only"):
        pip.fetch(tmp_path, {"PIP_INDEX_URL": url})


def test_a_link_or_redirect_to_an_unsafe_place(index, httpserver, tmp_path):
    index(anchor("24.1", directory="http://pypi.invalid/files"))
    with pytest.raises(NoPipError, match="by https only"):
        pip.fetch(tmp_path)
    headers = {"Location": "http://pypi.invalid/simple/pip/"}
    httpserver.expect_request("/elsewhere/pip/").respond_with_data("", status=302, headers=headers)
    with pytest.raises(NoPipError, match="by https only"):
        pip.fetch(tmp_path, {"PIP_INDEX_URL": httpserver.url_for("/elsewhere")})


def test_a_login_is_for_the_index_alone(index, httpserver, tmp_path):
    elsewhere = httpserver.url_for("/files").replace("localhost", "127.0.0.1")
    index(anchor("24.1", directory=elsewhere), v24_1=GOOD)
    login = httpserver.url_for("/simple").replace("//", "//me:s3%20cret@")
    pip.fetch(tmp_path, {"PIP_INDEX_URL": login})
    page, file = (request for request, _ in httpserver.log)
    assert (page.authorization.username, page.authorization.password) == ("me", "s3 cret")
    assert file.authorization is None


@pytest.mark.parametrize("port", ["", ":nonsense"])
def test_a_login_is_in_no_message(port, tmp_path):
    with pytest.raises(NoPipError, match="no network to the package index") as found:
        pip.fetch(tmp_path, {"PIP_INDEX_URL": f"https://me:s3cret@pypi.invalid{port}/simple"})
    assert "s3cret" not in str(found.value)


def test_no_network(tmp_path):
    with pytest.raises(NoPipError, match="no network to the package index"):
        pip.fetch(tmp_path, {"PIP_INDEX_URL": "https://pypi.invalid/simple"})


def test_which_index(tmp_path):
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip" / "pip.conf").write_text("[global]\nindex-url = https://mirror.invalid/simple/\n")
    ours = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    assert pip.index_of(ours) == "https://mirror.invalid/simple"
    assert pip.index_of({**ours, "PIP_INDEX_URL": "https://a.invalid"}) == "https://a.invalid"
    assert pip.index_of({**ours, "PIP_CONFIG_FILE": "/dev/null"}) == "https://pypi.org/simple"
    (tmp_path / "pip" / "pip.conf").write_text("no settings at all")
    assert pip.index_of(ours).startswith("https://")
    with pytest.raises(NoPipError, match="PIP_NO_INDEX"):
        pip.index_of({"PIP_NO_INDEX": "1"})


def test_an_environment_by_a_real_pip(index, monkeypatch, tmp_path):
    """All the way, with the pip of the tests' own environment on the index."""
    wheels = tmp_path / "wheels"
    wheelhouse.fake(wheels, "pynvim", "0.5.2")
    wheelhouse.fake(wheels, "urllib3", "2.0")
    [pip] = wheelhouse.fill(tmp_path / "pip", ("pip",)).iterdir()
    content = pip.read_bytes()
    version = pip.name.split("-")[1]
    index(anchor(version, content), **{"v" + version.replace(".", "_"): content})
    for name, value in wheelhouse.environment(wheels).items():
        if name != "PIP_NO_INDEX":
            monkeypatch.setenv(name, value)
    ways = [way for way in environment._ways() if way[0] == "a pip of its own"]
    monkeypatch.setattr(environment, "_ways", lambda: ways)
    said = []
    environment.install(tmp_path / "data", upgrade=False, say=said.append)
    assert said[-1].startswith("Ready: pynvim 0.5.2 and urllib3 2.0")
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["install.lock", "venv"]
