"""The GraphQL language: from the text of a query to its operations and fragments, knowing no schema.

What a query can say of reading is read: operations, variables, aliases, arguments, fragments, directives. What it can
say of types is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "Directive",
    "Document",
    "Field",
    "Fragment",
    "Operation",
    "Spread",
    "SyntaxFaultError",
    "Variable",
    "parse",
]

_DEEPEST = 64  # levels of nesting: Python's own stack must not be what ends a query

_TOKEN = re.compile(
    r"""(?P<skip>[\s,\ufeff]+|\#[^\n\r]*)
    |(?P<name>[_A-Za-z][_0-9A-Za-z]*)
    |(?P<float>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+(?:[eE][+-]?[0-9]+)?|[eE][+-]?[0-9]+))
    |(?P<int>-?(?:0|[1-9][0-9]*))
    |(?P<block>\"\"\"(?:[^"\\]|\\\"\"\"|\\|"(?!""))*\"\"\")
    |(?P<string>"(?:[^"\\\n\r]|\\["\\/bfnrt]|\\u[0-9A-Fa-f]{4})*")
    |(?P<mark>\.\.\.|[!$()\[\]{}:=@|&])""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)")
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORDS = {"true": True, "false": False, "null": None}


class SyntaxFaultError(Exception):
    """The text is no query; the message is the service's, `line` where it was noticed."""

    def __init__(self, near: str, line: int) -> None:
        super().__init__(f"syntax error before: {near}")
        self.line = line


@dataclass(frozen=True, slots=True)
class Variable:
    """A place for a value that comes with the query."""

    name: str


@dataclass(frozen=True, slots=True)
class Directive:
    """``@include(if: …)`` and its like."""

    name: str
    arguments: dict[str, object]


@dataclass(frozen=True, slots=True)
class Field:
    """One field asked for; ``key`` is its name in the answer, ``selection`` empty for a plain value."""

    name: str
    key: str
    arguments: dict[str, object]
    directives: list[Directive]
    selection: list[Field | Spread]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Spread:
    """A fragment: by ``name``, or with its own ``selection`` where it stands."""

    name: str
    directives: list[Directive]
    selection: list[Field | Spread]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Operation:
    """``defaults``: variable → (its type as text, its default; None for none)."""

    kind: str
    name: str
    variables: dict[str, tuple[str, object]]
    selection: list[Field | Spread]


@dataclass(frozen=True, slots=True)
class Fragment:
    """A named part of a selection."""

    name: str
    selection: list[Field | Spread]


@dataclass(slots=True)
class Document:
    """All that a text has."""

    operations: list[Operation] = field(default_factory=list)
    fragments: dict[str, Fragment] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int
    column: int


def parse(text: str) -> Document:
    """The document. Raises SyntaxFaultError."""
    return _Parser(list(_tokens(text))).document()


def _tokens(text: str) -> Iterator[_Token]:
    at, line, line_start = 0, 1, 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise SyntaxFaultError(repr(text[at]), line)
        if match.lastgroup != "skip":
            yield _Token(str(match.lastgroup), match.group(), line, at - line_start + 1)
        breaks = match.group().count("\n")
        if breaks:
            line, line_start = line + breaks, at + match.group().rindex("\n") + 1
        at = match.end()
    yield _Token("end", "", line, at - line_start + 1)


def _string(token: _Token) -> str:
    if token.kind == "block":
        return token.text[3:-3].replace('\\"""', '"""').strip("\n")

    def unescaped(match: re.Match[str]) -> str:
        found = match.group(1)
        return chr(int(found[1:], 16)) if len(found) > 1 else _ESCAPED.get(found, found)

    return _ESCAPE.sub(unescaped, token.text[1:-1])


class _Parser:
    """Recursive descent over the tokens of one text."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def document(self) -> Document:
        found = Document()
        while self._now.kind != "end":
            if self._now.text == "fragment":
                fragment = self._fragment()
                found.fragments[fragment.name] = fragment
            else:
                found.operations.append(self._operation())
        if not found.operations and not found.fragments:
            self._fail()
        return found

    @property
    def _now(self) -> _Token:
        return self._tokens[self._at]

    def _fail(self) -> NoReturn:
        raise SyntaxFaultError(self._now.text and repr(self._now.text), self._now.line)

    def _next(self) -> _Token:
        token = self._now
        if token.kind == "end":
            self._fail()
        self._at += 1
        return token

    def _skip(self, text: str) -> bool:
        """Go past a mark or word if it is next."""
        if self._now.text == text and self._now.kind in ("mark", "name"):
            self._at += 1
            return True
        return False

    def _want(self, text: str) -> None:
        if not self._skip(text):
            self._fail()

    def _name(self) -> str:
        if self._now.kind != "name":
            self._fail()
        return self._next().text

    def _operation(self) -> Operation:
        if self._now.text == "{":
            return Operation("query", "", {}, self._selection())
        if self._now.text not in ("query", "mutation", "subscription"):
            self._fail()
        kind = self._next().text
        name = self._name() if self._now.kind == "name" else ""
        variables = self._variables()
        self._directives()
        return Operation(kind, name, variables, self._selection())

    def _variables(self) -> dict[str, tuple[str, object]]:
        found: dict[str, tuple[str, object]] = {}
        if self._skip("("):
            while not self._skip(")"):
                self._want("$")
                name = self._name()
                self._want(":")
                kind = self._type()
                found[name] = (kind, self._value() if self._skip("=") else None)
        return found

    def _type(self) -> str:
        if self._skip("["):
            kind = f"[{self._type()}]"
            self._want("]")
        else:
            kind = self._name()
        return f"{kind}!" if self._skip("!") else kind

    def _fragment(self) -> Fragment:
        self._want("fragment")
        name = self._name()
        self._want("on")
        self._name()
        self._directives()
        return Fragment(name, self._selection())

    def _selection(self) -> list[Field | Spread]:
        self._want("{")
        self._depth += 1
        if self._depth > _DEEPEST:
            self._fail()
        found: list[Field | Spread] = [self._selected()]
        while not self._skip("}"):
            found.append(self._selected())
        self._depth -= 1
        return found

    def _selected(self) -> Field | Spread:
        line, column = self._now.line, self._now.column
        if self._skip("..."):
            if self._now.kind == "name" and self._now.text != "on":
                return Spread(self._name(), self._directives(), [], line, column)
            if self._skip("on"):
                self._name()
            return Spread("", self._directives(), self._selection(), line, column)
        key = name = self._name()
        if self._skip(":"):
            name = self._name()
        arguments, directives = self._arguments(), self._directives()
        selection = self._selection() if self._now.text == "{" else []
        return Field(name, key, arguments, directives, selection, line, column)

    def _directives(self) -> list[Directive]:
        found = []
        while self._skip("@"):
            found.append(Directive(self._name(), self._arguments()))
        return found

    def _arguments(self) -> dict[str, object]:
        found: dict[str, object] = {}
        if self._skip("("):
            while not self._skip(")"):
                name = self._name()
                self._want(":")
                found[name] = self._value()
        return found

    def _value(self) -> object:
        token = self._next()
        if token.kind in ("string", "block"):
            return _string(token)
        if token.kind == "int":
            return int(token.text[:30])
        if token.kind == "float":
            return float(token.text)
        if token.kind == "name":
            return _WORDS.get(token.text, token.text)
        if token.text == "$":
            return Variable(self._name())
        return self._composite(token)

    def _composite(self, token: _Token) -> object:
        """A list or an object: no argument of this service takes one, but a query may have it."""
        self._depth += 1
        if self._depth > _DEEPEST or token.text not in ("[", "{"):
            self._at -= 1
            self._fail()
        items: list[object] = []
        fields: dict[str, object] = {}
        while not self._skip("]" if token.text == "[" else "}"):
            if token.text == "[":
                items.append(self._value())
            else:
                name = self._name()
                self._want(":")
                fields[name] = self._value()
        self._depth -= 1
        return items if token.text == "[" else fields
