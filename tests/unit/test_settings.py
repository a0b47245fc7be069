from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codestats.settings import Settings

TOKEN = "SFMyNTY.OEotWWdnPT0jI01qaz0.X0wVEZquh8Ogau1iTtBihYqqL71FD8N6p5ChQiIpaxQ"


def settings_of(environ=None, **options):
    settings, problems = Settings.from_mapping(options, environ or {})
    assert problems == []
    return settings


def problem_of(environ=None, **options):
    """The settings and the one sentence that a bad value brings."""
    settings, problems = Settings.from_mapping(options, environ or {})
    assert len(problems) == 1
    assert problems[0].isprintable()
    return settings, problems[0]


def test_nothing_given():
    settings = settings_of()
    assert settings == Settings()
    assert (settings.api_key, settings.api_url, settings.username) == ("", "https://codestats.net", "")
    assert settings.request_timeout == 10.0
    assert (settings.languages, settings.ignore_filetypes) == ({}, frozenset())


def test_everything_given():
    settings = settings_of(
        api_key=f" {TOKEN}\n",
        api_url="https://beta.codestats.net/api/",
        username="Nicd",
        data_dir="/somewhere",
        languages={"foo": "Foo"},
        ignore_filetypes=["text"],
        language_names="code-stats-vim",
        request_timeout=3,
        ca_file="/etc/ca.pem",
        ascii=1,
        pulse_interval="not the core's business",
    )
    assert settings == Settings(
        api_key=TOKEN,
        token_name="g:codestats_api_key",
        api_url="https://beta.codestats.net",
        username="Nicd",
        data_dir="/somewhere",
        languages={"foo": "Foo"},
        ignore_filetypes=frozenset({"text"}),
        language_names="code-stats-vim",
        request_timeout=3.0,
        ca_file="/etc/ca.pem",
        ascii=True,
    )


@pytest.mark.parametrize("missing", [{}, {"api_key": ""}, {"api_key": None}, {"api_key": "  "}])
def test_the_environment_stands_in(missing):
    environ = {
        "CODESTATS_API_KEY": f" {TOKEN} ",
        "CODESTATS_API_URL": "http://[::1]:4000/",
        "CODESTATS_USERNAME": "ada",
    }
    settings = settings_of(environ, **missing)
    assert (settings.api_key, settings.api_url) == (TOKEN, "http://[::1]:4000")
    assert settings.username == "ada"


def test_an_option_goes_before_the_environment():
    environ = {
        "CODESTATS_API_KEY": "other",
        "CODESTATS_API_URL": "nonsense",
        "CODESTATS_DATA_DIR": "nonsense",
        "CODESTATS_USERNAME": "other",
    }
    settings = settings_of(environ, api_key="this", api_url="https://here", data_dir="/there", username="me")
    assert settings.username == "me"
    assert (settings.api_key, settings.api_url, settings.data_dir) == ("this", "https://here", "/there")


def test_the_token_names_the_user():
    assert settings_of(api_key=TOKEN).username == "😂"
    assert settings_of(api_key=TOKEN, username="me").username == "me"
    assert settings_of(api_key="undecodable").username == ""


@pytest.mark.parametrize(
    "token", [f"{TOKEN[:20]}\n{TOKEN[20:]}", f"{TOKEN} {TOKEN}", TOKEN + "\0", TOKEN + "日", 5, [TOKEN]]
)
def test_a_token_that_cannot_travel_is_told_without_showing_it(token):
    settings, problem = problem_of(api_key=token)
    assert settings.api_key == ""
    assert "g:codestats_api_key" in problem
    assert TOKEN[:20] not in problem
    assert TOKEN[20:] not in problem


def test_a_problem_names_the_variable_it_came_from():
    assert problem_of({"CODESTATS_API_KEY": "a b"})[1].startswith("CODESTATS_API_KEY ")
    assert problem_of({"CODESTATS_API_URL": "a b"})[1].startswith("CODESTATS_API_URL ")


@pytest.mark.parametrize(
    "given, used",
    [
        ("https://codestats.net", "https://codestats.net"),
        ("https://codestats.net/", "https://codestats.net"),
        ("https://codestats.net/api", "https://codestats.net"),
        (" HTTPS://CodeStats.NET:443/api/ ", "https://codestats.net"),
        ("https://stats.example:8443/below/api//", "https://stats.example:8443/below"),
        ("https://stats.example/capi", "https://stats.example/capi"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("http://localhost:4000/api", "http://localhost:4000"),
        ("http://LOCALHOST", "http://localhost"),
        ("http://127.0.0.1:80/", "http://127.0.0.1"),
        ("http://127.9.8.7:1", "http://127.9.8.7:1"),
        ("http://[::1]:4000/api", "http://[::1]:4000"),
        ("http://[0:0:0:0:0:0:0:1]", "http://[::1]"),
    ],
)
def test_addresses(given, used):
    assert settings_of(api_url=given).api_url == used


@pytest.mark.parametrize(
    "url, says",
    [
        ("codestats.net", "begin with https://"),
        ("ftp://codestats.net", "begin with https://"),
        ("//codestats.net", "begin with https://"),
        ("http://codestats.net", "begin with https://"),
        ("http://10.0.0.1", "begin with https://"),
        ("http://127.0.0.1.example", "begin with https://"),
        ("http://localhost.example", "begin with https://"),
        ("http://0x7f.1", "begin with https://"),
        ("http://[::2]", "begin with https://"),
        ("https://user:hunter2@codestats.net", "user name or password"),
        ("https://hunter2@codestats.net", "user name or password"),
        ("http://localhost@codestats.net", "user name or password"),
        ("https://codestats.net?a=hunter2", "plain address"),
        ("https://codestats.net#hunter2", "plain address"),
        ("https://", "address like"),
        ("https:///api", "address like"),
        ("https://:443", "address like"),
        ("https://codestats.net:https", "address like"),
        ("https://codestats.net:70000", "address like"),
        ("https://code stats.net", "address like"),
        ("https://code\nstats.net", "address like"),
        ("https://codestats.net\\@other", "user name or password"),
        ("https://codestats.net/a b", "address like"),
        ("https://codestats.net/ä", "address like"),
        ("https://[::1", "address like"),
        ("https://[v1.x]", "address like"),
        ("https://a..ä", "address like"),
        ("https://%68ost", "address like"),
        (TOKEN, "begin with https://"),
        (5, "string"),
        (["https://codestats.net"], "string"),
    ],
)
def test_a_bad_address_turns_sending_off(url, says):
    settings, problem = problem_of(api_url=url)
    assert settings.api_url == ""  # never the default service: the XP was meant for another one
    assert says in problem
    assert "nothing is sent" in problem
    assert "hunter2" not in problem
    assert TOKEN not in problem


@pytest.mark.parametrize("value", [0, -1, 1e9, float("nan"), float("inf"), "5", True, [], {}])
def test_bad_times_become_the_default(value):
    settings, problem = problem_of(request_timeout=value)
    assert settings.request_timeout == 10.0
    assert "seconds" in problem


@pytest.mark.parametrize(
    "option, value, used",
    [
        ("username", 5, ""),
        ("username", "two\nlines", ""),
        ("data_dir", "relative", ""),
        ("data_dir", ["/x"], ""),
        ("ca_file", "relative.pem", ""),
        ("language_names", {}, ""),
        ("languages", "python", {}),
        ("languages", ["python"], {}),
        ("languages", {"a": "A", "b": 5, "c": None}, {"a": "A"}),
        ("ignore_filetypes", "text", frozenset()),
        ("ignore_filetypes", {"text": 1}, frozenset()),
        ("ignore_filetypes", ["text", 5], frozenset({"text"})),
        ("ascii", "yes", False),
        ("ascii", [1], False),
    ],
)
def test_values_of_a_wrong_type(option, value, used):
    settings, problem = problem_of(**{option: value})
    assert getattr(settings, option) == used
    assert problem.startswith(f"g:codestats_{option} must")


def test_empty_collections_of_lua_are_empty_whatever_they_look_like():
    settings = settings_of(languages=[], ignore_filetypes={})
    assert (settings.languages, settings.ignore_filetypes) == ({}, frozenset())


def test_the_home_directory_is_understood():
    assert settings_of(data_dir="~/stats").data_dir == str(Path("~/stats").expanduser())


def test_every_problem_is_told():
    _, problems = Settings.from_mapping({"api_key": "a b", "api_url": "x", "ascii": 7}, {})
    assert len(problems) == 3


def test_the_token_is_not_in_the_repr():
    assert TOKEN not in repr(settings_of(api_key=TOKEN))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
OPTIONS = tuple(Settings.__dataclass_fields__)


@given(st.dictionaries(st.sampled_from(OPTIONS), ANYTHING))
def test_nothing_makes_it_fail(mapping):
    settings, problems = Settings.from_mapping(mapping, {})
    assert all(problem.isprintable() for problem in problems)
    assert settings.api_url == "" or settings.api_url.startswith(("https://", "http://"))


@pytest.mark.parametrize(
    "given, environ, name",
    [
        ({"api_key": TOKEN}, {}, "g:codestats_api_key"),
        ({}, {"CODESTATS_API_KEY": TOKEN}, "$CODESTATS_API_KEY"),
        ({"api_key": TOKEN, "token_name": ":CodeStatsLogin"}, {}, ":CodeStatsLogin"),
    ],
)
def test_where_the_token_came_from(given, environ, name):
    assert Settings.from_mapping(given, environ)[0].token_name == name
