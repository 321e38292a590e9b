"""A bench for the language alone: the conformance vocabulary, expressions checked against it, facts through the door.

Not a test. What tests of the language share: conformance, agreement of targets, laws.
"""

import datetime
import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from policyengine.door import Door
from policyengine.frontend.arithmetic import Typed, align
from policyengine.frontend.check import Checker, Scope
from policyengine.frontend.parse import parse_text
from policyengine.frontend.read import read
from policyengine.frontend.resolve import region_tree
from policyengine.frontend.vocabulary import declare, units_of
from policyengine.model import checked, syntax, types
from policyengine.model.diagnostic import Diagnostic
from policyengine.model.span import Source
from policyengine.model.values import Raw
from policyengine.targets.interpreter import Environment, Given, evaluate
from policyengine.targets.python import Compiled, compile_expression

VOCABULARY = Path(__file__).parent / "conformance" / "vocabulary"
TODAY = datetime.date(2024, 6, 15)


class Mistake(Exception):  # noqa: N818 -- an expected answer of a case
    """The author's mistakes in a case, by code."""

    def __init__(self, problems: Sequence[Diagnostic]) -> None:
        self.codes = list(dict.fromkeys(problem.code for problem in problems))
        super().__init__("; ".join(str(problem) for problem in problems))


@dataclass(frozen=True)
class Bench:
    """The vocabulary's scope and door."""

    scope: Scope
    door: Door

    def check(self, expression: str, names: "Names | None" = None) -> Typed:
        """Parse and check an expression; raises `Mistake`."""
        problems: list[Diagnostic] = []
        known = names or Names()
        scope = Scope(
            self.scope.facts,
            self.scope.regions,
            self.scope.units,
            known.typed(self.scope, problems),
            {name: _parsed(text, problems) for name, text in known.definitions.items()},
        )
        tree = _parsed(expression, problems)
        if problems:
            raise Mistake(problems)
        typed = Checker(scope, problems).check(tree)
        if problems:
            raise Mistake(problems)
        return typed

    def given(self, facts: Mapping[str, Any], today: datetime.date) -> dict[str, Given]:
        """Read facts by path through the door; raises `InvalidFact`."""
        nested: dict[str, dict[str, Any]] = {}
        for path, value in facts.items():
            entity, _, name = path.partition(".")
            nested.setdefault(entity, {})[name] = value
        return self.door.read(nested, today.toordinal())

    def compiled(self, expr: checked.Expr) -> Compiled:
        """Compile an expression with the Python target."""
        return compile_expression(expr, self.scope.facts)


@dataclass(frozen=True)
class Names:
    """The parameters, region lists and definitions of one case."""

    parameters: Mapping[str, "syntax.Expr | tuple[syntax.Expr, ...]"] = field(default_factory=dict)
    regions: Mapping[str, tuple[Sequence[str], bool]] = field(default_factory=dict)
    definitions: Mapping[str, str] = field(default_factory=dict)

    def typed(self, scope: Scope, problems: list[Diagnostic]) -> dict[str, checked.Parameter]:
        origin = checked.Origin(Source("case", "").whole(), "world")
        found = {}
        for name, value in self.parameters.items():
            raw, type_ = _constant(value, scope, problems)
            found[name] = checked.Parameter(name, raw, type_, origin)
        for name, (listed, is_open) in self.regions.items():
            found[name] = checked.Parameter(name, tuple(listed), types.Region(), origin, open=is_open)
        return found


def _constant(
    value: "syntax.Expr | tuple[syntax.Expr, ...]",
    scope: Scope,
    problems: list[Diagnostic],
) -> tuple[Raw | tuple[Raw, ...], types.Type]:
    items = value if isinstance(value, tuple) else (value,)
    typed = [Checker(scope, problems).check(item) for item in items]
    if problems:
        raise Mistake(problems)
    aligned, common = align(typed)
    raws = tuple(item.expr.value for item in aligned if isinstance(item.expr, checked.Literal))
    return (raws, common) if isinstance(value, tuple) else (raws[0], common)


def _parsed(text: str, problems: list[Diagnostic]) -> syntax.Expr:
    tree, found = parse_text(text)
    problems.extend(found)
    return tree or syntax.Truth(value=True, span=Source("case", "").whole())


@cache
def bench() -> Bench:
    """Read the vocabulary once."""
    problems: list[Diagnostic] = []
    authored, found = read(VOCABULARY)
    assert authored is not None
    assert not found, found
    tree = region_tree(authored.regions, problems)
    units = units_of(authored.facts)
    facts = declare(authored.facts, tree, units, problems)
    assert not problems, problems
    return Bench(Scope(facts, tree, units), Door(facts, tree))


def interpreted(expr: checked.Expr, facts: Mapping[str, Given], today: datetime.date) -> Raw | None:
    """Evaluate with the reference interpreter."""
    return evaluate(expr, Environment(facts, today.toordinal()))


def module(path: Path) -> ModuleType:
    """Import a script, which is no module of the package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found
