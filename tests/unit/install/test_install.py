"""The private environment: made by whatever is there, used when it works, and nothing lost when it can't be made."""

from __future__ import annotations

import errno
import os

import pytest

from codestats import paths
from codestats.cli import main
from codestats.install import environment
from support import standins, wheelhouse


@pytest.fixture
def wheels(tmp_path):
    directory = tmp_path / "wheels"
    wheelhouse.fake(directory, "pynvim", "0.5.2")
    wheelhouse.fake(directory, "urllib3", "2.0")
    return directory


@pytest.fixture
def index(wheels, home, monkeypatch):
    for name, value in wheelhouse.environment(wheels).items():
        monkeypatch.setenv(name, value)
    return wheels


@pytest.fixture
def only_target(monkeypatch):
    """As where there is neither uv nor ensurepip; the quickest way, too."""
    monkeypatch.setattr(
        environment, "_ways", lambda: [("pip --target", environment._bare_venv, environment._pip_target)]
    )


def install(data_dir, **options):
    said = []
    environment.install(data_dir, say=said.append, **{"upgrade": False, **options})
    return said


def versions(data_dir):
    return environment.versions(paths.environment_dir(data_dir))


def test_by_the_pip_that_is_there(index, only_target, tmp_path):
    said = install(tmp_path / "data")
    assert versions(tmp_path / "data") == {"pynvim": "0.5.2", "urllib3": "2.0"}
    assert said[-1].startswith("Ready: pynvim 0.5.2 and urllib3 2.0")


def test_by_venv(index, monkeypatch, tmp_path):
    monkeypatch.setattr(environment, "_ways", lambda: [("venv", environment._venv, environment._pip)])
    install(tmp_path / "data")
    assert versions(tmp_path / "data") == {"pynvim": "0.5.2", "urllib3": "2.0"}


def test_by_uv_where_it_is(index, monkeypatch, tmp_path):
    uv = standins.program(tmp_path / "bin", "uv", standins.UV)
    monkeypatch.setenv("PATH", f"{uv.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("STANDIN_STATE", str(tmp_path))
    install(tmp_path / "data")
    assert versions(tmp_path / "data") == {"pynvim": "0.5.2", "urllib3": "2.0"}
    assert [line.split()[0] for line in (tmp_path / "uv.log").read_text().splitlines()] == ["venv", "pip"]


def test_again_does_nothing(index, only_target, tmp_path, monkeypatch):
    install(tmp_path / "data")
    monkeypatch.setattr(environment, "_build", None)
    assert install(tmp_path / "data")[0].startswith("Nothing to do")


def test_upgrade_brings_the_newest(index, only_target, tmp_path):
    install(tmp_path / "data")
    wheelhouse.fake(index, "urllib3", "2.9")
    install(tmp_path / "data", upgrade=True)
    assert versions(tmp_path / "data") == {"pynvim": "0.5.2", "urllib3": "2.9"}


def test_what_is_too_old_is_replaced(index, only_target, tmp_path, monkeypatch):
    wheelhouse.fake(index, "urllib3", "1.20").rename(index / "kept")
    install(tmp_path / "data")
    site = next(paths.environment_dir(tmp_path / "data").glob("lib/python3*/site-packages"))
    (site / "urllib3-2.0.dist-info").rename(site / "urllib3-1.20.dist-info")
    install(tmp_path / "data")
    assert versions(tmp_path / "data")["urllib3"] == "2.0"


def test_without_pynvim_where_it_cannot_be_had(index, only_target, tmp_path):
    next(index.glob("pynvim*")).unlink()
    said = install(tmp_path / "data")
    assert versions(tmp_path / "data") == {"urllib3": "2.0"}
    assert any(line.startswith("Trying without pynvim") for line in said)


def test_failure_leaves_the_old_one_and_says_what_to_do(index, only_target, tmp_path):
    install(tmp_path / "data")
    for wheel in index.iterdir():
        wheel.unlink()
    with pytest.raises(environment.InstallError, match="the package index cannot be reached"):
        install(tmp_path / "data", upgrade=True)
    assert versions(tmp_path / "data") == {"pynvim": "0.5.2", "urllib3": "2.0"}
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["install.lock", "venv"]


def test_python_that_can_make_none(index, monkeypatch, tmp_path):
    def fail(*_):
        raise environment._StepError("Error: … ensurepip is not available")

    monkeypatch.setattr(environment, "_venv", fail)
    monkeypatch.setattr(environment, "_bare_venv", fail)
    monkeypatch.setattr(
        environment.process, "find", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None
    )
    with pytest.raises(environment.InstallError, match="apt install python3-venv"):
        install(tmp_path / "data")


def test_killed_between_old_and_new(index, only_target, tmp_path):
    install(tmp_path / "data")
    data = tmp_path / "data"
    paths.environment_dir(data).rename(data / "venv.old")
    (data / "venv.new-abc").mkdir()
    assert install(data)[0].startswith("Nothing to do")
    assert sorted(path.name for path in data.iterdir()) == ["install.lock", "venv"]


def test_one_at_a_time(index, only_target, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    with (data / "install.lock").open("w") as file:
        fcntl = pytest.importorskip("fcntl")
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(environment.InstallError, match="another installation"):
            install(data)


def test_where_the_file_system_has_no_locks(index, only_target, tmp_path, monkeypatch):
    def flock(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(pytest.importorskip("fcntl"), "flock", flock)
    assert install(tmp_path / "data")[-1].startswith("Ready: ")


def test_what_pythonpath_has_does_not_count(index, only_target, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "urllib3").mkdir(parents=True)
    (elsewhere / "urllib3" / "__init__.py").touch()
    (elsewhere / "urllib3-3.0.dist-info").mkdir()
    monkeypatch.setenv("PYTHONPATH", str(elsewhere))
    install(tmp_path / "data")
    assert versions(tmp_path / "data")["urllib3"] == "2.0"


def test_command(index, only_target, tmp_path, capsys):
    assert main(["install", "--data-dir", str(tmp_path / "data")]) == 0
    assert "Ready: pynvim 0.5.2 and urllib3 2.0" in capsys.readouterr().out
    for wheel in index.iterdir():
        wheel.unlink()
    assert main(["install", "--data-dir", str(tmp_path / "data"), "--upgrade"]) == 1
    assert capsys.readouterr().err.startswith("codestats: the package index cannot be reached")
