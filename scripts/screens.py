#!/usr/bin/env python3
"""Pictures of the windows as real editors draw them, and of the page: doc/screens/*.svg, *.txt and page.png.

    make screens

A year of somebody's typing (made up, the same at each run) is put into the embedded service and into the local history;
then each editor opens each window on a pseudo-terminal, and its screen is kept.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import urllib3

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "scripts"), str(ROOT / "python3")]

from codestats.server import Service  # noqa: E402 - needs the path set above
from codestats.views.parts.picture import Paper, Stretch, svg  # noqa: E402
from editors import find  # noqa: E402
from support import browser  # noqa: E402
from support.editor.driver import Editor  # noqa: E402
from support.editor.home import Home  # noqa: E402
from support.editor.terminal import Cell, wait_for  # noqa: E402

DIRECTORY = ROOT / "doc" / "screens"
USER, OTHER = "ada", "bob"
MACHINES = ("laptop", "workshop")
LANGUAGES = {
    "Python": 34,
    "Rust": 21,
    "TypeScript": 13,
    "Lua": 9,
    "C++": 8,
    "Markdown": 6,
    "Elixir": 4,
    "SQL": 3,
    "VimL": 2,
}
LANGUAGES_OF_OTHER = {
    "Go": 30,
    "Rust": 26,
    "Python": 12,
    "Shell Script": 12,
    "YAML": 8,
    "Lua": 7,
    "Markdown": 5,
}
# name → (editor, rows, columns, keys, colours of the terminal)
SCREENS = {
    "profile": ("nvim", 40, 120, ":CodeStatsProfile<CR>", "dark"),
    "profile-light": ("nvim", 40, 120, ":CodeStatsProfile<CR>", "light"),
    "profile-80x24": ("nvim", 24, 80, ":CodeStatsProfile<CR>", "dark"),
    "activity": ("nvim", 40, 120, ":CodeStatsProfile<CR>4", "dark"),
    "language": ("nvim", 40, 120, ":CodeStatsProfile<CR>gg/Rust<CR><CR>", "dark"),
    "stats": ("nvim", 40, 120, ":CodeStatsStats month<CR>bb", "dark"),
    "compare": ("nvim", 40, 120, ":CodeStatsProfile ada bob<CR>", "dark"),
    "vim-compare": ("vim", 24, 80, ":CodeStatsProfile ada bob<CR>2", "dark"),
    "vim-profile": ("vim", 40, 120, ":CodeStatsProfile<CR>", "dark"),
    "vim-profile-80x24": ("vim", 24, 80, ":CodeStatsProfile<CR>", "light"),
    "vim-stats": ("vim", 40, 120, ":CodeStatsStats month<CR>", "light"),
}
PAGE = (1100, "dark", 1010)  # width, colours and height of the browser's window
# What is to be seen before the picture is taken, where the window shows something else at first.
SHOWN = {
    "activity": r"Last 30 days",
    "compare": r"bob .*LEVEL \d+",
    "vim-compare": r"Language +ada +bob",
    "language": r"▸ Rust",
    "stats": r"Language × weekday",
}
# What a terminal shows for the sixteen colours that programs name.
NAMED = {
    "black": "#1c1f26",
    "red": "#d16969",
    "green": "#7fb069",
    "brown": "#d8a657",
    "yellow": "#d8a657",
    "blue": "#6d9ad1",
    "magenta": "#b48ead",
    "cyan": "#6bb3b3",
    "white": "#c8ccd4",
    "brightblack": "#5c6370",
    "brightred": "#e07b7b",
    "brightgreen": "#98c379",
    "brightbrown": "#e5c07b",
    "brightyellow": "#e5c07b",
    "brightblue": "#82aaff",
    "brightmagenta": "#c792ea",
    "brightcyan": "#89ddff",
    "brightwhite": "#ffffff",
}
PAPER = {"dark": ("#c8ccd4", "#14161b"), "light": ("#24292f", "#fbfbf8")}
SCHEMES = {"dark": "habamax", "light": "lunaperche"}  # of Vim; Neovim has a default of its own


def typing(now: datetime, languages: dict[str, int], seed: int) -> Iterator[tuple[datetime, str, str, int]]:
    """A year of work: hours with a machine, a language and XP; weekends are quieter, some weeks are free."""
    chance = random.Random(seed)  # noqa: S311 - the same year at each run
    for days in range(364, -1, -1):
        day = (now - timedelta(days=days)).replace(minute=0, second=0, microsecond=0)
        is_free = days > 1 and (
            (day.weekday() > 4 and chance.random() < 0.6) or 90 < days < 104 or chance.random() < 0.06
        )
        for hour in (
            ()
            if is_free
            else sorted(chance.sample((9, 10, 11, 13, 14, 15, 16, 20, 21, 22), chance.randint(2, 7)))
        ):
            at = day.replace(hour=hour)
            if at <= now:
                language = chance.choices(list(languages), list(languages.values()))[0]
                yield at, language, chance.choices(MACHINES, (3, 1))[0], int(chance.lognormvariate(6.2, 0.7))


def tell_service(
    service: Service, user: str, entries: list[tuple[datetime, str, str, int]], clock: list[float]
) -> None:
    """As pulses, each at its own time."""
    tokens = {machine: service.token(user, machine) for machine in MACHINES}
    for at, language, machine, xp in entries:
        clock[0] = at.timestamp()
        body = json.dumps({"coded_at": at.isoformat(), "xps": [{"language": language, "xp": xp}]})
        headers = {"Content-Type": "application/json", "X-API-Token": tokens[machine]}
        if urllib3.request("POST", f"{service.url}/api/my/pulses", body=body, headers=headers).status != 201:
            raise SystemExit("the embedded service does not take the sample")


def tell_history(home: Home, entries: list[tuple[datetime, str, str, int]]) -> None:
    """Through the import of the website's own format."""
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";", lineterminator="\n")
    rows.writerow(["sent_at", "sent_at_local", "tz_offset", "language", "machine", "amount"])
    for at, language, machine, xp in entries:
        offset = at.utcoffset() or timedelta()
        utc = (at - offset).strftime("%Y-%m-%d %H:%M:%SZ")
        rows.writerow(
            [utc, at.strftime("%Y-%m-%d %H:%M:%S"), int(offset.total_seconds() // 60), language, machine, xp]
        )
    file = home.path / "pulses.csv"
    file.write_text(text.getvalue())
    command = [sys.executable, "-m", "codestats", "import", str(file)]
    subprocess.run(
        command, env={**home.env, "PYTHONPATH": str(ROOT / "python3")}, check=True, stdout=subprocess.DEVNULL
    )


def picture(editor: Editor, rows: int, cols: int, paper: str) -> str:
    """The screen as SVG."""
    ink, ground = PAPER[paper]
    sheet = Paper(rows, cols, ink, colour(editor.cell(rows - 1, cols - 1).bg, ground))
    return svg((s for row in range(rows) for s in stretches(editor, row, sheet)), sheet)


def stretches(editor: Editor, row: int, paper: Paper) -> Iterator[Stretch]:
    """What has one look, of a row of the screen."""
    cells = [editor.cell(row, column) for column in range(paper.columns)]
    looks = [look(cell, paper) for cell in cells]
    start = 0
    for column in range(1, paper.columns + 1):
        if column == paper.columns or looks[column] != looks[start]:
            text = "".join(cell.text for cell in cells[start:column])
            ink, ground, bold = looks[start]
            yield Stretch(row, start, text, ink, ground, bold=bold)
            start = column


def look(cell: Cell, paper: Paper) -> tuple[str, str, bool]:
    """Colours of text and ground, and whether it is bold."""
    ink, ground = colour(cell.fg, paper.ink), colour(cell.bg, paper.ground)
    return (ground, ink, cell.bold) if cell.reverse else (ink, ground, cell.bold)


def colour(name: str, default: str) -> str:
    """Of pyte, as the SVG has it."""
    return default if name == "default" else NAMED.get(name) or f"#{name}"


def take(name: str, home: Home, service: Service) -> None:
    """One screen, as picture and as text."""
    kind, rows, cols, keys, paper = SCREENS[name]
    vimrc = [
        f"set background={paper} laststatus=2 noshowcmd noruler noshowmode noswapfile nohlsearch",
        "set statusline=\\ %f%=%{codestats#statusline()}\\ ",
        "set termguicolors",
        f"colorscheme {SCHEMES[paper]}" if kind == "vim" else "",
    ]
    variables = {
        "codestats_api_url": service.url,
        "codestats_api_key": service.token(USER, MACHINES[0]),
        "codestats_daily_goal": 2000,
    }
    files = {"hello.py": "def greet(name: str) -> str:\n    return f'Hello, {name}!'\n"}
    with Editor.start(
        find(kind),
        home,
        vimrc=vimrc,
        variables=variables,
        files=files,
        args=["hello.py"],
        rows=rows,
        cols=cols,
    ) as editor:
        opening, enter, more = keys.partition("<CR>")
        editor.keys(opening + enter)
        editor.wait_screen(r"LEVEL \d|Total")
        editor.wait_until("codestats#host#state() ==# 'up'")
        editor.keys(more)
        editor.wait_screen(SHOWN.get(name, r"LEVEL \d|Total"))
        wait_for(lambda: "reached" not in editor.screen_text(), timeout=10, what="the goal's toast to go")
        editor.command("redraw! | echo")
        screen = [line.rstrip() for line in editor.screen()]
        (DIRECTORY / f"{name}.txt").write_text("\n".join(screen).rstrip() + "\n")
        (DIRECTORY / f"{name}.svg").write_text(picture(editor, rows, cols, paper))


def take_page(home: Home, service: Service) -> None:
    """The web page as a browser shows it, where there is one."""
    program = browser.find()
    if program is None:
        print("no browser: page.png is left as it is")
        return
    settings = home.path / "settings.json"
    settings.write_text(json.dumps({"api_url": service.url, "username": USER}))
    page = home.path / "page.html"
    command = [
        sys.executable,
        "-m",
        "codestats",
        "report",
        "--output",
        str(page),
        "--settings",
        str(settings),
    ]
    environment = {**home.env, "PYTHONPATH": str(ROOT / "python3")}
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    window = browser.Browser(program)
    try:
        window.show(page.as_uri(), *PAGE)
        picture = window.call("Page.captureScreenshot", format="png")["data"]
    finally:
        window.close()
    (DIRECTORY / "page.png").write_bytes(base64.b64decode(picture))


def main() -> None:
    """Take the screens named as arguments, or all."""
    now = datetime.now().astimezone()
    clock = [now.timestamp()]
    DIRECTORY.mkdir(exist_ok=True)
    entries = list(typing(now, LANGUAGES, 20261121))
    with tempfile.TemporaryDirectory() as directory, Service(clock=lambda: clock[0]) as service:
        tell_service(service, USER, entries, clock)
        tell_service(service, OTHER, list(typing(now, LANGUAGES_OF_OTHER, 20261122)), clock)
        clock[0] = now.timestamp()
        home = Home.make(Path(directory))
        tell_history(home, entries)
        for name in SCREENS:
            if not sys.argv[1:] or name in sys.argv[1:]:
                take(name, home, service)
                print(DIRECTORY / f"{name}.svg")
        if not sys.argv[1:] or "page" in sys.argv[1:]:
            take_page(home, service)
            print(DIRECTORY / "page.png")


if __name__ == "__main__":
    main()
