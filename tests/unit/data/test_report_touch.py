"""The page under mouse, keys and a finger, with and without its script, in a real browser."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timezone

import pytest

from codestats.data.report import page, report_of
from codestats.profile import parse_profile
from codestats.storage.database import Database
from codestats.storage.history import History
from codestats.storage.spool import ResolvedBatch, Spool
from codestats.storage.typed_with import system_name
from support.fakes import FakeClock
from support.memory_sums import Activity

pytestmark = pytest.mark.browser

NOW = datetime(2026, 11, 21, 15, 30, tzinfo=timezone.utc)  # a Saturday
ENTRIES = [
    ("2026-11-21T09", "Rust", "box", 3000),
    ("2026-11-21T16", "Rust", "laptop", 100),
    ("2026-11-21T16", "Lua", "laptop", 900),
    ("2026-11-18T10", "Lua", "box", 5000),
    ("2026-11-02T23", "C", "box", 20),
    ("2026-03-04T00", "C", "box", 70_000),
    ("2025-11-25T11", "Zig", "old", 400),
    ("2024-01-01T11", "Pascal", "old", 9),
]
WIDTHS = [390, 1280]
DAY = '[data-day="2026-11-21"]'


@pytest.fixture
def shown(browser, tmp_path):
    def show(width=1280, entries=ENTRIES, profile=None, sums=None, **how):
        path = tmp_path / "report.html"
        path.write_text(page(report_of(profile, sums or Activity.of(entries), "ada" if profile else "", NOW)))
        browser.show(path.as_uri(), width, **how)
        return browser

    yield show
    asked = [event["request"]["url"] for event in browser.named("Network.requestWillBeSent")]
    assert asked == [(tmp_path / "report.html").as_uri()]  # nobody else
    assert browser.named("Log.entryAdded") == []  # nor against its own policy
    assert browser.named("Runtime.exceptionThrown") == []


def rows(browser):
    """The table as text, head and foot too."""
    return browser.ask(
        "[...document.querySelectorAll('tr')].map(r => [...r.children].map(c => c.textContent))"
    )


def languages(browser):
    return [row[0] for row in rows(browser)[1:-1]]


def sorted_by(browser):
    script = (
        "[...document.querySelectorAll('[aria-sort]')].map(c => [c.textContent, c.getAttribute('aria-sort')])"
    )
    return browser.ask(script)


def told(browser):
    return browser.ask("document.querySelector('output').textContent")


def of(browser):
    return browser.ask("document.querySelector('#of b').textContent")


def pressed(browser):
    script = "[...document.querySelectorAll('[aria-pressed=true]')].map(b => b.dataset.day || b.textContent)"
    return browser.ask(script)


WHOLE = [
    ["Language", "XP", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    ["C", "70,020", "20", "·", "70k", "·", "·", "·", "·"],
    ["Lua", "5,900", "·", "·", "5.0k", "·", "·", "900", "·"],
    ["Rust", "3,100", "·", "·", "·", "·", "·", "3.1k", "·"],
    ["Total", "79,020", "20", "·", "75k", "·", "·", "4.0k", "·"],
]


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_table_is_whole_and_sorted_with_and_without_script(shown, width, script):
    browser = shown(width, script=script)
    assert rows(browser) == WHOLE
    assert sorted_by(browser) == [["XP", "descending"]]
    assert of(browser) == "1 Jan – 21 Nov"
    visible = "[...document.querySelectorAll('button')].filter(b => b.offsetParent).length"
    assert (browser.ask(visible) > 0) == script  # no button that does nothing
    assert browser.ask("document.querySelectorAll('.days [role=button]').length > 0") == script


def press_chip(browser, name, how):
    chip = f'.tools [data-{name[0]}="{name[1]}"]'
    if how == "keys":
        browser.ask(f"document.querySelector('{chip}').focus()")
        browser.press("Enter")
    else:
        (browser.click if how == "mouse" else browser.tap)(chip)


@pytest.mark.parametrize("how", ["mouse", "keys", "finger"])
@pytest.mark.parametrize("width", WIDTHS)
def test_chips_choose_period_dimension_and_unit(shown, width, how):
    browser = shown(width, touch=how == "finger")
    assert pressed(browser) == ["2026", "weekday", "XP"]
    press_chip(browser, ("period", "week"), how)
    assert of(browser) == "16–21 Nov"
    assert languages(browser) == ["Lua", "Rust"]
    press_chip(browser, ("by", "machine"), how)
    assert rows(browser)[:2] == [["Language", "XP", "box", "laptop"], ["Lua", "5,900", "5.0k", "900"]]
    press_chip(browser, ("unit", "share"), how)
    assert rows(browser)[1:] == [
        ["Lua", "5,900", "85%", "15%"], ["Rust", "3,100", "97%", "3%"], ["Total", "9,000", "89%", "11%"],
    ]  # fmt: skip
    press_chip(browser, ("period", "all"), how)
    press_chip(browser, ("by", "month"), how)
    assert of(browser) == "1 Jan 2024 – 21 Nov 2026"
    assert rows(browser)[0] == ["Language", "XP", "Jan 24", "Nov 25", "Mar 26", "Nov 26"]
    press_chip(browser, ("by", "hour"), how)
    assert rows(browser)[0][2:] == ["00–02", "03–05", "06–08", "09–11", "12–14", "15–17", "18–20", "21–23"]
    assert pressed(browser) == ["All", "hour", "% of row"]


@pytest.mark.parametrize("how", ["mouse", "keys", "finger"])
@pytest.mark.parametrize("width", WIDTHS)
def test_any_column_sorts_counts_and_shares(shown, width, how):
    browser = shown(width, touch=how == "finger")

    def head(key):
        selector = f'thead [data-sort="{key}"]'
        if how == "keys":
            browser.ask(f"document.querySelector('{selector}').focus()")
            browser.press(" ")
        else:
            (browser.click if how == "mouse" else browser.tap)(selector)

    head("name")
    assert (languages(browser), sorted_by(browser)) == (["C", "Lua", "Rust"], [["Language", "ascending"]])
    if how == "keys":  # the heading keeps the focus, however often the table is drawn
        assert browser.ask("document.activeElement.dataset.sort") == "name"
    head("name")
    assert languages(browser) == ["Rust", "Lua", "C"]
    head(5)
    assert (languages(browser)[0], sorted_by(browser)) == ("Rust", [["Sat", "descending"]])
    head(5)
    assert sorted_by(browser) == [["Sat", "ascending"]]
    head(2)
    assert languages(browser)[:2] == ["C", "Lua"]  # 70k, 5.0k
    press_chip(browser, ("unit", "share"), how)
    head("xp")
    head(5)
    assert languages(browser)[0] == "Rust"  # 100%, though Lua and C have more
    press_chip(browser, ("by", "machine"), how)
    assert sorted_by(browser) == [["XP", "descending"]]  # that column is gone


def test_what_it_was_typed_with_is_a_breakdown_where_it_is_known(shown, tmp_path):
    assert "system" not in shown().ask("document.getElementById('breakdown').textContent")
    with closing(Database(tmp_path / "spool.sqlite3")) as database:
        typed = [("Rust", 3000, "Vim"), ("Rust", 100, "Neovim"), ("Lua", 900, "Neovim"), ("Lua", 7, "")]
        batches = [
            ResolvedBatch(f"b{at}", int(NOW.timestamp()), {language: xp}, editor=editor)
            for at, (language, xp, editor) in enumerate(typed)
        ]
        Spool(database, FakeClock(int(NOW.timestamp()))).record(batches)
        with History(database).stats() as sums:
            browser = shown(sums=sums)
    press_chip(browser, ("by", "editor"), "mouse")
    table = [
        ["Language", "XP", "Vim", "Neovim", "?"],
        ["Rust", "3,100", "3.0k", "100", "·"],
        ["Lua", "907", "·", "900", "7"],
        ["Total", "4,007", "3.0k", "1.0k", "7"],
    ]
    assert rows(browser) == table
    browser.click(DAY)
    assert rows(browser) == table
    press_chip(browser, ("by", "system"), "mouse")
    assert rows(browser)[0] == ["Language", "XP", system_name(), "?"]


@pytest.mark.parametrize("width", WIDTHS)
def test_a_day_is_told_under_the_mouse_and_filters_by_a_click(shown, width):
    browser = shown(width)
    before = told(browser)
    browser.point(DAY)
    assert told(browser) == "Sat 21 Nov 2026: 4,000 XP · Rust 78% · 9–17 h"
    browser.point("h1")
    assert told(browser) == before == "79,420 XP on 5 days"
    browser.click(DAY)
    assert of(browser) == "Sat 21 Nov 2026"
    assert rows(browser)[1:] == [
        ["Rust", "3,100", "·", "·", "·", "·", "·", "3.1k", "·"],
        ["Lua", "900", "·", "·", "·", "·", "·", "900", "·"],
        ["Total", "4,000", "·", "·", "·", "·", "·", "4.0k", "·"],
    ]
    press_chip(browser, ("by", "hour"), "mouse")
    assert rows(browser)[1] == ["Rust", "3,100", "·", "·", "·", "3.0k", "·", "100", "·", "·"]
    press_chip(browser, ("by", "machine"), "mouse")
    assert rows(browser)[:3] == [
        ["Language", "XP", "box", "laptop", "old"],
        ["Rust", "3,100", "3.0k", "100", "·"],
        ["Lua", "900", "·", "900", "·"],
    ]  # fmt: skip
    press_chip(browser, ("by", "month"), "mouse")
    assert rows(browser)[0] == ["Language", "XP", "Nov 2026"]
    browser.click("#all-days")
    assert of(browser) == "1 Jan – 21 Nov"
    browser.click('[data-day="2026-11-20"]')  # a day without anything
    assert rows(browser)[1:] == [["Total", "0", "·"]]
    browser.click('[data-day="2026-11-20"]')
    press_chip(browser, ("by", "weekday"), "mouse")
    assert rows(browser) == WHOLE


@pytest.mark.parametrize("width", WIDTHS)
def test_days_are_reached_by_arrows_and_chosen_by_enter(shown, width):
    browser = shown(width)
    assert browser.ask(
        "[...document.querySelectorAll('.days [tabindex=\"0\"]')].map(d => d.dataset.day)"
    ) == ["2026-11-21"]
    browser.ask(f"document.querySelector('{DAY}').focus()")

    def at():
        return browser.ask("document.activeElement.dataset.day")

    ways = ["ArrowUp", "ArrowLeft", "ArrowDown", "ArrowRight", "ArrowRight", "Home", "ArrowLeft", "End"]
    days = [
        "2026-11-20",
        "2026-11-13",
        "2026-11-14",
        "2026-11-21",
        "2026-11-21",
        *["2025-11-10"] * 2,
        "2026-11-21",
    ]
    for key, day in zip(ways, days, strict=True):
        browser.press(key)
        assert at() == day
    assert told(browser).startswith("Sat 21 Nov 2026: 4,000 XP")
    browser.press("Enter")
    assert (of(browser), languages(browser)) == ("Sat 21 Nov 2026", ["Rust", "Lua"])
    assert DAY[11:21] in pressed(browser)
    browser.press("Escape")
    assert of(browser) == "1 Jan – 21 Nov"
    browser.press(" ")
    assert of(browser) == "Sat 21 Nov 2026"


@pytest.mark.parametrize("width", WIDTHS)
def test_a_finger_finds_the_days(shown, width):
    browser = shown(width, touch=True)
    assert browser.ask("matchMedia('(pointer: coarse)').matches")
    size = f"(r => Math.min(r.width, r.height))(document.querySelector('{DAY}').getBoundingClientRect())"
    assert browser.ask(size) >= 24
    smallest = """Math.min(...[...document.querySelectorAll('button')].filter(b => b.offsetParent)
        .map(b => b.getBoundingClientRect().height))"""
    assert browser.ask(smallest) >= 24
    assert browser.ask("document.documentElement.scrollWidth") == width
    latest = f"document.querySelector('{DAY}').getBoundingClientRect().right <= innerWidth"
    assert browser.ask(latest)  # today is in sight before anything is touched
    browser.tap(DAY)
    assert told(browser) == "Sat 21 Nov 2026: 4,000 XP · Rust 78% · 9–17 h"
    assert of(browser) == "Sat 21 Nov 2026"
    browser.tap(DAY)
    assert of(browser) == "1 Jan – 21 Nov"


def test_without_a_history_the_days_are_told_and_filter_nothing(shown):
    profile = parse_profile({"user": "ada", "total_xp": 5, "dates": {"2026-11-21": 5}, "languages": {}})
    browser = shown(entries=[], profile=profile)
    assert browser.ask("document.querySelectorAll('#breakdown, .days [role=button]').length") == 0
    browser.point(DAY)
    assert told(browser) == "Sat 21 Nov 2026: 5 XP"
    browser.ask(f"document.querySelector('{DAY}').focus()")
    browser.press("ArrowUp")
    assert told(browser) == "Fri 20 Nov 2026: 0 XP"


def test_other_peoples_names_stay_text(shown):
    names = [
        "</script><script>window.ran = 1</script>",
        "<img src=x onerror=window.ran=1>",
        "\u2028'\"\\",
        "{{7*7}}",
    ]
    entries = [("2026-11-21T09", name, name, 5) for name in names]
    browser = shown(entries=entries)
    press_chip(browser, ("by", "machine"), "mouse")
    assert sorted(languages(browser)) == sorted([*names[:2], "'\"\\", "{{7*7}}"])
    browser.click(DAY)
    assert browser.ask("typeof window.ran") == "undefined"
    assert browser.ask("document.images.length") == 0
