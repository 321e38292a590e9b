"""A whole check as one Python function: it reads and checks a caller's facts, then asks every clause.

Most facts of most creators are plainly right and meet what is asked of them. So a clause that asks one fact only
stands with its reading: one test says at once that the value is of its type, in its range, and meets the clause.
What does not pass that test is read with care, and asked with care.
"""

import ast
import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from policyengine.model import checked, types
from policyengine.model.checked import Check, FactDeclaration
from policyengine.targets.python import columns, syntax
from policyengine.targets.python.acceptance import Accepted, accepted
from policyengine.targets.python.expressions import Code, scalar
from policyengine.targets.python.readers import DoorReaders, Reader

CheckFunction = Callable[[Mapping[str, Any], datetime.date, bool], tuple[int, tuple[object, ...]]]
"""Facts, the day, whether to ignore extras → the clauses' outcomes in one number, and the facts that were read.

Of clause i, bit 2i is set when it is unmet, bit 2i + 1 when it is unknown. The facts stand in the order of
`Check.facts`: a raw value, or for a list (its length, a column for each field), or None.
"""


def compile_check(check: Check, door: DoorReaders) -> CheckFunction:
    """Compile a check; the function raises what the door raises."""
    # Few creators' facts need the day as a number, so it is worked out where it is used.
    code = Code(today=syntax.method(syntax.name("on"), "toordinal"))
    reader = Reader(code, check.facts, door)
    body = _Body(code, reader, check)
    statements = [
        syntax.assign("outcomes", syntax.constant(0)),
        *body.entities(),
        *body.later(),
        ast.Return(syntax.tuple_of([syntax.name("outcomes"), reader.snapshot()])),
    ]
    made: CheckFunction = syntax.function("decide", ["facts", "on", "ignore_extras"], statements, code.namespace)
    return made


@dataclass(frozen=True, slots=True)
class _Body:
    """The statements of one check's function."""

    code: Code
    reader: Reader
    check: Check

    @property
    def facts(self) -> Mapping[str, FactDeclaration]:
        return self.check.facts

    def entities(self) -> list[ast.stmt]:
        """Read each entity; a count that does not come out sends everything through the door."""
        names = list(dict.fromkeys(path.partition(".")[0] for path in self.facts))
        differs = syntax.compare(syntax.size("facts"), ast.NotEq(), syntax.constant(len(names)))
        body: list[ast.stmt] = [syntax.assign("extra", differs)]
        for entity in names:
            mine = [path for path in self.facts if path.startswith(f"{entity}.")]
            body += self.reader.record(entity, len(mine))
            for path in mine:
                body += self.fact(path)
            body.append(self.reader.counted())
        return [*body, self.reader.extras()]

    def fact(self, path: str) -> list[ast.stmt]:
        """Read one fact, and where it can be, derive it and ask the clauses that ask only it."""
        fact = self.facts[path]
        if isinstance(fact.type, types.Records):
            return columns.read_list(self.reader, path, fact)
        with_care = self.reader.scalar(path, fact)
        if not self.settled_here(fact):
            return with_care
        own = self.own_clauses(path)
        derive = self.reader.derive(path, fact) if fact.derived is not None else []
        asked = [statement for index in own for statement in self.clause(index)]
        accept = self.accepted(path, own)
        if accept is None:
            return [*with_care, *derive, *asked]
        variable = syntax.name(scalar(path))
        inputs = [syntax.is_none(syntax.name(scalar(name))) for name in fact.inputs]
        test, convert = self.reader.glance(fact, variable, accept)
        first, *rest = with_care
        careful = [*rest, *derive, *asked]
        at_a_glance = syntax.both([*inputs, test])
        if convert is None:
            return [first, ast.If(syntax.negate(at_a_glance), careful, [])]
        return [first, ast.If(at_a_glance, [syntax.assign(scalar(path), convert)], careful)]

    def settled_here(self, fact: FactDeclaration) -> bool:
        """Say whether a fact's value is final once its entity is read: all it is derived from stands before it."""
        entity = fact.path.partition(".")[0]
        inputs = [self.facts[name] for name in fact.inputs]
        return all(
            one.path.startswith(f"{entity}.") and not isinstance(one.type, types.Records) for one in inputs
        ) and all(self.settled_here(one) for one in inputs)

    def own_clauses(self, path: str) -> list[int]:
        """Give the clauses that ask one fact only, and only what a glance can answer."""
        fact = self.facts[path]
        return [
            index
            for index, clause in enumerate(self.check.clauses)
            if accepted(clause.expression, path, fact) is not None
        ]

    def accepted(self, path: str, own: Sequence[int]) -> Accepted | None:
        """Give what a fact's own clauses accept together; None when it has none, or they accept nothing."""
        if not own:
            return None
        joined = checked.And(tuple(self.check.clauses[index].expression for index in own))
        return accepted(joined, path, self.facts[path])

    def later(self) -> list[ast.stmt]:
        """Derive what has inputs in other entities, then ask the clauses that were not asked with their fact."""
        waiting = [(path, fact) for path, fact in self.facts.items() if fact.derived is not None]
        body = [
            statement
            for path, fact in waiting
            if not self.settled_here(fact)
            for statement in self.reader.derive(path, fact)
        ]
        settled = [path for path, fact in self.facts.items() if not _is_list(fact) and self.settled_here(fact)]
        asked = {index for path in settled for index in self.own_clauses(path)}
        rest = [index for index in range(len(self.check.clauses)) if index not in asked]
        return [*body, *(statement for index in rest for statement in self.clause(index))]

    def clause(self, index: int) -> list[ast.stmt]:
        """Set the clause's bit when it is unmet, the other one when it is unknown."""
        expression = self.check.clauses[index].expression
        unmet, unknown = _set_bit(2 * index), _set_bit(2 * index + 1)
        variables = self.code.strict(expression)
        if variables is not None:
            failing = ast.If(syntax.negate(self.code.plain(expression)), [unmet], [])
            tests = [syntax.is_none(syntax.name(variable)) for variable in variables]
            return [ast.If(syntax.either(tests), [unknown], [failing])] if tests else [failing]
        truth = syntax.name("truth")
        general: list[ast.stmt] = [
            syntax.assign("truth", self.code.kleene(expression)),
            ast.If(syntax.is_none(truth), [unknown], [ast.If(syntax.negate(truth), [unmet], [])]),
        ]
        fast = columns.bounds_of_column(self.code, expression, self.facts)
        if fast is None:
            return general
        known, holds = fast
        return [ast.If(known, [ast.If(syntax.negate(holds), [unmet], [])], general)]


def _is_list(fact: FactDeclaration) -> bool:
    return isinstance(fact.type, types.Records)


def _set_bit(bit: int) -> ast.stmt:
    return ast.AugAssign(ast.Name("outcomes", syntax.STORE), ast.BitOr(), syntax.constant(1 << bit))
