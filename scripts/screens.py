#!/usr/bin/env python3
"""Pictures of the windows as real editors draw them, for README and help: doc/screens/*.svg and *.txt.

    make screens

A year of somebody's typing (made up, the same at each run) is put into the embedded service and into the local history;
then each editor opens each window on a pseudo-terminal, and its screen is kept.
"""

from __future__ import annotations

import csv
import io
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import escape
from pathlib import Path

import urllib3

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "scripts"), str(ROOT / "python3")]

from codestats.server import Service  # noqa: E402 - needs the path set above
from editor.driver import Editor  # noqa: E402
from editor.home import Home  # noqa: E402
from editors import find  # noqa: E402

FOLDER = ROOT / "doc" / "screens"
USER = "ada"
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
# name → (editor, rows, columns, keys, colours of the terminal)
SCREENS = {
    "profile": ("nvim", 40, 120, ":CodeStatsProfile<CR>", "dark"),
    "profile-80x24": ("nvim", 24, 80, ":CodeStatsProfile<CR>", "dark"),
    "profile-40x20": ("nvim", 20, 40, ":CodeStatsProfile<CR>", "dark"),
    "languages": ("nvim", 40, 120, ":CodeStatsProfile<CR>2", "dark"),
    "activity": ("nvim", 40, 120, ":CodeStatsProfile<CR>4", "dark"),
    "stats": ("nvim", 40, 120, ":CodeStatsStats month<CR>b", "dark"),
    "vim-profile": ("vim", 40, 120, ":CodeStatsProfile<CR>", "light"),
    "vim-profile-80x24": ("vim", 24, 80, ":CodeStatsProfile<CR>", "light"),
    "vim-languages-40x20": ("vim", 20, 40, ":CodeStatsProfile<CR>2", "light"),
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
FONTS = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"
PAPER = {"dark": ("#c8ccd4", "#14161b"), "light": ("#24292f", "#fbfbf8")}


def typing(now: datetime) -> Iterator[tuple[datetime, str, str, int]]:
    """A year of work: hours with a machine, a language and XP; weekends are quieter, some weeks are free."""
    chance = random.Random(20261121)  # noqa: S311 - the same year at each run
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
                language = chance.choices(list(LANGUAGES), list(LANGUAGES.values()))[0]
                yield at, language, chance.choices(MACHINES, (3, 1))[0], int(chance.lognormvariate(6.2, 0.7))


def tell_service(service: Service, entries: list[tuple[datetime, str, str, int]], clock: list[float]) -> None:
    """As pulses, each at its own time."""
    tokens = {machine: service.token(USER, machine) for machine in MACHINES}
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
    """The screen as SVG: a line of text a row, a stretch of one colour a tspan."""
    ink, ground = PAPER[paper]
    wide, high = 8.4, 18
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{cols * wide + 24:.0f}" height="{rows * high + 24}">',
        f'<g font-family="{FONTS}" font-size="14">',
        f'<rect width="100%" height="100%" rx="8" fill="{ground}"/>',
    ]
    for row in range(rows):
        for start, text, fg, bg, bold in stretches(editor, row, cols, ink, ground):
            x, y = 12 + start * wide, 12 + row * high
            if bg != ground:
                parts.append(
                    f'<rect x="{x:.1f}" y="{y}" width="{len(text) * wide:.1f}" height="{high}" fill="{bg}"/>'
                )
            if text.strip():
                weight = ' font-weight="bold"' if bold else ""
                length = f'textLength="{len(text) * wide:.1f}" lengthAdjust="spacingAndGlyphs" xml:space="preserve"'
                parts.append(
                    f'<text x="{x:.1f}" y="{y + 14}" fill="{fg}"{weight} {length}>{escape(text)}</text>'
                )
    return "\n".join([*parts, "</g></svg>", ""])


def stretches(
    editor: Editor, row: int, cols: int, ink: str, ground: str
) -> Iterator[tuple[int, str, str, str, bool]]:
    """(first column, text, colour, background, bold) of each stretch of one look."""
    start, text, look = 0, "", None
    for col in range(cols):
        cell = editor.cell(row, col)
        fg, bg = colour(cell.fg, ink), colour(cell.bg, ground)
        this = (bg, fg, cell.bold) if cell.reverse else (fg, bg, cell.bold)
        if this != look and text and look:
            yield start, text, *look
            start, text = col, ""
        look = this
        text += cell.text or " "
    if look:
        yield start, text, *look


def colour(name: str, default: str) -> str:
    """Of pyte, as the SVG has it."""
    return default if name == "default" else NAMED.get(name) or f"#{name}"


def take(name: str, home: Home, service: Service) -> None:
    """One screen, as picture and as text."""
    kind, rows, cols, keys, paper = SCREENS[name]
    vimrc = [
        f"set background={paper} laststatus=2 noshowcmd noruler noshowmode noswapfile",
        "set statusline=\\ %f%=%{codestats#statusline()}\\ ",
        "set termguicolors" if kind == "nvim" else "set t_Co=256",
    ]
    variables = {"codestats_api_url": service.url, "codestats_api_key": service.token(USER, MACHINES[0])}
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
        editor.wait_screen(r"level \d|Total")
        editor.keys(more)
        editor.command("redraw! | echo")
        screen = [line.rstrip() for line in editor.screen()]
        (FOLDER / f"{name}.txt").write_text("\n".join(screen).rstrip() + "\n")
        (FOLDER / f"{name}.svg").write_text(picture(editor, rows, cols, paper))


def main() -> None:
    """Take the screens named as arguments, or all."""
    now = datetime.now().astimezone()
    clock = [now.timestamp()]
    FOLDER.mkdir(exist_ok=True)
    entries = list(typing(now))
    with tempfile.TemporaryDirectory() as folder, Service(clock=lambda: clock[0]) as service:
        tell_service(service, entries, clock)
        clock[0] = now.timestamp()
        home = Home.make(Path(folder))
        tell_history(home, [entry for entry in entries if entry[2] == MACHINES[0]])
        for name in SCREENS:
            if not sys.argv[1:] or name in sys.argv[1:]:
                take(name, home, service)
                print(FOLDER / f"{name}.svg")


if __name__ == "__main__":
    main()
