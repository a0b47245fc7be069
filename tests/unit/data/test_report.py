"""The report and the card: what they hold, and what a real browser makes of them."""

from __future__ import annotations

import random
import re
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codestats.cli import main
from codestats.data.report import card, page, report_of
from codestats.data.report.breakdown import breakdown_of
from codestats.data.report.card_text import card_markdown, card_text
from codestats.data.report.style import COLOURS, STYLE
from codestats.profile import parse_profile
from codestats.views.parts.colours import contrast, rgb_of
from support.memory_sums import Activity

NOW = datetime(2026, 11, 21, 15, 30, tzinfo=timezone.utc)
HOSTILE = [
    "<script>document.title = 'broken'</script>",
    "</style></title><img src=x onerror=alert(1)>",
    "\u202eright-to-left مرحبا",
    "x" * 255,
    "a&b\"';--",
    "-->]]>",
    "\x00\x1b[31mred\ufffe\udc80",
    "😂💩",
    "Z" + "\u0335\u0321" * 60,
    "&lt;not markup&gt;",
    "{{7*7}} ${7*7} %s",
]


def sample(names=(), user="Nicd", days=400, seed=1):
    chance = random.Random(seed)
    tallies = {
        name: {"xps": 1_000_000 // (at + 1), "new_xps": 0}
        for at, name in enumerate([*names, "Python", "Lua"])
    }
    dates = {
        (NOW - timedelta(days=day)).date().isoformat(): chance.randint(1, 8000)
        for day in range(days)
        if day % 3
    }
    answer = {
        "user": user,
        "total_xp": 3_073_421,
        "new_xp": 3289,
        "languages": tallies,
        "machines": tallies,
        "dates": dates,
    }
    entries = [
        ((NOW - timedelta(hours=hour)).strftime("%Y-%m-%dT%H"), "Lua", "box", hour % 50 + 1)
        for hour in range(500)
    ]
    return report_of(parse_profile(answer), Activity.of(entries), user, NOW, Noted(names))


class Noted:
    """Where the text of these languages and of Lua came from."""

    def __init__(self, names):
        self.names = names

    def along(self, dimension, first, last):
        kinds = {"typed": (61, 3), "completed": (9, 0), "pasted": (12, 0), "tools": (18, 1)}
        keys = {"": [""], "language": [*self.names, "Lua"], "month": ["2026-10", "2026-11"]}[dimension]
        return dict.fromkeys(keys, kinds)


EMPTY = report_of(None, Activity(), "", NOW)


@pytest.mark.parametrize(
    "report", [EMPTY, sample(), sample(HOSTILE, HOSTILE[0])], ids=["empty", "plain", "hostile"]
)
def test_the_card_is_xml_without_anything_active(report):
    root = ET.fromstring(card(report))
    kinds = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert kinds <= {"svg", "style", "rect", "text", "tspan", "g", "title", "circle"}
    assert not any(
        name.rpartition("}")[2].startswith(("on", "href", "src")) for e in root.iter() for name in e.attrib
    )


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.seen, self.scripts = set(), 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        self.scripts += tag == "script"
        assert not any(name.startswith("on") or name in ("src", "href", "style") for name, _ in attrs)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.text(max_size=50), max_size=5), st.text(max_size=30))
def test_no_name_becomes_markup(names, user):
    report = sample(names, user)
    tags = Tags(page(report))
    assert not tags.seen & {"img", "iframe", "link", "object", "base", "a", "form"}
    assert tags.scripts == 2  # the page's own, and its data
    ET.fromstring(card(report))


def test_nothing_known_is_a_page_too():
    assert "Nothing yet." in page(EMPTY)
    assert ">0</text>" in page(EMPTY)


def test_where_the_text_came_from_is_told_where_it_was_noted():
    assert "Where the text came from" not in page(EMPTY)
    text = page(sample())
    for word in ("typed 61%", "completed 9%", "pasted 12%", "by tools 18%", "Nov 2026", "bracketed paste"):
        assert word in text


def test_a_thousand_languages_are_folded_away():
    text = page(sample([f"Language {number}" for number in range(1000)]))
    assert "990 more" in text
    assert len(text) < 500_000


def test_names_of_which_the_same_is_shown_are_one_and_lose_nothing():
    pairs = [("Lua", "box"), ("Lua\x00", "box\x00"), ("Lua", "box\x01"), ("Python", "\x02box")]
    others = [("Lua", f"machine {number}{mark}") for number in range(9) for mark in ("", "\x03")]
    entries = [("2026-11-21T09", *pair, 10) for pair in pairs * 9 + others]
    found = breakdown_of(Activity.of(entries), NOW.date(), NOW.date())
    by_machine = found.periods[0].tables["machine"]
    assert len(set(by_machine.columns)) == len(by_machine.columns) == 8
    assert by_machine.columns[0] == "box"
    assert [(line.name, line.values[0]) for line in by_machine.lines] == [("Lua", 270), ("Python", 90)]
    assert sum(line.total for line in by_machine.lines) == 10 * len(entries)
    (day,) = found.days.values()
    assert [(one.language, one.named["machine"]["box"]) for one in day] == [("Lua", 270), ("Python", 90)]
    assert sum(xp for one in day for xp in one.named["machine"].values()) == 10 * len(entries)


def test_the_command_writes_both_and_says_so(home, tmp_path, capsys):
    assert main(["report", "-o", str(tmp_path / "a.html"), "--card", str(tmp_path / "a.svg")]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "a.svg", "home"]
    assert (tmp_path / "a.html").stat().st_mode & 0o777 == 0o600
    assert main(["report", "-o", "-"]) == 0


def test_a_service_that_is_down_is_said_and_the_page_is_made(home, tmp_path, service, monkeypatch, capsys):
    monkeypatch.setenv("CODESTATS_API_URL", service.url)
    monkeypatch.setenv("CODESTATS_API_KEY", service.token())
    target = tmp_path / "a.html"
    assert main(["report", "-o", str(target)]) == 0
    service.stop()
    assert main(["report", "-o", str(target), "--user", "other"]) == 1
    assert target.exists()
    assert "without the profile" in capsys.readouterr().err


@pytest.fixture
def shown(browser, tmp_path):
    """Shows a report; returns the browser."""

    def show(report, width, scheme="light"):
        path = tmp_path / "report.html"
        path.write_text(page(report))
        browser.show(path.as_uri(), width, scheme)
        return browser

    return show


def texts(browser, selector):
    return browser.ask(f"[...document.querySelectorAll({selector!r})].map(e => e.textContent)")


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 360, 768, 1280])
@pytest.mark.parametrize(
    "report", [EMPTY, sample(), sample(HOSTILE, HOSTILE[3])], ids=["empty", "plain", "hostile"]
)
def test_it_fits_every_width(shown, width, report):
    browser = shown(report, width)
    assert browser.ask("document.documentElement.scrollWidth") == width
    beyond = (
        "filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll table')).length"
    )
    assert browser.ask(f"[...document.querySelectorAll('main :not(bdi)')].{beyond}") == 0


@pytest.mark.browser
def test_it_shows_what_it_should(shown):
    browser = shown(sample(HOSTILE), 1280)
    assert browser.ask("document.title") == "Nicd · Code::Stats"
    assert texts(browser, ".level") == ["43"]
    assert texts(browser, "h1 + p") == ["3,073,421 XP"]
    titles = [
        "A year",
        "Breakdown",
        "Where the text came from",
        "Languages",
        "Machines",
        "Weekdays",
        "Hours of the day",
    ]
    assert texts(browser, "h2") == titles
    names = texts(browser, "section:nth-of-type(5) li b")
    assert names[:2] == [
        "<script>document.title = 'broken'</script>",
        "</style></title><img src=x onerror=alert(1)>",
    ]
    assert "&lt;not markup&gt;" in names
    assert browser.ask("document.querySelectorAll('.days [data-day]').length") == 53 * 7 + 6
    assert browser.ask("document.querySelector('[data-day=\"2025-11-11\"]').title") == "11 Nov 2025: 0 XP"


@pytest.mark.browser
def test_it_runs_nothing_of_others_and_asks_nobody(shown, tmp_path):
    browser = shown(sample(HOSTILE, HOSTILE[0]), 1280)
    asked = [event["request"]["url"] for event in browser.named("Network.requestWillBeSent")]
    assert asked == [(tmp_path / "report.html").as_uri()]
    assert browser.named("Log.entryAdded") == []  # no violation of its own policy either
    assert browser.named("Page.javascriptDialogOpening") == []
    assert browser.ask("document.images.length + document.links.length") == 0
    assert browser.ask("document.scripts.length") == 2
    # The policy holds: what somebody might bring in is refused.
    browser.ask(
        """void document.body.insertAdjacentHTML('beforeend', '<img src="http://127.0.0.1:9/x.png">')"""
    )
    browser.ask(
        """void document.body.append(
            Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))"""
    )
    assert browser.ask("typeof window.ran") == "undefined"
    while not browser.named("Network.loadingFailed"):
        browser.ask("1")
    assert [event["blockedReason"] for event in browser.named("Network.loadingFailed")] == ["csp"]


@pytest.mark.browser
def test_light_and_dark_are_readable(shown):
    """Contrast of text on its ground as WCAG measures it: 4.5 to 1 at least."""
    measure = """(() => {
      const light = color => { const [r, g, b] = color.match(/[\\d.]+/g).map(v => v / 255)
          .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b };
      const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
          if (c !== 'rgba(0, 0, 0, 0)') return c } };
      const all = 'h1, h2, p, dt, dd, small, li b, li span, summary, footer, svg text, th, td, button, output';
      return [...document.querySelectorAll(all)]
        .map(e => {
          const style = getComputedStyle(e), own = e.closest('svg') ? style.fill : style.color;
          const [a, b] = [light(own), light(ground(e))].sort((x, y) => y - x); return (a + .05) / (b + .05) })
        .reduce((x, y) => Math.min(x, y)) })()"""
    grounds = set()
    for scheme in ("light", "dark"):
        browser = shown(sample(HOSTILE), 360, scheme)
        assert browser.ask("document.querySelectorAll('td.h4').length") > 0
        assert browser.ask(measure) >= 4.5
        grounds.add(browser.ask("getComputedStyle(document.body).backgroundColor"))
    assert len(grounds) == 2


def test_a_card_of_nobody_yet_names_the_service_once():
    assert card_text(EMPTY).splitlines()[0] == "Code::Stats"
    assert card_markdown(EMPTY).splitlines()[0] == "### Code::Stats"
    assert 'aria-label="Code::Stats: level 0"' in card(EMPTY)
    assert card_text(sample()).splitlines()[0] == "Nicd at Code::Stats"


def test_each_language_stands_out_from_the_page():
    """Some are nearly black or white: around each is a ring of the page's quiet text."""
    assert ".dot{border-radius:50%;box-shadow:0 0 0 1px var(--soft)}" in STYLE
    assert ".dot{stroke:var(--soft)}" in card(sample())
    assert card(sample(("Rust", "Odd one"))).count('<circle class="dot"') == 4
    schemes = [dict(re.findall(r"--(\w+):(#\w+)", rules)) for rules in COLOURS.split("@media")]
    assert len(schemes) == 2
    for colours in schemes:
        soft, face = (rgb_of(long(colours[name])) for name in ("soft", "face"))
        assert contrast(soft, face) >= 4.5


def long(colour):
    """``#fff`` as ``#ffffff``."""
    return colour if len(colour) == 7 else "#" + "".join(2 * part for part in colour[1:])


@pytest.mark.browser
def test_the_card_is_drawn(browser, tmp_path):
    for report in (EMPTY, sample(HOSTILE, HOSTILE[3])):
        (tmp_path / "card.svg").write_text(card(report))
        browser.show((tmp_path / "card.svg").as_uri(), 480, "dark", 236)
        assert browser.named("Log.entryAdded") == []
        inside = (
            "[...document.querySelectorAll('text')].filter(e => e.getBoundingClientRect().right > 470).length"
        )
        assert browser.ask(inside) == 0
        assert len(browser.named("Network.requestWillBeSent")) == 1
