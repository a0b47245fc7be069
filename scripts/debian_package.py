#!/usr/bin/env python3
"""Build the Debian package from a clean copy of what git has: .build/deb/vim-codestats_VERSION_all.deb.

Needs dpkg-dev, debhelper and dh-vim-addon; as root they are installed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from setup import SetupError, apt_install, say

REPO = Path(__file__).resolve().parent.parent
DEB = REPO / ".build" / "deb"
sys.path.insert(0, str(REPO / "python3"))

from codestats import __version__  # noqa: E402 (found by the line above)

CHANGELOG = """\
vim-codestats ({version}) unstable; urgency=medium

  * See CHANGELOG.md.

 -- codestats.vim developers <maintainers@codestats.invalid>  {date}
"""


def build() -> Path:
    """Build it; the package's path. Raises SetupError, CalledProcessError."""
    if not all(map(shutil.which, ("dpkg-buildpackage", "dh", "dh_vim-addon"))):
        apt_install("dpkg-dev", "debhelper", "dh-vim-addon", why="no tools for Debian packages were found")
    with tempfile.TemporaryDirectory() as directory:
        source = Path(directory) / f"vim-codestats-{__version__}"
        source.mkdir()
        archive = subprocess.run(["git", "archive", "HEAD"], cwd=REPO, check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x", "-C", source], input=archive, check=True)
        shutil.copytree(REPO / "packaging" / "debian", source / "debian")
        date = subprocess.run(["date", "-R"], check=True, capture_output=True, text=True).stdout.strip()
        (source / "debian" / "changelog").write_text(CHANGELOG.format(version=__version__, date=date))
        command = ["dpkg-buildpackage", "--build=binary", "--no-sign", "-d"]
        done = subprocess.run(command, cwd=source, check=False, capture_output=True, text=True)
        if done.returncode:
            raise SetupError(f"dpkg-buildpackage failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        DEB.mkdir(parents=True, exist_ok=True)
        package = next(Path(directory).glob("*.deb"))
        return Path(shutil.copy(package, DEB / package.name))


def main() -> int:
    """Build and say where it is."""
    try:
        print(build())
    except SetupError as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
