"""GraphQL as far as the service has it: a document is held against the schema, then answered field by field.

What is wrong with a document is in the answer's `errors`, in the words of the service's own library as far as they were
seen; only what makes the service itself fall over (`ExplodedError`) is raised.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from codestats.server.graphql_syntax import Document, Field, Spread, SyntaxFaultError, Variable, parse
from codestats.server.timestamp import parse_instant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from codestats.server.graphql_syntax import Directive, Operation

__all__ = ["Argument", "ExplodedError", "FieldType", "NoAnswerError", "Schema", "answer_to"]

_MOST_FIELDS = (
    20_000  # asked for at once, fragments counted each time they are used: two lines could ask for billions
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class ExplodedError(Exception):
    """The service answers with its page for errors of its own."""


class NoAnswerError(Exception):
    """A field has no value, and the text says why: it becomes null and an error."""


@dataclass(frozen=True, slots=True)
class Argument:
    """A value that a field takes, of type String, Date or Datetime."""

    kind: str
    is_required: bool = False

    @property
    def type_name(self) -> str:
        """As GraphQL writes it."""
        return self.kind + "!" * self.is_required


@dataclass(frozen=True, slots=True)
class FieldType:
    """A field of an object: `resolve` gets the object and the arguments; `of` names the type of what comes out.

    '' is a scalar, which has no fields. A list has `of` for each of its items.
    """

    resolve: Callable[[Any, Mapping[str, Any]], object]
    of: str = ""
    arguments: Mapping[str, Argument] = field(default_factory=dict)


Schema = dict[str, dict[str, FieldType]]
"""Type → its fields by their names in camel case. The query itself is of type `RootQueryType`."""

_ROOT = "RootQueryType"


def answer_to(
    text: str, variables: Mapping[str, object], operation_name: str, schema: Schema, root: object
) -> dict[str, object]:
    """The answer to a query: `data`, `errors` or both. Raises ExplodedError."""
    try:
        document = parse(text)
    except SyntaxFaultError as error:
        return {"errors": [_error(str(error), error.line, 0)]}
    try:
        operation = _operation(document, operation_name)
        run = _Run(document, operation, variables, schema)
        found = run.fields(operation.selection, _ROOT)
    except _RefusedError as error:
        return {"errors": [error.told]}
    if run.errors:
        return {"errors": run.errors}
    data = run.values(found, root, [])
    return {"data": data, "errors": run.errors} if run.errors else {"data": data}


class _RefusedError(Exception):
    """The whole document is refused."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.told = _error(message, line, column)


def _error(message: str, line: int, column: int) -> dict[str, object]:
    return {"message": message, "locations": [{"line": line, "column": column}]}


def _operation(document: Document, name: str) -> Operation:
    named = [one for one in document.operations if one.name == name]
    if not name and len(document.operations) == 1:
        named = document.operations
    if len(named) != 1 or (not name and len(document.operations) != 1):
        raise _RefusedError("Must provide a valid operation name if query contains multiple operations.")
    if named[0].kind != "query":
        raise _RefusedError(f'Operation "{named[0].kind}" not supported')
    return named[0]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A field that is asked for, with its type, its arguments' values and what is asked of it."""

    field: Field
    type: FieldType
    arguments: dict[str, object]
    fields: dict[str, _Asked]


_TYPE_NAME = "__typename"


@dataclass
class _Run:
    """One document being answered."""

    document: Document
    operation: Operation
    variables: Mapping[str, object]
    schema: Schema
    errors: list[dict[str, object]] = field(default_factory=list)
    _asked: int = 0

    def fields(self, selection: list[Field | Spread], of: str) -> dict[str, _Asked]:
        """What a selection asks of a type, by the keys of the answer; what is wrong goes to `errors`."""
        found: dict[str, _Asked] = {}
        for one in self._flat(selection, ()):
            asked = self._field(one, of)
            if asked is None:
                continue
            known = found.get(one.key)
            if known is not None and known.field.name == one.name:  # asked for in two places
                asked.fields.update({**known.fields, **asked.fields})
            found[one.key] = asked
        return found

    def _flat(self, selection: list[Field | Spread], within: tuple[str, ...]) -> Iterator[Field]:
        """The fields of a selection and of its fragments."""
        for one in selection:
            self._asked += 1
            if self._asked > _MOST_FIELDS:
                raise _RefusedError("Operation is too complex")
            if not self._is_wanted(one.directives):
                continue
            if isinstance(one, Field):
                yield one
            elif not one.name:
                yield from self._flat(one.selection, within)
            elif one.name in within:
                raise _RefusedError(
                    f'Cannot spread fragment "{one.name}" within itself.', one.line, one.column
                )
            elif one.name not in self.document.fragments:
                raise _RefusedError(f'Unknown fragment "{one.name}"', one.line, one.column)
            else:
                yield from self._flat(self.document.fragments[one.name].selection, (*within, one.name))

    def _is_wanted(self, directives: list[Directive]) -> bool:
        for directive in directives:
            if directive.name not in ("include", "skip"):
                raise _RefusedError(f'Unknown directive "{directive.name}".')
            if self._given(directive.arguments.get("if")) is not (directive.name == "include"):
                return False
        return True

    def _field(self, asked: Field, of: str) -> _Asked | None:
        kind = self.schema[of].get(_camel_case(asked.name))
        if asked.name == _TYPE_NAME:
            kind = FieldType(lambda _source, _arguments: of)
        wrong = _wrong(asked, kind, of)
        if kind is None or wrong:
            self._complain(asked, wrong)
            return None
        arguments = self._arguments(asked, kind, of)
        return _Asked(asked, kind, arguments, self.fields(asked.selection, kind.of) if kind.of else {})

    def _complain(self, asked: Field, message: str) -> None:
        self.errors.append(_error(message, asked.line, asked.column))

    def _arguments(self, asked: Field, kind: FieldType, of: str) -> dict[str, object]:
        given = {_camel_case(name): value for name, value in asked.arguments.items()}
        for name in given:
            if name not in kind.arguments:
                self._complain(asked, f'Unknown argument "{name}" on field "{asked.name}" of type "{of}".')
        found = {}
        for name, argument in kind.arguments.items():
            value = self._given(given.get(name))
            if value is None and isinstance(given.get(name, ""), (str, Variable)):  # not given
                if argument.is_required:
                    told = f'In argument "{name}": Expected type "{argument.type_name}", found null.'
                    self._complain(asked, told)
            elif not _fits(value, argument.kind):
                self._complain(asked, f'Argument "{name}" has invalid value {_shown(given[name])}.')
            else:
                found[name] = value
        return found

    def _given(self, value: object) -> object:
        """The value of a literal, or of the variable it is."""
        if not isinstance(value, Variable):
            return value
        if value.name not in self.operation.variables:
            raise _RefusedError(
                f'Variable "{value.name}" is not defined by operation "{self.operation.name}".'
            )
        return self.variables.get(value.name, self.operation.variables[value.name][1])

    def values(self, asked: dict[str, _Asked], source: object, path: list[object]) -> dict[str, object]:
        """The answers to fields of an object."""
        return {key: self._value(one, source, [*path, key]) for key, one in asked.items()}

    def _value(self, asked: _Asked, source: object, path: list[object]) -> object:
        try:
            found = asked.type.resolve(source, asked.arguments)
        except NoAnswerError as error:
            told = _error(str(error), asked.field.line, asked.field.column)
            self.errors.append({**told, "path": path})
            return None
        kind = asked.type.of
        if not kind:
            return found
        if isinstance(found, list):
            return [self.values(asked.fields, one, [*path, at]) for at, one in enumerate(found)]
        return self.values(asked.fields, found, path)


def _wrong(asked: Field, kind: FieldType | None, of: str) -> str:
    """Why a field cannot be asked for like this; '' if it can."""
    if kind is None:
        return f'Cannot query field "{asked.name}" on type "{of}".'
    if kind.of and not asked.selection:
        example = f'Did you mean "{asked.name} {{ ... }}"?'
        return f'Field "{asked.name}" of type "{kind.of}" must have a selection of subfields. {example}'
    if asked.selection and not kind.of:
        return f'Field "{asked.name}" must not have a selection of subfields.'
    return ""


def _camel_case(name: str) -> str:
    """The schema's spelling: snake case is taken too."""
    if name.startswith("_"):
        return name
    return re.sub(r"_([a-z0-9])", lambda match: match.group(1).upper(), name)


def _fits(value: object, kind: str) -> bool:
    """Whether a value can be an argument of that type. Raises ExplodedError where the service does not look."""
    if kind == "String":
        return value is None or isinstance(value, str)
    if value is None or isinstance(value, (int, float)):
        raise ExplodedError
    if not isinstance(value, str):
        return False
    if kind == "Datetime":
        return parse_instant(value) is not None
    try:
        return bool(_DATE.fullmatch(value) and date.fromisoformat(value))
    except ValueError:
        return False


def _shown(value: object) -> str:
    """A value as it was written."""
    if isinstance(value, Variable):
        return f"${value.name}"
    return f'"{value}"' if isinstance(value, str) else str(value)
