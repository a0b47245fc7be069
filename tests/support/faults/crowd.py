"""Several editors of one home that type, are killed and started again, while the service comes and goes."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from random import Random

from support.editor.control import ControlError, EditorGoneError
from support.editor.driver import Editor
from support.faults.fault_injector import Fault
from support.faults.scenario import ADVICE, Scenario


class Crowd:
    """`work(seconds)`, then `end()`: kills take away only what is known to be recorded, so the sums must be exact."""

    def __init__(
        self, scene: Scenario, files: list[str], dice: Random, oddities: Mapping[str, Fault] | None = None
    ) -> None:
        """`oddities`: answers that the service gives for a while each, besides being away."""
        self.scene = scene
        self.oddities = dict(oddities or {})
        self.odd_answers = 0
        self.dice = dice
        self.kills = self.outages = self.keys = 0
        scene.variables["codestats_pulse_interval"] = 1
        scene.may_tell = f"codestats: 127\\.0\\.0\\.1 [^.]*\\. {ADVICE['offline']}"
        scene.most_told = (
            4  # refused, reset, closed, closed in mid-answer: each once, however often it happens
        )
        if self.oddities:
            scene.may_tell, scene.most_told = r"codestats: .*", 12
            scene.may_repeat = True
        self.editors: dict[str, Editor] = {file: scene.start(file) for file in files}
        self.is_up = True

    def work(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            file = self.dice.choice(list(self.editors))
            self.scene.type(self.editors[file], xp := self.dice.randint(1, 6), flush=self.dice.random() < 0.3)
            self.keys += xp
            if self.dice.random() < 0.1:
                self._toggle_service()
            if self.oddities and self.dice.random() < 0.1:
                self._toggle_oddity()
            if self.dice.random() < 0.06:
                self._kill(file)

    def _toggle_service(self) -> None:
        self.is_up = not self.is_up
        if self.is_up:
            self.scene.service.start()
        else:
            self.outages += 1
            self.scene.service.stop()

    def _toggle_oddity(self) -> None:
        if self.scene.weather.fault is not None:
            self.scene.weather.heal()
        else:
            self.odd_answers += 1
            self.scene.weather.brew(self.oddities[self.dice.choice(list(self.oddities))])

    def _kill(self, file: str) -> None:
        """Once all is on disk; what the editor has in its hands at that moment may be anything."""
        editor = self.editors[file]
        self.scene.hand_over(editor)
        editor.wait_until("codestats#status().pending == 0", timeout=60)
        editor.kill()
        self._gone(editor)
        self.kills += 1
        self.editors[file] = self.scene.start(file)

    def _gone(self, editor: Editor) -> None:
        self.scene.editors.remove(editor)
        editor.close()

    def end(self) -> None:
        """All leave, at once."""
        for editor in self.editors.values():
            with contextlib.suppress(ControlError, EditorGoneError):
                self.scene.hear(editor)
            editor.keys(":qa!", settle=False)
        for editor in self.editors.values():
            editor.terminal.type(b"\r", 10)
        for editor in self.editors.values():
            editor.wait_exit(30)
            self._gone(editor)
