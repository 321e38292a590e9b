"""The part of a check's function that reads facts.

A value that is plainly right (an int within its range, a declared choice) is taken at a glance; anything else goes
to the door, which takes it or refuses it with the fact's name.
"""

import ast
import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from policyengine.model import types
from policyengine.model.checked import FactDeclaration
from policyengine.model.ranges import Range
from policyengine.targets.python import syntax
from policyengine.targets.python.acceptance import Accepted, declared
from policyengine.targets.python.expressions import Code, column, length, scalar

ANYTHING: Accepted = frozenset()
"""What a glance accepts beyond the fact's own type and range: no clause narrows it."""


@dataclass(frozen=True, slots=True)
class DoorReaders:
    """What the door does for generated code, which cannot import it.

    `value` reads one value that is not None. `record` gives an entity's facts as a dict. `extras` refuses what is
    undeclared or unreadable among the facts that a check does not read. `contradiction` makes the exception for a
    derived fact that disagrees with its inputs. `regions` are the nodes of the tree.
    """

    value: Callable[[FactDeclaration, Any], Any]
    record: Callable[[str, Any], dict[str, Any]]
    extras: Callable[[frozenset[str], Mapping[str, Any], bool, datetime.date], None]
    contradiction: Callable[[FactDeclaration, Mapping[str, Any], Any], Exception]
    regions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reader:
    """Writes the statements that read one check's facts."""

    code: Code
    facts: Mapping[str, FactDeclaration]
    door: DoorReaders

    def record(self, entity: str, count: int) -> list[ast.stmt]:
        """Take an entity's record; `given` counts down from how many facts it may have that the check reads."""
        is_dict = _is(syntax.name("record"), "dict")
        through_door = syntax.call(self.code.keep(self.door.record), syntax.constant(entity), syntax.name("record"))
        return [
            syntax.assign("record", syntax.method(syntax.name("facts"), "get", syntax.constant(entity))),
            # an absent entity may hide another one from the count of entities
            ast.If(syntax.negate(is_dict), [syntax.assign("record", through_door), _is_extra()], []),
            syntax.assign("given", syntax.constant(count)),
        ]

    def counted(self) -> ast.stmt:
        """Compare: as many known facts as the record has names, so none of its names is another."""
        differs = syntax.compare(syntax.size("record"), ast.NotEq(), syntax.name("given"))
        return ast.If(differs, [_is_extra()], [])

    def extras(self) -> ast.stmt:
        """Send what the check does not read through the door, if there is any."""
        refuse = self.code.keep(partial(self.door.extras, frozenset(self.facts)))
        everything = syntax.call(refuse, syntax.name("facts"), syntax.name("ignore_extras"), syntax.name("on"))
        return ast.If(syntax.name("extra"), [ast.Expr(everything)], [])

    def scalar(self, path: str, fact: FactDeclaration) -> list[ast.stmt]:
        """Read one scalar: first the statement that fetches it, then those that check it."""
        variable = scalar(path)
        read = syntax.assign(variable, self.through_door(fact, variable))
        test, convert = self.glance(fact, syntax.name(variable), ANYTHING)
        if convert is None:
            rest: ast.stmt = ast.If(syntax.negate(test), [read], [])
        else:
            rest = ast.If(test, [syntax.assign(variable, convert)], [read])
        return [
            syntax.assign(variable, fetch(path)),
            ast.If(syntax.is_none(syntax.name(variable)), [one_fewer()], [rest]),
        ]

    def glance(self, fact: FactDeclaration, value: ast.expr, accept: Accepted) -> tuple[ast.expr, ast.expr | None]:
        """Give the test that takes a value as it is, and how it is converted then (None: it is raw already).

        `accept` narrows the test to values that meet the fact's own clauses as well.
        """
        match fact.type, accept:
            case types.Boolean(), bool():
                return syntax.compare(value, ast.Is(), syntax.constant(accept)), None
            case types.Boolean(), _:
                kinds = [syntax.compare(value, ast.Is(), syntax.constant(truth)) for truth in (True, False)]
                return syntax.either(kinds), None
            case types.Text(), _:
                return _is(value, "str"), None
            case types.Choice() | types.Region(), frozenset():
                everything = self.door.regions if isinstance(fact.type, types.Region) else fact.type.values
                known = self.code.keep(frozenset(accept or everything))
                return syntax.both([_is(value, "str"), syntax.compare(value, ast.In(), known)]), None
            case types.Date(), _:
                range_ = accept if isinstance(accept, Range) else declared(fact)
                assert range_ is not None
                low, high = (self.code.keep(datetime.date.fromordinal(end)) for end in (range_.low, range_.high))
                self.code.namespace["_date"] = datetime.date
                test = syntax.both([_is(value, "_date"), _between(low, value, high)])
                return test, syntax.method(value, "toordinal")
            case _:
                range_ = accept if isinstance(accept, Range) else declared(fact)
                assert range_ is not None
                size = fact.unit_size
                low, high = syntax.constant(-(-range_.low // size)), syntax.constant(range_.high // size)
                test = syntax.both([_is(value, "int"), _between(low, value, high)])
                return test, ast.BinOp(value, ast.Mult(), syntax.constant(size)) if size != 1 else None

    def through_door(self, fact: FactDeclaration, variable: str) -> ast.expr:
        """Read a value in every form that it may have."""
        return syntax.call(self.code.keep(partial(self.door.value, fact)), syntax.name(variable))

    def derive(self, path: str, fact: FactDeclaration) -> list[ast.stmt]:
        """Derive a fact that was not given; one that was must agree."""
        assert fact.derived is not None
        variable = syntax.name(scalar(path))
        derived = self.code.kleene(fact.derived)
        known = syntax.name("derived")
        scalars = [name for name in fact.inputs if not isinstance(self.facts[name].type, types.Records)]
        values = [syntax.name(scalar(name)) for name in scalars]
        pairs = ast.Dict([syntax.constant(name) for name in (*scalars, path)], [*values, variable])
        raised = syntax.call(self.code.keep(partial(self.door.contradiction, fact)), pairs, known)
        disagrees = syntax.both(
            [syntax.compare(known, ast.IsNot(), syntax.NONE), syntax.compare(known, ast.NotEq(), variable)],
        )
        compared: list[ast.stmt] = [
            syntax.assign("derived", derived),
            ast.If(disagrees, [ast.Raise(raised)], []),
        ]
        some = [syntax.compare(value, ast.IsNot(), syntax.NONE) for value in values]
        whole = len(scalars) == len(fact.inputs)
        otherwise: list[ast.stmt] = [ast.If(syntax.either(some), compared, [])] if some and whole else compared
        return [ast.If(syntax.is_none(variable), [syntax.assign(scalar(path), derived)], otherwise)]

    def snapshot(self) -> ast.expr:
        """Give everything that was read, in the order of the check's facts."""
        parts = []
        for path, fact in self.facts.items():
            if isinstance(fact.type, types.Records):
                names = [length(path), *(column(path, field.path) for field in fact.fields)]
                whole = syntax.tuple_of([syntax.name(name) for name in names])
                parts.append(syntax.when(syntax.is_none(syntax.name(length(path))), syntax.NONE, whole))
            else:
                parts.append(syntax.name(scalar(path)))
        return syntax.tuple_of(parts)


def fetch(path: str) -> ast.expr:
    """`record.get("followers")`."""
    return syntax.method(syntax.name("record"), "get", syntax.constant(path.partition(".")[2]))


def one_fewer() -> ast.stmt:
    """Count a fact that the check reads and that is not given."""
    return ast.AugAssign(ast.Name("given", syntax.STORE), ast.Sub(), syntax.constant(1))


def _is_extra() -> ast.stmt:
    return syntax.assign("extra", syntax.constant(True))  # noqa: FBT003


def _is(variable: ast.expr, kind: str) -> ast.expr:
    return syntax.compare(syntax.call("type", variable), ast.Is(), syntax.name(kind))


def _between(low: ast.expr, value: ast.expr, high: ast.expr) -> ast.expr:
    return ast.Compare(low, [ast.LtE(), ast.LtE()], [value, high])
