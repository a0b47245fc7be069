"""Whether the text of the editor's buffers is another than when it was last looked at.

What others add is no change until it has been seen once: it may come between any two keys. From then on it is text like
all the rest, and a key that deletes it, undoes it or puts it back changes the text.
"""

from __future__ import annotations

from typing import Protocol

from support.fuzzing.mirror import Text, Texts

NOT_TYPED = "not typed "
"""How a line begins that others add; a number follows that no other line has."""


class Watched(Protocol):
    """A mirror."""

    def texts(self) -> Texts: ...


class Comparison:
    """`texts`: what the buffers held at the last look."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched
        self.texts = watched.texts()
        self._others = self._lines_of_others()

    def changed(self) -> str | None:
        """The filetype of a buffer that has become another since the last look."""
        before, self.texts = self.texts, self._watched.texts()
        known = self._others
        self._others = known | self._lines_of_others()
        arrived = self._others - known
        for number, text in self.texts.items():
            if number in before and before[number].lines != _without(arrived, text):
                return text.filetype
        return None

    def _lines_of_others(self) -> frozenset[str]:
        return frozenset(line for text in self.texts.values() for line in text.lines if _is_of_others(line))


def _is_of_others(line: str) -> bool:
    return line.startswith(NOT_TYPED) and line.removeprefix(NOT_TYPED).isdecimal()


def _without(lines: frozenset[str], text: Text) -> tuple[str, ...]:
    return tuple(line for line in text.lines if line not in lines) if lines else text.lines
