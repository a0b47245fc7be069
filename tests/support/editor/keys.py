"""Key notation to the bytes that a terminal sends for it.

`parse("ihello<Esc>")` gives one entry a key. Known: <Esc> <CR> <NL> <Tab> <S-Tab> <BS> <Del> <Ins> <Space> <lt> <Bar>
<Up> <Down> <Left> <Right> <Home> <End> <PageUp> <PageDown> <F1>…<F12> <C-x> <M-x> <Nul> and <C-Space>. Anything else is
itself: one Unicode character, one key. A "<" that begins no known name is an error: write <lt>.
"""

from __future__ import annotations

import re

ESC = b"\x1b"

# xterm in application cursor mode, which both editors switch on; backspace is DEL, the pseudo-terminal's erase key.
_NAMED = {
    "esc": ESC,
    "cr": b"\r",
    "enter": b"\r",
    "nl": b"\n",
    "tab": b"\t",
    "s-tab": b"\x1b[Z",
    "bs": b"\x7f",
    "del": b"\x1b[3~",
    "ins": b"\x1b[2~",
    "space": b" ",
    "lt": b"<",
    "bar": b"|",
    "nul": b"\x00",
    "c-space": b"\x00",
    "up": b"\x1bOA",
    "down": b"\x1bOB",
    "right": b"\x1bOC",
    "left": b"\x1bOD",
    "home": b"\x1bOH",
    "end": b"\x1bOF",
    "pageup": b"\x1b[5~",
    "pagedown": b"\x1b[6~",
    **{f"f{number}": f"\x1bO{letter}".encode() for number, letter in enumerate("PQRS", 1)},
    **{
        f"f{number}": f"\x1b[{code}~".encode()
        for number, code in enumerate((15, 17, 18, 19, 20, 21, 23, 24), 5)
    },
}


def parse(notation: str) -> list[bytes]:
    """The bytes of each key, in order; ValueError on an unknown name."""
    keys: list[bytes] = []
    position = 0
    while position < len(notation):
        found = re.match(r"<([A-Za-z]-\S|[A-Za-z][A-Za-z0-9-]*)>", notation[position:])
        if found:
            keys.append(_named(found[1]))
            position += found.end()
        elif notation[position] == "<":
            raise ValueError(f"'<' begins no key in {notation[position:]!r}; write <lt>")
        else:
            keys.append(notation[position].encode())
            position += 1
    return keys


def _named(name: str) -> bytes:
    if name.lower() in _NAMED:
        return _NAMED[name.lower()]
    kind, dash, rest = name.partition("-")
    if dash and kind.lower() == "c" and len(rest) == 1:
        return _control(rest)
    if dash and kind.lower() in ("m", "a") and len(rest) == 1:
        return ESC + rest.encode()
    raise ValueError(f"unknown key <{name}>")


def _control(letter: str) -> bytes:
    code = ord(letter.upper())
    if letter == "?":
        return b"\x7f"
    if not 0x40 <= code <= 0x5F:
        raise ValueError(f"no terminal can send <C-{letter}>")
    return bytes([code & 0x1F])
