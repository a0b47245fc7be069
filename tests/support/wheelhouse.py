"""A package index for tests without a network: wheels made of what the tests' own environment has."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Mapping
from importlib.metadata import Distribution, distribution
from pathlib import Path

PACKAGES = ("pynvim", "msgpack", "greenlet", "typing_extensions", "urllib3")


def fill(directory: Path, packages: tuple[str, ...] = PACKAGES) -> Path:
    """Put a wheel of each package into the directory."""
    directory.mkdir(parents=True, exist_ok=True)
    for package in packages:
        _pack(distribution(package), directory)
    return directory


def environment(directory: Path) -> dict[str, str]:
    """What makes pip and uv take packages from that directory alone."""
    none = {
        "PIP_CONFIG_FILE": "/dev/null",
        "UV_NO_CONFIG": "1",
        "PIP_NO_INDEX": "1",
        "UV_NO_INDEX": "1",
        "UV_OFFLINE": "1",
    }
    return {**none, "PIP_FIND_LINKS": str(directory), "UV_FIND_LINKS": str(directory)}


def fake(directory: Path, name: str, version: str, modules: Mapping[str, str] | None = None) -> Path:
    """A wheel of a package that has only a version."""
    directory.mkdir(parents=True, exist_ok=True)
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}/__init__.py": f"__version__ = {version!r}\n",
        **(modules or {}),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    path = directory / f"{name}-{version}-py3-none-any.whl"
    _write(path, info, {file: text.encode() for file, text in files.items()})
    return path


def _pack(found: Distribution, directory: Path) -> None:
    tags = [
        line.removeprefix("Tag: ")
        for line in (found.read_text("WHEEL") or "").splitlines()
        if line.startswith("Tag: ")
    ]
    python, abi = tags[0].split("-")[:2]
    platform = ".".join(sorted({tag.split("-", 2)[2] for tag in tags}))
    files = {
        str(file): Path(str(found.locate_file(file))).read_bytes()
        for file in found.files or ()
        if ".." not in file.parts
        and "__pycache__" not in file.parts
        and file.name not in ("RECORD", "INSTALLER", "REQUESTED")
    }
    info = next(name.partition("/")[0] for name in files if name.endswith(".dist-info/METADATA"))
    _write(directory / f"{info.removesuffix('.dist-info')}-{python}-{abi}-{platform}.whl", info, files)


def _write(path: Path, info: str, files: Mapping[str, bytes]) -> None:
    record = []
    with zipfile.ZipFile(path, "w") as wheel:
        for name, content in files.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            record.append(f"{name},sha256={digest},{len(content)}\n")
            wheel.writestr(name, content)
        wheel.writestr(f"{info}/RECORD", "".join(record) + f"{info}/RECORD,,\n")
