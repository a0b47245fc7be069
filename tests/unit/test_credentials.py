import base64
import json
import urllib.parse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codestats.credentials import MASK, fits_header, owner_of, redact

DOCUMENTED = "SFMyNTY.OEotWWdnPT0jI01qaz0.X0wVEZquh8Ogau1iTtBihYqqL71FD8N6p5ChQiIpaxQ"


def token_of(user, machine="29", *, padding=False):
    inner = base64.urlsafe_b64encode(user.encode()) + b"##" + base64.urlsafe_b64encode(machine.encode())
    middle = base64.urlsafe_b64encode(inner).decode()
    return f"SFMyNTY.{middle if padding else middle.rstrip('=')}.c2lnbmF0dXJl"


def test_the_documented_token_tells_its_owner():
    assert owner_of(DOCUMENTED) == "😂"


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), min_size=1),
    st.from_regex(r"[0-9]{1,8}", fullmatch=True),
)
def test_any_user_name_is_read(user, machine):
    assert owner_of(token_of(user, machine)) == user


def test_a_user_name_that_would_steer_a_terminal_is_none():
    assert owner_of(token_of("\x1b]0;a", "7")) == ""


def test_padding_is_tolerated():
    assert owner_of(token_of("ab", "7", padding=True)) == "ab"


def middle(inner):
    return "a." + base64.urlsafe_b64encode(inner).decode().rstrip("=") + ".b"


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "one",
        "one.two",
        "a.b.c.d",
        "a.!!!.c",
        "a.ä.c",
        "a.A.c",
        middle(b"no separator"),
        middle(b"##"),
        middle(b"##Mjk="),  # nobody's machine
        middle(b"_w==##Mjk="),  # not UTF-8
        middle(b"@##Mjk="),
    ],
)
def test_a_token_that_does_not_decode_is_still_a_token(token):
    assert owner_of(token) == ""


@given(st.text())
def test_no_text_makes_it_fail(text):
    owner_of(text)
    owner_of(f"a.{text}.b")
    fits_header(text)
    redact(text, text)


@pytest.mark.parametrize(
    "token", ["", "a b", "a\nb", "a\r", "tab\t", "\x7f", "日本", "a\0b", "x" * 5000, "a\xa0b"]
)
def test_what_no_header_can_carry(token):
    assert not fits_header(token)


@pytest.mark.parametrize("token", [DOCUMENTED, "x", "~!", "é"])
def test_what_a_header_can_carry(token):
    assert fits_header(token)


HARD = "SFMyNTY.OEo+/WdnPT0jI01qaz0.X0w'V\"E\\Zq:é?uh8Ogau1iTt"


@pytest.mark.parametrize("token", [DOCUMENTED, HARD])
@pytest.mark.parametrize(
    "dress",
    [
        str,
        repr,
        ascii,
        json.dumps,
        lambda token: repr(token.encode()),
        lambda token: repr({"X-API-Token": token}),
        urllib.parse.quote,
        lambda token: urllib.parse.quote(token, safe=""),
        lambda token: urllib.parse.urlencode({"q": token}),
        lambda token: base64.b64encode(token.encode()).decode(),
        lambda token: base64.urlsafe_b64encode(token.encode()).decode(),
        lambda token: base64.b64encode(b"u:" + token.encode()).decode(),
        lambda token: base64.b64encode(b"user:" + token.encode() + b"@").decode(),
        lambda token: base64.b64encode(b"x" + token.encode() + b"yz").decode(),
        lambda token: token.encode().hex(),
        lambda token: token.split(".")[2],
        lambda token: f"{token}{token}",
    ],
)
def test_no_dress_hides_the_token(dress, token):
    text = redact(f"before {dress(token)} after", token)
    assert text.startswith("before ")
    assert text.endswith(" after")
    assert MASK in text
    signature = token.split(".")[2]
    for secret in (token, signature, signature[:-1]):
        for form in (secret, urllib.parse.quote(secret), secret.encode().hex()):
            assert form not in text
    # and nothing long is left of it that somebody could decode
    for word in text.replace(MASK, " ").split():
        assert len(word) < 20 or "API" in word


@pytest.mark.parametrize("piece", [DOCUMENTED[:30], DOCUMENTED[20:40], DOCUMENTED[-12:], DOCUMENTED.lower()])
def test_pieces_are_masked_too(piece):
    assert redact(f"x{piece}y", DOCUMENTED) == f"x{MASK}y"
    assert redact(f"İ{piece}y", piece) == f"İ{MASK}y"


def test_redaction_leaves_other_text_alone():
    assert redact("SFMyNTY is no secret", DOCUMENTED) == "SFMyNTY is no secret"
    assert redact("nothing to hide", "") == "nothing to hide"
    assert redact("a b a", "a") == "a b a"
