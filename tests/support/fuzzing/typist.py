"""Somebody who edits at random, but as one edits: whole commands of each mode, and now and then keys without sense."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from support.fuzzing.case import Case, split
from support.fuzzing.repertoire import (
    ANSWERS,
    CONFIRMED,
    FORBIDDEN,
    FULL,
    LETTERS,
    MONKEY,
    OBJECTS,
    OPENS_INSERT,
    WORDS,
    Repertoire,
)
from support.fuzzing.settings import SETTINGS, TEXTS


class Typist:
    """Types one session, decided by `random` alone."""

    def __init__(self, random: Random, editor: str, repertoire: Repertoire = FULL) -> None:
        self._random = random
        self._editor = editor
        self._can = repertoire
        self._strokes: list[str] = []
        self._recorded = False
        chosen = (
            [setting for setting in SETTINGS if random.random() < setting.share] if repertoire.events else []
        )
        self._chords = [chord for setting in chosen for chord in setting.chords]
        self._can_burst = repertoire.events and not any(setting.no_burst for setting in chosen)
        self._pauses = any(setting.pauses for setting in chosen)
        self._setup = [command for setting in chosen for command in setting.setup]

    def session(self, keys: int) -> Case:
        """A session of that many keys or a few more."""
        text, filetype = self._random.choice(TEXTS)
        case = Case(self._editor, (), tuple(self._setup), text, filetype)
        while (case := case.with_strokes(self._strokes)).keys < keys:
            self._step()
        return case

    def _step(self) -> None:
        kind = self._random.choices(list(self._can.shares), list(self._can.shares.values()))[0]
        getattr(self, f"_{kind}")()
        if self._pauses and self._random.random() < 0.3:
            self._strokes.append("{pause}")

    def _type(self, keys: str) -> None:
        self._strokes += split(keys)

    def _any(self, choices: Sequence[str]) -> str:
        return self._random.choice(choices)

    # -- Insert mode ---------------------------------------------------------

    def _insertion(self) -> None:
        self._type(self._any(self._can.starts))
        self._inserted()

    def _inserted(self) -> None:
        for _ in range(self._random.randrange(1, 9)):
            self._one_inserted()
        self._type(self._any(self._can.ends))

    def _one_inserted(self) -> None:
        chance = self._random.random()
        if chance < 0.3:
            self._type("".join(self._random.choice(LETTERS) for _ in range(self._random.randrange(1, 7))))
        elif chance < 0.45:
            self._type(self._any(WORDS))
        elif chance < 0.5 and self._can_burst:
            self._strokes.append(f"{{burst:{self._burst()}}}")
        elif chance < 0.6 and self._chords:
            self._strokes.append(f"{{chord:{self._any(self._chords)}}}")
        elif chance < 0.62 and self._can.events:
            self._paste()
        elif chance < 0.64 and self._can.events:
            self._others()
        else:
            self._type(self._any(self._can.inserted))

    def _burst(self) -> str:
        choices = ["a", "b", "c", "x", "y", " ", ".", "ö", "<BS>", "<CR>", "<BS>"]
        return "".join(self._random.choice(choices) for _ in range(self._random.randrange(2, 12)))

    # -- Normal mode ---------------------------------------------------------

    def _motion(self) -> None:
        self._type(self._any(self._can.motions))

    def _simple(self) -> None:
        self._type(self._any(self._can.simple))

    def _operation(self) -> None:
        if self._random.random() < 0.3:
            command = self._any(self._can.whole_lines)
        else:
            operator = self._any(self._can.operators)
            command = (
                self._any(self._can.counts)
                + operator
                + self._any(self._random.choice((self._can.motions, OBJECTS)))
            )
            command += {"!": "sort<CR>"}.get(operator, "")
        self._type(command)
        if command.startswith(("c", "S", "C", "2c", '"ac')):
            self._inserted()

    def _selection(self) -> None:
        self._type(self._any(("v", "V", "<C-v>")))
        for _ in range(self._random.randrange(3)):
            self._motion()
        operator = self._any(self._can.selected)
        self._type(operator)
        if operator in OPENS_INSERT:
            self._inserted()
        self._type("<Esc>")

    def _macro(self) -> None:
        if self._recorded and self._random.random() < 0.6:
            self._type(self._any(("@a", "2@a", "@@", "3@@", ":normal @a<CR>")))
            return
        self._recorded = True
        self._type("qa")
        for _ in range(self._random.randrange(1, 4)):
            self._random.choice((self._insertion, self._simple, self._motion, self._operation))()
        self._type("<Esc>q")

    def _ex(self) -> None:
        self._type(f":{self._any(self._can.ex)}<CR>")
        if self._random.random() < 0.1:
            self._type("@:")

    def _confirmation(self) -> None:
        if self._editor.startswith("nvim"):
            return  # it tells of no change before the last answer
        self._type(f":{self._any(CONFIRMED)}<CR>{self._any(ANSWERS)}{self._any(ANSWERS)}<Esc>")

    def _monkey(self) -> None:
        keys = [self._any(MONKEY) for _ in range(self._random.randrange(1, 8))]
        text = "".join(keys)
        if not any(word in text for word in FORBIDDEN):
            self._type(text + "<Esc>")

    # -- not by keys ---------------------------------------------------------

    def _paste(self) -> None:
        if {"<C-v>", "<C-q>"}.intersection(self._strokes[-4:]):
            return  # taken literally is the sequence that begins it, or the paste waits for the next key
        text = self._any(("x", "two words", "a\nb\n", "  indented\n", "é"))
        self._strokes.append(f"{{paste:{text}}}")

    def _others(self) -> None:
        self._strokes.append("{other}")
