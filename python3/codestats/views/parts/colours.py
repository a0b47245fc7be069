"""What the highlight groups look like on an editor's background: a few colours, computed from the colour scheme's own.

The editor tells the colours of Normal, Function, Directory and Comment (`Ground.of`), and gets back for each group what
``:highlight`` takes, or the name of a group to link to. Quiet text keeps a contrast of 4.5 to the background (WCAG 2,
1.4.3), signs and bars one of 3 (1.4.11). All is computed with the colours that the terminal can show.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from codestats import palette
from codestats.views.parts.highlights import GROUPS, LANGUAGE, language_group

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["PLAIN", "Colour", "Ground", "contrast", "definitions", "hex_of", "rgb_of"]

Colour = tuple[int, int, int]

TEXT, SIGN = 4.5, 3.0
_GREENS = ("#3fb950", "#1a7f37")  # on dark, on light
_REDS = ("#f47067", "#c0392b")
_TEALS = ("#4cc9b6", "#0f766e")  # where the scheme has no colour for functions
_LANGUAGES = {language_group(name): value for name, value in palette.COLOURS.items()} | {
    f"{LANGUAGE}{number:02}": value for number, value in enumerate(palette.HUES)
}

_CUBE = (0, 95, 135, 175, 215, 255)
_SIXTEEN = (
    "#000000", "#cd0000", "#00cd00", "#cdcd00", "#0000ee", "#cd00cd", "#00cdcd", "#e5e5e5",
    "#7f7f7f", "#ff0000", "#00ff00", "#ffff00", "#5c5cff", "#ff00ff", "#00ffff", "#ffffff",
)  # fmt: skip


def rgb_of(text: str) -> Colour:
    """Of ``#rrggbb``."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def hex_of(colour: Colour) -> str:
    """As ``#rrggbb``."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _of_index(index: int) -> Colour:
    """What xterm shows for one of its 256 colours."""
    if index < 16:
        return rgb_of(_SIXTEEN[index])
    if index >= 232:
        level = 8 + 10 * (index - 232)
        return level, level, level
    red, rest = divmod(index - 16, 36)
    return _CUBE[red], _CUBE[rest // 6], _CUBE[rest % 6]


def _parse(value: object) -> Colour | None:
    """A colour as an editor tells it: ``#rrggbb``, a number of the terminal's, or nothing of use."""
    text = str(value).strip()
    if len(text) == 7 and text[0] == "#":
        try:
            return rgb_of(text)
        except ValueError:
            return None
    return _of_index(int(text)) if text.isdecimal() and text.isascii() and int(text) < 256 else None


def _distance(one: Colour, other: Colour) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _apart(one: int, other: int) -> int:
    return abs(one - other)


@lru_cache(maxsize=1024)
def _index(colour: Colour) -> int:
    """The nearest of xterm's 240 fixed colours."""
    cube = [_CUBE.index(min(_CUBE, key=partial(_apart, part))) for part in colour]
    grey = min(max((sum(colour) // 3 - 3) // 10, 0), 23)
    candidates = (16 + 36 * cube[0] + 6 * cube[1] + cube[2], 232 + grey)
    return min(candidates, key=lambda index: _distance(_of_index(index), colour))


def _luminance(colour: Colour) -> float:
    parts = [part / 255 for part in colour]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Colour, other: Colour) -> float:
    """1 to 21, as WCAG 2 has it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _blend(one: Colour, other: Colour, part: float) -> Colour:
    """``part`` of the way from one to the other."""
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
    return red, green, blue


@dataclass(frozen=True, slots=True)
class Ground:
    """What there is to draw on, and with: colours of text and background, accent, quiet text; how many can be shown."""

    back: Colour
    text: Colour
    accent: Colour
    quiet: Colour
    count: int
    is_legible: bool = True
    """Whether the window's own text can be read as it is."""

    @classmethod
    def of(cls, told: object) -> Ground:
        """From what an editor tells: autoload/codestats/window/colours.vim."""
        parts: Mapping[str, Any] = told if isinstance(told, dict) else {}
        is_dark = bool(parts.get("dark", True))
        back = _parse(parts.get("back")) or ((0, 0, 0) if is_dark else (255, 255, 255))
        is_dark = _luminance(back) < 0.18
        text = _parse(parts.get("text"))
        is_legible = text is None or contrast(text, back) >= TEXT
        if text is None or not is_legible:
            text = (229, 229, 229) if is_dark else (0, 0, 0)
        wanted = parts.get("accent")
        accents = [_parse(value) for value in wanted] if isinstance(wanted, list) else []
        count = parts.get("count")
        return cls(
            back=back,
            text=text,
            accent=next(filter(_has_hue, accents), None) or rgb_of(_TEALS[not is_dark]),
            quiet=_parse(parts.get("quiet")) or _blend(text, back, 0.4),
            count=1 << 24 if parts.get("gui") else count if isinstance(count, int) else 256,
            is_legible=is_legible,
        )

    @property
    def is_dark(self) -> bool:
        """Whether the background is."""
        return _luminance(self.back) < 0.18

    @property
    def has_shades(self) -> bool:
        """Whether four shades of one colour can be told apart."""
        return self.count >= 256

    def shown(self, colour: Colour) -> Colour:
        """What the terminal makes of it."""
        return colour if self.count > 256 else _of_index(_index(colour))

    def legible(self, colour: Colour, least: float, back: Colour | None = None) -> Colour:
        """The colour, brought nearer to the text's until it stands out from the background."""
        ground = self.back if back is None else back
        end = self.text if contrast(self.text, ground) >= least else _far_end(ground)
        for step in range(17):
            found = self.shown(_blend(colour, end, step / 16))
            if contrast(found, ground) >= least:
                return found
        return self.shown(_far_end(ground))


def _far_end(ground: Colour) -> Colour:
    """Black or white, whichever is farther."""
    return max(((0, 0, 0), (255, 255, 255)), key=lambda end: contrast(end, ground))


def _has_hue(colour: Colour | None) -> bool:
    """Whether it is more than a grey: an accent has to stand out from text."""
    return colour is not None and max(colour) - min(colour) >= 40


PLAIN = Ground.of({})
"""A dark terminal of which nothing is known."""


def _drawn(colour: Colour | None, back: Colour | None = None, style: str = "NONE") -> str:
    """What ``:highlight`` takes, for true colour and for 256."""
    parts = [f"cterm={style} gui={style}"]
    if colour is not None:
        parts.append(f"ctermfg={_index(colour)} guifg={hex_of(colour)}")
    if back is not None:
        parts.append(f"ctermbg={_index(back)} guibg={hex_of(back)}")
    return " ".join(parts)


def _shades(ground: Ground) -> list[Colour]:
    """Four, from the one just seen to the whole accent."""
    accent = ground.legible(ground.accent, SIGN)
    return [ground.shown(_blend(ground.back, accent, part)) for part in (0.38, 0.58, 0.79, 1.0)]


def _grounds(ground: Ground) -> list[str]:
    """Shades to stand behind figures, quieter than those of a map, and their text."""
    accent = ground.legible(ground.accent, SIGN)
    found = []
    for part in (0.12, 0.26, 0.44, 0.66):
        back = ground.shown(_blend(ground.back, accent, part))
        found.append(_drawn(ground.legible(ground.text, TEXT, back), back))
    return found


@lru_cache(maxsize=8)
def _roles(ground: Ground) -> dict[str, str]:
    """Role -> what ``:highlight`` takes."""
    if not ground.has_shades:
        return _few_roles(ground)
    accent = ground.legible(ground.accent, SIGN)
    text_accent = ground.legible(ground.accent, TEXT)
    faint = ground.shown(_blend(ground.back, ground.text, 0.24))
    text = None if ground.is_legible else ground.legible(ground.text, TEXT)
    roles = {
        "plain": _drawn(text),
        "bold": _drawn(text, style="bold"),
        "quiet": _drawn(ground.legible(ground.quiet, TEXT)),
        "faint": _drawn(faint),
        "grey": _drawn(ground.legible(_blend(ground.back, ground.text, 0.5), SIGN)),
        "accent": _drawn(text_accent),
        "strong": _drawn(text_accent, style="bold"),
        "green": _drawn(ground.legible(rgb_of(_GREENS[not ground.is_dark]), TEXT)),
        "red": _drawn(ground.legible(rgb_of(_REDS[not ground.is_dark]), TEXT)),
    }
    roles["accent"] = _drawn(text_accent if contrast(accent, ground.back) < TEXT else accent)
    roles |= {f"shade{at}": _drawn(shade) for at, shade in enumerate(_shades(ground), 1)}
    return roles | {f"ground{at}": drawn for at, drawn in enumerate(_grounds(ground), 1)}


def _few_roles(ground: Ground) -> dict[str, str]:
    """With sixteen colours or eight: shapes tell what shades would."""
    accent = _of_few(ground, ground.accent, TEXT)
    roles = {
        "plain": "cterm=NONE",
        "bold": "cterm=bold",
        "quiet": _of_few(ground, ground.quiet, TEXT),
        "faint": _of_few(ground, rgb_of("#7f7f7f" if ground.count >= 16 else "#0000ee"), SIGN),
        "grey": _of_few(ground, rgb_of("#7f7f7f"), SIGN),
        "accent": accent,
        "strong": accent.replace("NONE", "bold"),
        "green": _of_few(ground, rgb_of("#00cd00"), SIGN),
        "red": _of_few(ground, rgb_of("#cd0000"), SIGN),
    }
    for at in range(1, 5):
        roles[f"shade{at}"] = accent
        roles[f"ground{at}"] = ("cterm=NONE", "cterm=NONE", "cterm=bold", "cterm=bold,reverse")[at - 1]
    return roles


def _of_few(ground: Ground, colour: Colour, least: float) -> str:
    """One of the terminal's own, the nearest that can be read; none where no hue can be."""
    numbers = range(16 if ground.count >= 16 else 8)
    legible = [number for number in numbers if contrast(_of_index(number), ground.back) >= least]
    if not legible:
        return "cterm=NONE"
    return f"cterm=NONE ctermfg={min(legible, key=lambda number: _distance(_of_index(number), colour))}"


def definitions(ground: Ground, used: Iterable[str]) -> dict[str, str]:
    """Group -> what ``:highlight`` takes, or the one group it links to; of languages only the ``used`` ones."""
    roles = _roles(ground)
    found = {group.name: roles.get(group.role, group.role) for group in GROUPS}
    for name in used:
        if name in _LANGUAGES:
            found[name] = _language(ground, name)
    return found


@lru_cache(maxsize=1024)
def _language(ground: Ground, group: str) -> str:
    colour = rgb_of(_LANGUAGES[group])
    return _drawn(ground.legible(colour, SIGN)) if ground.has_shades else _of_few(ground, colour, SIGN)
