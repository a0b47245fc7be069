"""One of a language's several names: the user's profile decides, once, before the first of it is sent."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta, timezone

import pytest

from codestats import paths
from codestats.clock import Clock
from codestats.delivery.backoff import Backoff
from codestats.engine import viewer
from codestats.engine.engine import Engine
from codestats.storage.database import Database
from codestats.storage.name_choices import choose
from support.embedded_client import post
from support.fakes import Editor, rows, wait_until

JSX, REACT = "TypeScript (JSX)", "TypeScript (React)"


def elsewhere(service, **xp):
    """XP of the same user, typed in another editor."""
    entries = [
        {"language": {"jsx": JSX, "react": REACT}.get(name, name), "xp": amount}
        for name, amount in xp.items()
    ]
    stamp = datetime.now(timezone.utc).isoformat()
    assert post(service, {"coded_at": stamp, "xps": entries}, service.token("alice", "vscode")).status == 201


class Tomorrow(Clock):
    """The machine's clock a day later."""

    def now(self):
        return super().now() + 86_400


@pytest.fixture
def start(service, tmp_path):
    engines = []

    def starting(clock=None, **settings):
        editor = Editor()
        engine = Engine(
            editor.deliver, environ={"HOME": str(tmp_path)}, backoff=Backoff(0.02, 0.1), clock=clock
        )
        engines.append(engine)
        known = {
            "api_key": service.token("alice", "pc"),
            "api_url": service.url,
            "data_dir": str(tmp_path / "data"),
        }
        engine.receive({"type": "configure", "settings": {**known, **settings}})
        return engine, editor

    yield starting
    for engine in engines:
        engine.stop()


def typed(engine, identity, **xp):
    keys = {"typescriptreact": 2, **xp}
    batch = {"id": identity, "at": int(time.time()), "xp": keys, "editor": "Vim"}
    sources = {key: {"typed": [amount, 1]} for key, amount in keys.items()}
    engine.receive({"type": "record", "batches": [{**batch, "sources": sources}]})


def told(engine, editor, key="typescriptreact"):
    """What `:CodeStatsLanguage` would say."""
    before = len(editor.of("names"))
    engine.receive({"type": "names", "keys": [key]})
    wait_until(lambda: len(editor.of("names")) > before)
    [[_, name, why]] = editor.of("names")[-1]["names"]
    return name, why


@pytest.mark.parametrize(
    "profile, name, why",
    [
        ({"react": 5}, REACT, "your profile has it"),
        ({"jsx": 5, "react": 7}, REACT, "it has more XP in your profile (7) than TypeScript (JSX) 5"),
        ({"jsx": 1700, "react": 7}, JSX, "it has more XP in your profile (1,700) than TypeScript (React) 7"),
        ({"Lua": 5}, JSX, "our name, since your profile had it under no other one"),
        ({}, JSX, "our name, since your profile had it under no other one"),
    ],
    ids=["one", "both", "both, ours more", "none", "empty"],
)
def test_the_profile_decides(profile, name, why, start, service):
    if profile:
        elsewhere(service, **profile)
    before = service.xp("alice")
    engine, editor = start()
    assert told(engine, editor)[0] == JSX
    typed(engine, "a", tsx=1)
    assert engine.drain(20)
    assert service.xp("alice") == {**before, name: before.get(name, 0) + 3}
    assert told(engine, editor)[0] == name
    assert why in told(engine, editor)[1]


def test_two_languages_are_not_put_into_the_entry_of_the_former_plugin(start, service):
    elsewhere(service, **{"C/C++": 5000})
    engine, editor = start()
    typed(engine, "a", c=1, cpp=1)
    assert engine.drain(20)
    assert service.xp("alice") == {"C/C++": 5000, "C": 1, "C++": 1, JSX: 2}
    assert told(engine, editor, "c") == ("C", "the table's name for filetype 'c'")


def test_two_filetypes_of_one_entry_in_another_editor_share_it_here(start, service):
    elsewhere(service, Git=5)
    engine, _ = start()
    typed(engine, "a", gitcommit=2, gitrebase=1)
    assert engine.drain(20)
    assert service.xp("alice") == {"Git": 8, JSX: 2}


def test_a_choice_is_for_good(start, service):
    elsewhere(service, react=5)
    engine, _ = start()
    typed(engine, "a")
    assert engine.drain(20)
    elsewhere(service, jsx=5000)
    engine.stop()
    engine, editor = start()
    typed(engine, "b")
    assert engine.drain(20)
    assert service.xp("alice") == {REACT: 9, JSX: 5000}
    assert told(engine, editor)[0] == REACT


def test_an_editor_hears_of_what_another_ones_profile_chose(start, service):
    elsewhere(service, react=5)
    engine, editor = start()
    assert told(engine, editor)[0] == JSX
    another, _ = start()
    typed(another, "a")
    assert another.drain(20)
    typed(engine, "b")
    wait_until(lambda: editor.of("names")[-1]["names"][0][1] == REACT)


def test_it_is_not_made_before_the_language_is_typed(start, service):
    engine, editor = start()
    engine.receive({"type": "record", "batches": [{"id": "a", "at": int(time.time()), "xp": {"lua": 1}}]})
    assert engine.drain(20)
    assert told(engine, editor) == (
        JSX,
        "the table's name for filetype 'typescriptreact', until your profile decides, before the first of it is sent",
    )
    elsewhere(service, react=5)
    engine.stop()
    engine, _ = start(clock=Tomorrow())
    typed(engine, "b")
    assert engine.drain(20)
    assert service.xp("alice") == {"Lua": 1, REACT: 7}


def test_offline_at_first_all_that_waits_is_renamed(start, service, tmp_path):
    elsewhere(service, react=5)
    service.stop()
    engine, editor = start()
    typed(engine, "a", **{"=TypeScript (React)": 1, "python": 4})
    wait_until(lambda: editor.of("recorded"))
    assert told(engine, editor)[0] == JSX
    service.start()
    engine.receive({"type": "flush"})
    service.wait_for(lambda: service.total("alice") == 12, 20)
    assert service.xp("alice") == {REACT: 8, "Python": 4}
    wait_until(lambda: editor.of("names")[-1]["names"][0][1] == REACT)
    wait_until(lambda: editor.of("profile") and editor.of("profile")[-1]["languages"].get(REACT) == 8)
    assert engine.drain(20)
    assert sorted(rows(paths.database_file(tmp_path / "data"), "SELECT language, xp FROM ledger")) == [
        ("Python", 4),
        (REACT, 3),
    ]
    typed_with = rows(paths.database_file(tmp_path / "data"), "SELECT language, xp FROM typed_with")
    assert sorted(typed_with) == [("Python", 4), (REACT, 3)]
    sources = rows(paths.database_file(tmp_path / "data"), "SELECT language, came, went FROM source")
    assert sorted(sources) == [("Python", 4, 1), (REACT, 3, 2)]


def test_a_hidden_profile_leaves_our_name_for_good(start, service):
    elsewhere(service, react=5)
    service.private = True
    engine, editor = start()
    typed(engine, "a")
    assert engine.drain(20)
    assert told(engine, editor)[1].endswith("your profile could not be read when the first of it was sent")
    service.private = False
    typed(engine, "b")
    assert engine.drain(20)
    assert service.xp("alice") == {REACT: 5, JSX: 4}


@pytest.mark.parametrize(
    "settings, name",
    [
        ({"languages": {"typescriptreact": JSX}}, JSX),
        ({"language_names": "default"}, JSX),
        ({"language_names": "emacs"}, JSX),
    ],
    ids=["own name", "default", "set"],
)
def test_the_users_word_goes_before_the_profile(settings, name, start, service):
    elsewhere(service, react=5)
    engine, _ = start(**settings)
    typed(engine, "a")
    assert engine.drain(20)
    assert service.xp("alice") == {REACT: 5, name: 2}


def test_a_day_has_one_name(start, service):
    """XP of today was sent under our name: the profile's goes from tomorrow on."""
    elsewhere(service, react=50)
    engine, _ = start(language_names="default")
    typed(engine, "a")
    assert engine.drain(20)
    engine.stop()
    engine, editor = start()
    typed(engine, "b")
    assert engine.drain(20)
    typed(engine, "c")
    assert engine.drain(20)
    assert service.xp("alice") == {REACT: 50, JSX: 6}
    tomorrow = (datetime.now().astimezone() + timedelta(days=1)).date().isoformat()
    assert f"{REACT} from {tomorrow} on" in told(engine, editor)[1]
    engine.stop()
    engine, editor = start(clock=Tomorrow())
    assert told(engine, editor)[0] == REACT
    typed(engine, "d")
    assert engine.drain(20)
    assert service.xp("alice") == {REACT: 52, JSX: 6}


def test_another_editor_follows_a_choice(start, service):
    elsewhere(service, react=5)
    first, _ = start()
    second, editor = start()
    assert told(second, editor)[0] == JSX
    typed(first, "a")
    assert first.drain(20)
    typed(second, "b")
    assert second.drain(20)
    assert service.xp("alice") == {REACT: 9}
    assert told(second, editor)[0] == REACT


def test_what_was_typed_without_a_token_goes_by_the_profile_of_whose_it_is_then(start, service):
    elsewhere(service, react=5)
    engine, editor = start(api_key="")
    typed(engine, "a")
    wait_until(lambda: editor.of("recorded"))
    engine.stop()
    engine, _ = start()
    assert engine.drain(20)
    assert service.xp("alice") == {REACT: 7}


def test_what_may_have_arrived_keeps_its_name(start, service, tmp_path):
    elsewhere(service, react=5)
    service.stop()
    engine, editor = start()
    typed(engine, "a")
    wait_until(lambda: editor.of("recorded"))
    engine.stop()
    database = Database(paths.database_file(tmp_path / "data"))
    with database.transaction() as connection:
        connection.execute("UPDATE pulse SET state = 'doubt', doubts = 1, open = 0")
    database.close()
    service.start()
    engine, _ = start()
    typed(engine, "b")
    assert service.wait_for(lambda: service.total("alice") == 9, 20)
    assert service.xp("alice") == {REACT: 7, JSX: 2}


def test_of_as_much_xp_ours_is_chosen():
    assert choose((JSX, REACT), {JSX.casefold(): 5, REACT.casefold(): 5}).name == JSX


def test_a_choice_is_kept_as_text_that_anybody_can_read(start, service, tmp_path):
    elsewhere(service, react=5)
    engine, _ = start()
    typed(engine, "a")
    assert engine.drain(20)
    [(value,)] = rows(
        paths.database_file(tmp_path / "data"), "SELECT value FROM meta WHERE key LIKE 'names %'"
    )
    assert json.loads(value) == {JSX: [REACT, "your profile has it", "", ""]}


def health(engine, editor):
    """What the check says of languages with several entries."""
    engine.receive({"type": "health", "id": 1, "files": [], "directories": [], "packages": []})
    wait_until(lambda: editor.of("health"))
    entries = editor.of("health")[-1]["entries"]
    return [(text, advice) for _, text, advice in entries if "several entries" in text]


SETTLED = {"languages": dict.fromkeys(("tsx", "typescript.tsx", "typescriptreact"), REACT)}


def window(engine, editor, name, page):
    """The text of a window's page, when the profile is there."""
    editor.messages.clear()
    state = {"page": page, "period": "all"}
    engine.receive(
        {"type": "view", "id": 7, "name": name, "state": state, "width": 100, "height": 40, "args": {}}
    )
    text = lambda: "\n".join([{"lines": []}, *editor.of("view")][-1]["lines"])  # noqa: E731
    wait_until(lambda: REACT in text())
    return " ".join(text().split())


def test_two_entries_are_told_of_where_languages_are_shown(start, service):
    elsewhere(service, react=5000, jsx=7)
    engine, editor = start()
    engine.receive({"type": "profile"})
    wait_until(lambda: editor.of("profile"))
    shown = window(engine, editor, "profile", "languages")
    assert f'"{JSX}" (7 XP) and "{REACT}" (5,000 XP) are one language.' in shown
    assert f"let g:codestats_languages = {{'tsx': '{REACT}'," in shown
    why = told(engine, editor)[1]
    assert why.startswith(f'in your profile also "{REACT}" (5,000 XP); '), "what a short line shows"
    assert f"'typescriptreact': '{REACT}'}}" in why
    engine, editor = start(**SETTLED)
    engine.receive({"type": "profile"})
    wait_until(lambda: editor.of("profile"))
    assert "one language" not in window(engine, editor, "profile", "languages")
    assert "also" not in told(engine, editor)[1]


def test_two_entries_are_looked_for_once_and_not_at_each_drawing(start, service, monkeypatch):
    looked = []
    real = viewer.languages_twice
    monkeypatch.setattr(viewer, "languages_twice", lambda *parts: [looked.append(parts), *real(*parts)][1:])
    elsewhere(service, react=5000, jsx=7)
    engine, editor = start()
    engine.receive({"type": "profile"})
    wait_until(lambda: editor.of("profile"))
    for _ in range(3):
        assert "one language" in window(engine, editor, "profile", "languages")
    assert len({id(profile) for profile, *_ in looked}) == len(looked), "once a profile"


def test_a_settled_language_is_one_row_and_the_history_is_as_it_was(start, service, tmp_path):
    elsewhere(service, react=5000, jsx=7)
    engine, editor = start(languages={"typescriptreact": JSX})
    typed(engine, "a")
    assert engine.drain(20)
    engine.stop()
    engine, editor = start(**SETTLED)
    typed(engine, "b")
    assert engine.drain(20)
    engine.receive({"type": "profile"})
    wait_until(lambda: editor.of("profile"))
    languages = window(engine, editor, "profile", "languages")
    assert "5,011" in languages
    assert JSX not in languages
    statistics = window(engine, editor, "stats", "all")
    assert JSX not in statistics
    ledger = rows(
        paths.database_file(tmp_path / "data"), "SELECT language, sum(xp) FROM ledger GROUP BY language"
    )
    assert dict(ledger) == {JSX: 2, REACT: 2}


@pytest.mark.parametrize(
    "profile, settings, told_of",
    [
        ({"react": 5000, "jsx": 7}, {}, True),
        ({"react": 5000, "jsx": 7}, {"languages": {"typescriptreact": JSX}}, False),
        ({"react": 5000, "jsx": 7}, {"language_names": "vscode"}, False),
        ({"react": 5000}, {}, False),
        ({"C": 1, "C++": 1, "C/C++": 1}, {}, False),
    ],
    ids=["two entries", "settled", "settled by a set", "one entry", "two languages"],
)
def test_health_tells_of_two_entries_that_are_not_settled(profile, settings, told_of, start, service):
    elsewhere(service, **profile)
    engine, editor = start(**settings)
    engine.receive({"type": "profile"})
    wait_until(lambda: editor.of("profile"))
    pairs = ", ".join(f"'{filetype}': '{REACT}'" for filetype in ("tsx", "typescript.tsx", "typescriptreact"))
    line = f"let g:codestats_languages = {{{pairs}}}"
    text = f'one language has several entries in your profile: "{JSX}" (7 XP) and "{REACT}" (5,000 XP)'
    assert health(engine, editor) == ([(text, line)] if told_of else [])
